"""`bookwidget policy explain`: the engine's word on one booking, for an operator."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bookwidget.bookings.actions import explain, read_booking
from bookwidget.kernel.actors import Door, customer, system
from bookwidget.kernel.clock import utc_now
from bookwidget.kernel.text import Text
from bookwidget.tenancy.actions import facts_of
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.scope import Scope


@dataclass(frozen=True)
class ExplainedAnswer:
    permission: str
    allowed: bool
    rule: str
    until: datetime | None
    """The last instant is just before this; None: no such limit."""
    reason: str
    """What the customer would read, in English."""


@dataclass(frozen=True)
class Explained:
    code: str
    at: datetime
    zone: ZoneInfo
    answers: tuple[ExplainedAnswer, ...]

    def to_json(self) -> dict[str, Any]:
        answers = [{**asdict(one), "until": one.until and one.until.isoformat()} for one in self.answers]
        return {"booking": self.code, "at": self.at.isoformat(), "answers": answers}


def explain_booking(
    database: Database, tenant_id: UUID, code: str, *, as_staff: bool, moment: datetime | None
) -> Explained:
    """A naive `moment` is of the business's zone; None is now. Raises `Missing`."""
    with database.session(tenant_id) as session:
        tenant = facts_of(session)
        at = utc_now() if moment is None else (moment if moment.tzinfo else moment.replace(tzinfo=tenant.zone))
        operator = Scope(session, tenant, system(Door.COMMAND), at)
        booking = read_booking(operator, code)
        actor = operator.actor if as_staff else customer(booking.customer_id, Door.COMMAND)
        answers = tuple(
            ExplainedAnswer(str(one.permission), one.allowed, one.rule, one.until, words(one.reason, tenant.zone))
            for one in explain(Scope(session, tenant, actor, at), code, at.astimezone(UTC))
        )
    return Explained(code, at, tenant.zone, answers)


def words(reason: Text | None, zone: ZoneInfo) -> str:
    """The sentence, its instants as clocks in the business's zone show them."""
    if reason is None:
        return ""
    values = {
        name: f"{value.astimezone(zone):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
        for name, value in reason.values.items()
    }
    return str(Text(reason.msgid, reason.plural, values))
