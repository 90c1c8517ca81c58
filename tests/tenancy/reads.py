"""Statements by which a tenant could try to read another's rows."""

from typing import Any

from sqlalchemy import (
    Column,
    MetaData,
    String,
    Table,
    UnaryExpression,
    Uuid,
    bindparam,
    column,
    exists,
    extract,
    func,
    lambda_stmt,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    true,
    tuple_,
    union_all,
)  # fmt: skip
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import aliased, with_loader_criteria
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.sql.operators import custom_op

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import Booking
from bookwidget.events.models import Event, Job
from bookwidget.tenancy.models import Tenant
from tests.tenancy.victims import OF_A, A, B

T: Any = Booking.__table__
O = T.alias("o")  # noqa: E741
other = aliased(Booking)
SAME_NAME = Table("booking", MetaData(), Column("tenant_id", Uuid), Column("code", String))
in_cte = select(Booking.code).cte("x")
recursive = select(Booking.code).cte("r", recursive=True)
lateral = select(T.c.code).lateral()
shadow = select(Booking.code, Booking.tenant_id).cte("booking")
RAW_NAME = quoted_name("code from booking --", quote=False)
SMALLEST = "(select min(code) from booking)"


def raw_operator(kind: str) -> Any:
    text = f"{SMALLEST} ||" if kind == "operator" else f"|| {SMALLEST}"
    return select(UnaryExpression(literal("x"), **{kind: custom_op(text)}))  # type: ignore[arg-type]


PLAIN: dict[str, Any] = {
    "select": select(Booking.code),
    "where tenant A": select(Booking.code).where(Booking.tenant_id == A),
    "or": select(Booking.code).where(or_(Booking.tenant_id == A, true())),
    "count": select(func.count()).select_from(Booking),
    "count of core": select(func.count()).select_from(T),
    "count column": select(func.count(Booking.id)),
    "core": select(T.c.code),
    "forged parameter": select(Booking.code).where(Booking.tenant_id == bindparam("tenant")),
    "for update": select(Booking.code).with_for_update(),
    "for update of": select(Booking.code).with_for_update(of=Booking),
    "distinct group": select(Booking.tenant_id, func.count()).group_by(Booking.tenant_id),
    "window": select(func.count().over()).select_from(T),
    "values in": select(Booking.code).where(tuple_(Booking.tenant_id, Booking.id).in_([(A, OF_A["booking"])])),
    "lambda": lambda_stmt(lambda: select(Booking.code)),
    "criteria off": select(Booking.code).options(with_loader_criteria(Booking, true())),
    "entity": select(Booking),
    "other tenants": select(Tenant.id),
    "other tenants' names": select(Tenant.name).where(Tenant.slug == "of-a"),
    "events": select(Event.kind),
    "jobs": select(Job.key),
}
JOINED: dict[str, Any] = {
    "alias": select(other.code),
    "core alias": select(O.c.code),
    "core in orm": select(Booking.code)
    .where(exists().where(T.c.tenant_id == A))
    .where(select(func.count()).select_from(O).scalar_subquery() > 1),
    "self join": select(other.code).join(Booking, Booking.id != other.id),
    "other alias has it": select(other.code).select_from(Booking).join(other, true()).where(Booking.tenant_id == B),
    "cross join": select(other.code, Booking.code).where(other.tenant_id == A),
    "left join": select(other.code).select_from(Booking).outerjoin(other, other.tenant_id == A),
    "full join": select(other.code).select_from(Booking).join(other, other.tenant_id == A, full=True),
    "tenant of another": select(Tenant.name).join(Booking, true()),
    "exists": select(literal("of-a")).where(exists().where(Booking.tenant_id == A)),
    "scalar subquery": select(select(func.max(Booking.code)).where(Booking.tenant_id == A).scalar_subquery()),
    "in subquery": select(func.count()).select_from(Customer).where(Customer.id.in_(select(Booking.customer_id))),
    "subquery": select(select(Booking.code).subquery().c.code),
    "orm subquery alias": select(aliased(Booking, select(Booking).subquery()).code),
    "cte": select(in_cte.c.code),
    "cte named like a table": select(shadow.c.code),
    "recursive cte": select(recursive.union(select(T.c.code)).c.code),
    "lateral": select(lateral.c.code),
    "union": union_all(select(Booking.code), select(T.c.code)),
    "orm from union": select(Booking.code).from_statement(union_all(select(Booking.code), select(T.c.code))),
    "only columns": select(Customer.given_name).with_only_columns(Booking.code, maintain_column_froms=False),
    "order by subquery": select(func.count())
    .select_from(Customer)
    .order_by(select(func.count(T.c.id)).scalar_subquery()),
    "tablesample": select(T.tablesample(func.bernoulli(100)).c.code),
    "whole row": select(func.row_to_json(T.table_valued())),
    "table as a function": select(func.booking().table_valued("code")),
}
RAW: dict[str, Any] = {
    "text": text("select code from booking"),
    "text criterion": select(Booking.code).where(text("1=1 or 1=1")),
    "text columns": text("select code from booking").columns(Booking.code),
    "from text": select(text("code")).select_from(text("booking")),
    "orm from text": select(Booking).from_statement(text("select * from booking")),
    "literal column": select(literal_column(SMALLEST)),
    "prefix": select(Booking.code).prefix_with("code, "),
    "suffix": select(Booking.code).suffix_with("union select code from booking"),
    "statement hint": select(Booking.code).with_statement_hint("union select code from booking"),
    "table hint": select(Booking.code).with_hint(Booking, "ONLY", "postgresql"),
    "operator": select(Booking.code).where(Booking.code.op("= '' or 1=1 or 1 in (select 1 from booking) or 1 =")(1)),
    "unary operator": raw_operator("operator"),
    "unary modifier": raw_operator("modifier"),
    "light table": select(table("booking", column("code")).c.code),
    "same-named table": select(SAME_NAME.c.code),
    "unquoted label": select(literal(1).label(quoted_name("one, code from booking --", quote=False))),
    "unquoted column": select(column(RAW_NAME)),
    "unquoted alias": select(func.count()).select_from(T.alias(quoted_name("z, booking", quote=False))),
    "unquoted function": select(getattr(func, quoted_name("min(code) from booking --", quote=False))()),
    "extract": select(extract("day from now()), code from booking --", literal(1))),
    "compiled elsewhere": select(T.c.code).compile(dialect=sqlite.dialect()),
}
READS = PLAIN | JOINED | RAW
