"""What accounts hold of persons, and how it goes; and statements on closing accounts."""

from typing import Any

from sqlalchemy import bindparam, case, delete, func, select, update

from bookwidget.accounts.models import (
    ClosureRequest,
    Companion,
    Customer,
    HandOver,
    ImportedRow,
    SignIn,
)
from bookwidget.events.personal import Personal, Stage, personal

_who: Any = bindparam("customer")
PERSONAL: tuple[Personal, ...] = (
    personal(Companion, "name birth_year", Stage.PARTS, erase=delete(Companion).where(Companion.customer_id == _who)),
    personal(
        SignIn, "device site digest old_digest", Stage.PARTS, erase=delete(SignIn).where(SignIn.customer_id == _who)
    ),
    personal(
        HandOver,
        "challenge digest typed_digest",
        Stage.PARTS,
        erase=delete(HandOver).where(HandOver.customer_id == _who),
    ),
    personal(
        ClosureRequest,
        "reason answer",
        Stage.PARTS,
        erase=delete(ClosureRequest).where(ClosureRequest.customer_id == _who),
    ),
    personal(
        Customer,
        "email given_name family_name phone locale password_hash muted bounced_why",
        Stage.ACCOUNT,
        erase=delete(Customer).where(Customer.id == _who),
        anonymise=update(Customer)
        .where(Customer.id == _who)
        .values(
            email=bindparam("nowhere"),
            given_name=bindparam("called"),
            family_name="",
            phone="",
            locale="",
            password_hash="",
            muted="",
            bounced_at=None,
            bounced_why="",
            email_proven_at=None,
            closing="anonymised",
        ),
    ),
)

BROKEN_ROWS = select(ImportedRow.id, ImportedRow.cells).where(ImportedRow.customer_id.is_(None))
FORGET_BROKEN_ROWS = delete(ImportedRow).where(ImportedRow.id.in_(bindparam("row_ids", expanding=True)))

# In the order of the fields of `closing.AskedFor`.
REQUEST_COLUMNS = (
    ClosureRequest.id,
    ClosureRequest.customer_id,
    Customer.given_name,
    Customer.family_name,
    Customer.email,
    ClosureRequest.reason,
    ClosureRequest.asked_at,
    ClosureRequest.state,
    ClosureRequest.answer,
    ClosureRequest.decided_at,
)
_is_open = ClosureRequest.state == "open"
REQUESTS = (
    select(*REQUEST_COLUMNS)
    .join(Customer, Customer.id == ClosureRequest.customer_id)
    .order_by(case((_is_open, 0), else_=1), case((_is_open, ClosureRequest.asked_at)), ClosureRequest.decided_at.desc())
    .limit(100)
)
REQUEST = (
    select(*REQUEST_COLUMNS)
    .join(Customer, Customer.id == ClosureRequest.customer_id)
    .where(ClosureRequest.id == bindparam("request"))
)
OPEN_REQUEST = select(ClosureRequest.id, ClosureRequest.asked_at).where(
    ClosureRequest.customer_id == bindparam("customer"), _is_open
)
DECIDE = (
    update(ClosureRequest)
    .where(ClosureRequest.customer_id == bindparam("of"), _is_open)
    .values(state=bindparam("decided"), answer=bindparam("why"), decided_at=bindparam("now"))
)
OPEN_REQUESTS = select(func.count()).select_from(ClosureRequest).where(_is_open)
