"""Places that are kept while a form is open: nobody else gets them meanwhile, and everybody does afterwards."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from bookwidget.accounts.guests import Guest
from bookwidget.accounts.models import Customer
from bookwidget.bookings import actions
from bookwidget.bookings.actions import Agreement, Details, ListQuery, NewTicket, Tab
from bookwidget.bookings.models import Acceptance, Booking, Ticket
from bookwidget.kernel.actors import visitor
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Hold, Occurrence
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.factories import World

TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
EVE = Guest("Eve@Example.com", "Eve", "Adams", "01632 960 555")
LATER = timedelta(minutes=11)


def as_guest(world: World, name: str, *values: Any, now: datetime | None = None, **named: Any) -> Any:
    scope = world.scope(visitor(), now)
    with scope.session:
        return getattr(actions, name)(scope, *values, **named)


def class_key(world: World, **changes: Any) -> str:
    return str(OccurrenceKey(factories.make_class(world, **changes).id))


def mara_at(world: World, at: datetime = TEN) -> str:
    return str(TimeKey(world.ids["mara"], at))


def keep(world: World, key: str, *, places: int = 1, now: datetime | None = None, id: UUID | None = None) -> UUID:
    hold_id = id or uuid7()
    service = world.ids["flow" if key.startswith("o-") else "massage"]
    as_guest(world, "hold_slot", hold_id, service, key, places, now=now)
    return hold_id


def free_keys(world: World, service: str, now: datetime | None = None) -> set[str]:
    choices = as_guest(world, "slots_to_book", world.ids[service], date(2026, 11, 24), 7, now=now)
    return {slot.key for day in choices.days for slot in day.slots}


def settings(world: World, **values: object) -> None:
    with world.database.session(world.tenant_id) as session, writing(session):
        named = {name.replace("__", "."): value for name, value in values.items()}
        session.get_one(Tenant, world.tenant_id).settings = named


def count(world: World, what: Any) -> int:
    with world.database.session(world.tenant_id) as session:
        return int(session.execute(select(func.count()).select_from(what)).scalar_one())


def test_K3_a_kept_seat_is_nobody_else_s_until_it_lapses(yoga: World) -> None:
    key = class_key(yoga, capacity=2)
    hold_id = keep(yoga, key, places=2)
    assert key not in free_keys(yoga, "flow")
    with pytest.raises(Refused):
        keep(yoga, key)
    assert as_guest(yoga, "read_held", hold_id).until == yoga.now + timedelta(minutes=10)
    later = yoga.now + LATER
    assert as_guest(yoga, "read_held", hold_id, now=later) is None
    assert key in free_keys(yoga, "flow", later), "free at once, with no worker"
    other = keep(yoga, key, places=2, now=later)
    assert as_guest(yoga, "read_held", other, now=later).places == 2
    assert count(yoga, Hold) == 1
    with pytest.raises(Refused, match="now free for others"):
        as_guest(yoga, "confirm_hold", hold_id, Details(guest=EVE), now=later)


def test_K3_a_kept_time_of_a_provider_is_nobody_else_s_until_it_lapses(yoga: World) -> None:
    hold_id = keep(yoga, mara_at(yoga))
    overlapping = mara_at(yoga, TEN + timedelta(minutes=30))
    for key in (mara_at(yoga), overlapping):
        assert key not in free_keys(yoga, "massage")
        with pytest.raises(Refused):
            Acting(yoga).book(yoga.ids["massage"], key)
    later = yoga.now + LATER
    assert {mara_at(yoga), overlapping} <= free_keys(yoga, "massage", later)
    Acting(yoga, now=later).book(yoga.ids["massage"], overlapping)
    assert (count(yoga, Hold), count(yoga, Occurrence)) == (0, 1), "what lapsed leaves nothing behind"
    with pytest.raises(Refused):
        as_guest(yoga, "confirm_hold", hold_id, Details(guest=EVE), now=later)


def test_a_hold_goes_with_its_owner_from_time_to_time(yoga: World) -> None:
    first, second = class_key(yoga, capacity=1, days=4), class_key(yoga, capacity=1, days=5)
    hold_id = keep(yoga, first)
    assert keep(yoga, first, id=hold_id) == hold_id, "the same again is fine"
    keep(yoga, second, id=hold_id)
    assert first in free_keys(yoga, "flow")
    assert second not in free_keys(yoga, "flow")
    mara = keep(yoga, mara_at(yoga))
    keep(yoga, mara_at(yoga, TEN + timedelta(minutes=30)), id=mara)
    assert (count(yoga, Hold), count(yoga, Occurrence)) == (2, 3)
    later = yoga.now + LATER
    keep(yoga, mara_at(yoga), id=mara, now=later)
    keep(yoga, first, id=hold_id, now=later)
    assert as_guest(yoga, "read_held", mara, now=later).starts_at == TEN
    assert count(yoga, Hold) == 2


def test_more_and_fewer_places(yoga: World) -> None:
    key = class_key(yoga, capacity=4)
    factories.make_booking(yoga, occurrence=occurrence(yoga, UUID(key[2:])))
    hold_id = keep(yoga, key)
    assert as_guest(yoga, "resize_place", hold_id, 3).places == 3
    with pytest.raises(Refused) as refused:
        as_guest(yoga, "resize_place", hold_id, 4)
    assert refused.value.field == "tickets"
    for impossible in (0, -1, 11):
        with pytest.raises(Refused):
            as_guest(yoga, "resize_place", hold_id, impossible)
        with pytest.raises(Refused):
            keep(yoga, key, places=impossible)
    assert as_guest(yoga, "resize_place", hold_id, 1).places == 1
    assert occurrence(yoga, UUID(key[2:])).seats_taken == 2
    as_guest(yoga, "drop_place", hold_id)
    as_guest(yoga, "drop_place", hold_id)
    assert occurrence(yoga, UUID(key[2:])).seats_taken == 1


def test_a_hold_can_be_kept_longer_but_not_for_ever(yoga: World) -> None:
    hold_id, now = keep(yoga, class_key(yoga)), yoga.now
    for _again in range(8):
        now += timedelta(minutes=4)
        if now >= yoga.now + timedelta(minutes=30):
            break
        until = as_guest(yoga, "extend_place", hold_id, now=now).until
        assert until <= yoga.now + timedelta(minutes=30)
    with pytest.raises(Refused):
        as_guest(yoga, "extend_place", hold_id, now=yoga.now + timedelta(minutes=30))


def test_the_minutes_are_the_business_s(yoga: World) -> None:
    settings(yoga, schedule__hold_minutes=3)
    hold_id = keep(yoga, class_key(yoga))
    assert as_guest(yoga, "read_held", hold_id).until == yoga.now + timedelta(minutes=3)


@pytest.mark.parametrize("kind", ["class", "appointment"])
def test_K3_a_guest_confirms_what_was_kept_and_only_once(yoga: World, kind: str) -> None:
    hold_id = keep(yoga, class_key(yoga, capacity=2) if kind == "class" else mara_at(yoga))
    details = Details(note="Knee", guest=EVE)
    for _again in range(2):
        assert as_guest(yoga, "confirm_hold", hold_id, details) == (hold_id, 1)
    assert (count(yoga, Booking), count(yoga, Ticket), count(yoga, Hold)) == (1, 1, 0)
    [made] = events(yoga, "booking.made")
    with yoga.database.session(yoga.tenant_id) as session:
        booking = session.get_one(Booking, (yoga.tenant_id, hold_id))
        eve = session.get_one(Customer, (yoga.tenant_id, booking.customer_id))
        assert (eve.email, eve.phone, eve.password_hash) == ("eve@example.com", "+441632960555", "")
        assert (booking.status, booking.note, made.customer_id) == ("confirmed", "Knee", eve.id)
        seats = session.get_one(Occurrence, (yoga.tenant_id, booking.occurrence_id)).seats_taken
        assert seats == 1
    with pytest.raises(Refused, match="booked already"):
        keep(yoga, class_key(yoga, days=3), id=hold_id)


def test_K1_who_is_signed_in_books_for_themselves(yoga: World) -> None:
    hold_id = keep(yoga, class_key(yoga), places=2)
    tickets = (NewTicket(), NewTicket("Kim", is_child=True, age=7), NewTicket("Lee"))
    ada = Acting(yoga)
    ada.confirm_hold(hold_id, Details(tickets, guest=EVE))
    [row] = ada.list_bookings(ListQuery(Tab.UPCOMING)).rows
    assert [(one.name, one.is_child) for one in row.attendees] == [("", False), ("Kim", True), ("Lee", False)]
    assert row.price.amount == 3 * 1400
    with yoga.database.session(yoga.tenant_id) as session:
        assert session.execute(select(Customer).where(Customer.email == "eve@example.com")).first() is None


def test_a_hold_is_in_nobody_s_list(yoga: World) -> None:
    scope_of = Acting(yoga)
    scope_of.hold_slot(uuid7(), yoga.ids["flow"], class_key(yoga), 1)
    assert set(scope_of.list_bookings(ListQuery()).counts.values()) == {0}


def test_K3_a_guest_with_a_customer_s_email_changes_nothing_of_theirs(yoga: World) -> None:
    hold_id = keep(yoga, class_key(yoga))
    as_guest(yoga, "confirm_hold", hold_id, Details(guest=Guest("ADA@example.com", "Mallory", "X", "01632 960 999")))
    [row] = Acting(yoga).list_bookings(ListQuery()).rows
    with yoga.database.session(yoga.tenant_id) as session:
        ada = session.get_one(Customer, (yoga.tenant_id, yoga.ids["ada"]))
        assert (row.id, ada.given_name, ada.phone) == (hold_id, "Ada", "")


def test_K3_a_guest_is_refused_where_login_is_required_or_who_is_blocked(yoga: World) -> None:
    hold_id = keep(yoga, class_key(yoga))
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.get_one(Customer, (yoga.tenant_id, yoga.ids["ben"])).is_blocked = True
    with pytest.raises(Denied):
        as_guest(yoga, "confirm_hold", hold_id, Details(guest=Guest("ben@example.com", "Ben")))
    with pytest.raises(Denied):
        as_guest(yoga, "confirm_hold", hold_id, Details())
    settings(yoga, accounts__sign_in_required_to_book=True)
    with pytest.raises(Denied):
        as_guest(yoga, "confirm_hold", hold_id, Details(guest=EVE))
    assert (count(yoga, Booking), count(yoga, Customer), count(yoga, Hold)) == (0, 2, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"guest": Guest("nobody", "Eve")}, "email"),
        ({"guest": Guest("eve@example.com", "")}, "given_name"),
        ({"guest": Guest("eve@example.com", "Eve", "", "12")}, "phone"),
        ({"note": "x" * 2001}, "note"),
        ({"tickets": ()}, "tickets"),
        ({"tickets": (NewTicket(),) * 11}, "tickets"),
        ({"tickets": (NewTicket("x" * 161),)}, "tickets"),
        ({"tickets": (NewTicket(ticket_type_id=uuid7()),)}, "tickets"),
    ],
)
def test_what_is_wrong_is_refused_and_the_place_stays_kept(yoga: World, changes: dict[str, Any], field: str) -> None:
    hold_id = keep(yoga, class_key(yoga))
    with pytest.raises(Refused) as refused:
        as_guest(yoga, "confirm_hold", hold_id, Details(**{"guest": EVE, **changes}))
    assert refused.value.field == field
    assert as_guest(yoga, "read_held", hold_id).places == 1
    assert (count(yoga, Booking), count(yoga, Customer)) == (0, 2)


def test_K3_terms_and_privacy_are_accepted_and_kept_with_version_and_time(yoga: World) -> None:
    settings(
        yoga,
        bookings__terms_address="https://yoga.example/terms",
        bookings__privacy_address="javascript:alert(1)",
        bookings__documents_version="3",
    )
    hold_id = keep(yoga, class_key(yoga))
    with pytest.raises(Refused) as refused:
        as_guest(yoga, "confirm_hold", hold_id, Details(guest=EVE))
    assert refused.value.field == "terms"
    as_guest(yoga, "confirm_hold", hold_id, Details(guest=EVE, agreement=Agreement(terms=True)))
    with yoga.database.session(yoga.tenant_id) as session:
        [accepted] = session.execute(select(Acceptance)).scalars()
        assert (accepted.document, accepted.address, accepted.version) == ("terms", "https://yoga.example/terms", "3")
        assert (accepted.booking_id, accepted.accepted_at) == (hold_id, yoga.now)


def test_foreign_past_and_cancelled_times_cannot_be_kept(yoga: World, other: World) -> None:
    foreign = (class_key(other), mara_at(other), "o-x", "")
    for key in (*foreign, class_key(yoga, days=-1), class_key(yoga, days=3, state="cancelled")):
        with pytest.raises((Refused, Missing)):
            keep(yoga, key)
    with pytest.raises(Missing):
        as_guest(yoga, "hold_slot", uuid7(), other.ids["flow"], class_key(yoga, days=4), 1)
    hold_id = keep(yoga, class_key(yoga, days=5))
    assert as_guest(other, "read_held", hold_id) is None
    with pytest.raises(Refused):
        as_guest(other, "confirm_hold", hold_id, Details(guest=EVE))
    assert count(yoga, Hold) == 1


def test_a_date_that_the_business_cancels_meanwhile_is_not_booked(yoga: World) -> None:
    key = class_key(yoga)
    hold_id = keep(yoga, key)
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.get_one(Occurrence, (yoga.tenant_id, UUID(key[2:]))).state = "cancelled"
    with pytest.raises(Refused, match="can no longer be booked"):
        as_guest(yoga, "confirm_hold", hold_id, Details(guest=EVE))


def test_a_lapsed_seat_counts_as_free_for_the_waiting_list_too(yoga: World) -> None:
    key = class_key(yoga, capacity=1)
    keep(yoga, key)
    Acting(yoga, "ben").join_waiting_list(UUID(key[2:]))
    with pytest.raises(Refused, match="still places"):
        Acting(yoga, now=yoga.now + LATER).join_waiting_list(UUID(key[2:]))
