"""What is known of a closed account goes: everything, or everything but what totals are made of.

One job in three steps, each of which finds what is left to do: messages and the work on them; the log of events, past
the wall; the rest, with the end of the job. So a kill between them loses nothing, and done again it does nothing new.
`PERSONAL` is the list of what is personal and where; a test finds columns that are not on it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from bookwidget.accounts import store_personal as of_accounts
from bookwidget.accounts.closing import ERASE
from bookwidget.accounts.models import Customer
from bookwidget.bookings import store_personal as of_bookings
from bookwidget.bookings.closing import FORGET, free_for_good
from bookwidget.events.jobs import JobContext, TryLater, handles
from bookwidget.events.personal import (
    CHUNK,
    FORGET_JOBS,
    FORGET_PAYLOAD,
    UNDER_WAY,
    events_of,
    forget_events,
    keys_of,
)
from bookwidget.events.record import record
from bookwidget.kernel.text import Text, _
from bookwidget.notices.post import Post
from bookwidget.notices.store_personal import FORGET_MESSAGES
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import TenantSession, writing
from bookwidget.theming.i18n import translate

PERSONAL = tuple(sorted((*of_bookings.PERSONAL, *of_accounts.PERSONAL), key=lambda one: one.stage))
CALLED: Text = _("Former customer")
NOWHERE = "{id}@closed.invalid"
"""In place of an e-mail: no two customers have the same."""
PATIENCE, SOON = 4, timedelta(minutes=5)
"""So many attempts wait for mails that are on their way, such as that of a cancellation; then they are given up."""


@handles(FORGET)
def forget(context: JobContext, payload: Mapping[str, Any]) -> None:
    customer_id, erase = UUID(hex=payload["customer"]), payload["how"] == ERASE
    with context.scope() as scope:
        whose = {"customer": customer_id}
        bookings = list(scope.session.rows(of_bookings.BOOKINGS_OF, whose).scalars())
        series = list(scope.session.rows(of_bookings.SERIES_OF, whose).scalars())
        events = events_of(scope.session, customer_id, bookings)
        known = [*events, *bookings, *series]
        if context.claim.attempt < PATIENCE and is_under_way(scope, known):
            raise TryLater("messages of theirs are on their way")
        forget_messages(scope.session, events, known)
    forget_events(context.database, context.tenant_id, customer_id, bookings, erase=erase)
    with context.scope() as scope, writing(scope.session) as session:
        if session.get(Customer, (scope.tenant.id, customer_id), with_for_update=True) is not None:
            forget_rows(context, scope, customer_id, erase=erase)
        context.finish(session)
        session.rows(FORGET_PAYLOAD, {"done_job": context.job_id})


def is_under_way(scope: Scope, known: list[UUID]) -> bool:
    """Whether mails about them wait to be written or sent."""
    soon = {"soon": scope.now + SOON}
    return any(
        scope.session.rows(UNDER_WAY, {**keys_of(known[start : start + CHUNK]), **soon}).one_or_none()
        for start in range(0, len(known), CHUNK)
    )


def forget_messages(session: TenantSession, events: list[UUID], known: list[UUID]) -> None:
    with writing(session):
        for start in range(0, len(events), CHUNK):
            session.rows(FORGET_MESSAGES, {"events": events[start : start + CHUNK]})
        for start in range(0, len(known), CHUNK):
            session.rows(FORGET_JOBS, keys_of(known[start : start + CHUNK]))


def forget_rows(context: JobContext, scope: Scope, customer_id: UUID, *, erase: bool) -> None:
    """Of a customer who is still known, inside the open write transaction. Event: `customer.erased`, about nobody, or
    `customer.anonymised`.
    """
    forget_broken_rows(scope, customer_id)
    if erase:
        free_for_good(scope, customer_id)
    catalogs = context.services[Post].composer.catalogs
    called = translate(CALLED, catalogs.translations(scope.tenant.locale))
    whose, renamed = {"customer": customer_id}, {"nowhere": NOWHERE.format(id=customer_id.hex), "called": called}
    for one in PERSONAL:
        statement = one.erase if erase else one.anonymise
        if statement is not None:
            more = renamed if one.model is Customer and not erase else {}
            scope.session.rows(statement, {**whose, **more})
    if erase:
        record(scope, "customer.erased")
    else:
        record(scope, "customer.anonymised", customer_id=customer_id)


def forget_broken_rows(scope: Scope, customer_id: UUID) -> None:
    """Rows of a file of customers that could not be imported, because this one was there already."""
    email = scope.session.get_one(Customer, (scope.tenant.id, customer_id)).email
    rows = scope.session.rows(of_accounts.BROKEN_ROWS)
    theirs = [row.id for row in rows if email in (cell.strip().lower() for cell in row.cells)]
    if theirs:
        scope.session.rows(of_accounts.FORGET_BROKEN_ROWS, {"row_ids": theirs})
