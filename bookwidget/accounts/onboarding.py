"""How far a business has come with setting up: which steps are behind it, and whether it wants to be led back."""

from dataclasses import dataclass

from bookwidget.accounts.models import Onboarding
from bookwidget.accounts.store import ONBOARDING
from bookwidget.kernel.permissions import Permission
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import TenantSession, writing


@dataclass(frozen=True)
class Progress:
    trade: str
    """Empty: not chosen yet."""
    done: frozenset[str]
    """Steps that were done or left out."""
    is_open: bool
    """Begun, and neither finished nor put away: the console's first page leads back."""


def read_progress(scope: Scope) -> Progress:
    """In one statement; of a business that never began, nothing is done."""
    row = scope.session.rows(ONBOARDING).one_or_none()
    if row is None:
        return Progress("", frozenset(), is_open=False)
    return Progress(row.trade, frozenset(row.done.split()), is_open=row.ended_at is None)


def choose_trade(scope: Scope, trade: str) -> None:
    """What the next steps propose. Nothing else changes by it. Raises `Denied`."""
    with writing(scope.session) as session:
        kept_row(scope, session).trade = trade


def mark_done(scope: Scope, step: str) -> None:
    """This step is behind them, done or left out. Raises `Denied`."""
    with writing(scope.session) as session:
        row = kept_row(scope, session)
        row.done = " ".join(sorted({*row.done.split(), step}))


def end_onboarding(scope: Scope) -> None:
    """Finished, or put away: nobody is led back any more. Raises `Denied`."""
    with writing(scope.session) as session:
        row = kept_row(scope, session)
        row.ended_at = row.ended_at or scope.now


def kept_row(scope: Scope, session: TenantSession) -> Onboarding:
    require(scope, Permission.SETTINGS_CHANGE)
    id = scope.tenant.id
    found = session.get(Onboarding, (id, id), with_for_update=True)
    if found is None:
        found = Onboarding(id=id, trade="", done="")
        session.add(found)
    return found
