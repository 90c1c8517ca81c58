"""Ticket types of a class in the console; tickets that are booked keep theirs."""

import pytest
from sqlalchemy import select

from bookwidget.bookings.models import Ticket
from bookwidget.catalog.models import TicketType
from bookwidget.schedule.rules import OccurrenceKey
from tests.console.desks import HOSTILE_LINES, events, owner
from tests.factories import make_class
from tests.web_fixtures import Visitor, Web, hidden


@pytest.fixture
def web(web_everywhere: Web) -> Web:
    """Prices are data, so both databases keep them."""
    return web_everywhere


def pages(web: Web, world: str = "yoga") -> str:
    return f"services/{getattr(web, world).ids['flow'].hex}/tickets/"


def add(web: Web, visitor: Visitor, name: str, price: str, **more: str) -> None:
    assert visitor.send(f"{pages(web)}new", name=name, price=price, **more).status_code == 303


def stored(web: Web) -> dict[str, TicketType]:
    with web.database.session(web.yoga.tenant_id) as session:
        found = session.scalars(select(TicketType).order_by(TicketType.position))
        return {one.name: one for one in found}


def happened(web: Web) -> list[str]:
    return [kind for kind, _facts in events(web.yoga) if kind.startswith("ticket_type.")]


def offered(web: Web, guest: Visitor, slot: str) -> str:
    """The booking form of the class, a place of which is kept."""
    page = f"book/{web.yoga.ids['flow'].hex}"
    return str(guest.post(page, {**guest.form(page), "slot": slot}).location)


def test_types_are_sold_in_their_order_and_what_is_booked_keeps_its_price(web: Web) -> None:
    visitor, guest = owner(web), web.customer()
    assert "Every place costs £14.00" in visitor.get(pages(web)).text
    for name, price, more in (("Adult", "14", {}), ("Child", "7,50", {"is_child": "1"}), ("Student", "9", {})):
        add(web, visitor, name, price, **more)
    student = f"{pages(web)}{stored(web)['Student'].id.hex}/"
    for _time in range(2):
        visitor.send(f"{student}place", pages(web), place=f"before.{stored(web)['Child'].id.hex}")
    assert [*stored(web)] == ["Adult", "Student", "Child"]
    slot = str(OccurrenceKey(make_class(web.yoga, provider_id=None).id))
    form = offered(web, guest, slot)
    text = guest.get(form).text
    assert text.index("Adult") < text.index("Student") < text.index("Child")
    assert "£7.50" in text
    ines = {**guest.form(form), "kind-0": stored(web)["Child"].id.hex, "name-0": "Ines", "do": "confirm"}
    booked = guest.post(form, ines)
    assert booked.status_code == 303, booked.text
    child = f"{pages(web)}{stored(web)['Child'].id.hex}/"
    assert visitor.send(child, price="8").status_code == 303
    for _time in range(2):
        assert visitor.send(f"{child}retire", pages(web)).status_code == 303
    with web.database.session(web.yoga.tenant_id) as session:
        [ticket] = session.scalars(select(Ticket))
    assert (ticket.price, ticket.ticket_type_id) == (750, stored(web)["Child"].id)
    assert "Child" not in web.visitor().get(offered(web, web.visitor(), slot)).text
    assert happened(web) == [*["ticket_type.saved"] * 3, "ticket_type.placed", "ticket_type.saved",
                             "ticket_type.retired"]  # fmt: skip


def test_the_last_one_stays_and_an_older_page_is_told(web: Web) -> None:
    visitor = owner(web)
    add(web, visitor, "Adult", "14")
    page = f"{pages(web)}{stored(web)['Adult'].id.hex}/"
    older = visitor.form(page)
    refused = visitor.send(f"{page}retire", pages(web))
    assert refused.status_code == 422
    assert "keeps at least one ticket type" in refused.text
    visitor.send(page, price="15")
    late = visitor.post(page, {**older, "price": "16"})
    assert late.status_code == 422
    assert "Somebody else has changed this ticket type" in late.text
    slip = visitor.post(page, {**older, "price": "x"})
    assert visitor.post(page, {**older, "price": "16", "seen": hidden(slip, "seen")}).status_code == 422
    assert stored(web)["Adult"].price == 1500
    add(web, visitor, "Child", "7")
    assert visitor.send(f"{page}retire", pages(web)).status_code == 303
    assert visitor.send(f"{page}retire", pages(web), again="1").status_code == 303
    assert stored(web)["Adult"].is_active


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("price", "x"), ("price", "-1"), *[("name", line) for line in HOSTILE_LINES[:2]]],
)
def test_what_cannot_be_used_is_refused_at_its_field(web: Web, field: str, value: str) -> None:
    answer = owner(web).send(f"{pages(web)}new", **{"name": "Typed", field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert stored(web) == {}


def test_an_appointment_and_another_business_have_none(web: Web) -> None:
    visitor, theirs = owner(web), owner(web, web.other)
    assert visitor.get(f"services/{web.yoga.ids['massage'].hex}/tickets/").status_code == 404
    assert theirs.get(pages(web)).status_code == 404
    assert theirs.post(f"{pages(web)}new", {**theirs.form(f"{pages(web, 'other')}new"), "name": "x"}).status_code == 404
    assert stored(web) == {}
