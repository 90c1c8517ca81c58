"""What happens behind the browser's back: sign-ins end, tokens grow old, attempts are forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from bookwidget.accounts.models import Attempts, SignIn
from bookwidget.tenancy.session import writing
from tests.factories import World


def end_sign_ins(world: World) -> None:
    """As if everybody had been logged out on the server."""
    with world.database.session(world.tenant_id) as session, writing(session):
        session.execute(delete(SignIn))


def age_tokens(world: World, now: datetime) -> int:
    """Leaves bearer tokens ten minutes, so that the next answer renews them; how many there are."""
    with world.database.session(world.tenant_id) as session, writing(session):
        bearer = update(SignIn).where(SignIn.kind == "bearer", SignIn.ended_at.is_(None))
        return int(session.execute(bearer.values(expires_at=now + timedelta(minutes=10))).rowcount)


def forget_attempts(world: World) -> None:
    """A journey logs in more often than people may."""
    with world.database.session(world.tenant_id) as session, writing(session):
        session.execute(delete(Attempts))


def sign_ins(world: World) -> int:
    """How many are open."""
    with world.database.session(world.tenant_id) as session:
        open_ones = select(func.count()).select_from(SignIn).where(SignIn.ended_at.is_(None))
        return int(session.scalar(open_ones) or 0)
