"""A customer's secret address under which a calendar program finds all their bookings.

The secret is shown once, when it is made; we keep its digest. So nobody reads it from a backup, and a lost one is
replaced by a new one, which ends it.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bookwidget.bookings import settings as choices
from bookwidget.bookings import store_feeds as store
from bookwidget.bookings.calendar import CalendarEntry, CalendarFile, calendar_file
from bookwidget.bookings.models import CalendarFeed
from bookwidget.events.record import record
from bookwidget.kernel.actors import ActorKind
from bookwidget.kernel.errors import Denied, Missing
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

PAST = timedelta(days=366)
"""What began longer ago is not in the feed, so that it does not grow for ever."""


def feed_made_at(scope: Scope) -> datetime | None:
    """When the acting customer's address was made; None without one. `Missing` when no customer acts."""
    made_at: datetime | None = scope.session.rows(store.MADE_AT, {"customer": acting(scope)}).scalar_one_or_none()
    return made_at


def offers_feeds(scope: Scope) -> bool:
    """Whether the business lets its customers subscribe."""
    return scope.tenant.settings[choices.CALENDAR_FEEDS]


def make_feed(scope: Scope) -> str:
    """A new secret in place of an older one. Raises `Missing`, `Denied`. Event: `feed.made`."""
    customer = acting(scope)
    if not offers_feeds(scope):
        raise Denied(_("Subscribing to your bookings is not offered here."))
    secret = secrets.token_urlsafe(32)
    with writing(scope.session):
        scope.session.rows(store.END_FEED, {"of": customer})
        feed = CalendarFeed(id=uuid7(), customer_id=customer, digest=digest_of(secret), made_at=scope.now)
        scope.session.add(feed)
        record(scope, "feed.made", customer_id=customer)
    return secret


def end_feed(scope: Scope) -> None:
    """The address gives nothing any more; without one nothing changes. Raises `Missing`. Event: `feed.ended`."""
    customer = acting(scope)
    with writing(scope.session):
        if scope.session.rows(store.MADE_AT, {"customer": customer}).scalar_one_or_none() is None:
            return
        scope.session.rows(store.END_FEED, {"of": customer})
        record(scope, "feed.ended", customer_id=customer)


def read_feed(scope: Scope, secret: str) -> CalendarFile:
    """All bookings of the customer whose secret this is, cancelled ones too, from a year ago on.

    Raises `Missing` for what is no secret (any more), for blocked customers, and where the business switched it off.
    """
    owner = scope.session.rows(store.OWNER, {"digest": digest_of(secret)}).scalar_one_or_none()
    if owner is None or not offers_feeds(scope):
        raise Missing
    rows = scope.session.rows(store.IN_FEED, {"customer": owner, "first": scope.now - PAST})
    return calendar_file(scope.tenant, [entry_of_row(row) for row in rows], is_feed=True)


def entry_of_row(row: Any) -> CalendarEntry:
    return CalendarEntry(
        uid=str(row.id),
        sequence=row.number + row.is_called_off,
        changed_at=row.last or row.created_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        title=row.service,
        place=", ".join(part for part in (row.location, row.address) if part),
        code=row.code,
        is_cancelled=bool(row.is_cancelled or row.is_called_off),
    )


def acting(scope: Scope) -> UUID:
    if scope.actor.kind is not ActorKind.CUSTOMER or scope.actor.id is None:
        raise Missing
    return scope.actor.id


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
