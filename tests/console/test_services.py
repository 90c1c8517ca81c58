"""Services in the console: made, changed, taken off the list; what is booked already stays."""

from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from bookwidget.catalog.models import Provider, Service, ServiceProvider
from tests.console.desks import HOSTILE_LINES, events, hire, nobody, owner, sign_in
from tests.factories import World, make_appointment, make_booking
from tests.web_fixtures import Visitor, Web, hidden

NEW, LIST = "services/new", "services/"


def path(web: Web, service: str = "massage") -> str:
    return f"services/{web.yoga.ids[service].hex}/"


def save(visitor: Visitor, page: str, providers: list[str] | None = None, **changes: str) -> TestResponse:
    """`providers` are ids of who performs it; None leaves the boxes as they are, of which the helper reads the last."""
    fields = [(name, value) for name, value in {**visitor.form(page), **changes}.items()
              if name != "provider" or providers is None]  # fmt: skip
    return visitor.post(page, MultiDict([*fields, *(("provider", id) for id in providers or ())]))


def services(world: World) -> dict[str, Service]:
    with world.database.session(world.tenant_id) as session:
        return {service.name: service for service in session.scalars(select(Service))}


def performers(world: World, service: str) -> set[str]:
    with world.database.session(world.tenant_id) as session:
        found = session.scalars(
            select(Provider.name)
            .join(ServiceProvider, ServiceProvider.provider_id == Provider.id)
            .join(Service, Service.id == ServiceProvider.service_id)
            .where(Service.name == service)
        )
        return set(found)


def saved(world: World) -> list[dict[str, Any]]:
    return [facts for kind, facts in events(world) if kind == "service.saved"]


def test_a_new_service_is_offered_with_who_performs_it_and_sent_twice_is_one(web_everywhere: Web) -> None:
    web = web_everywhere
    visitor, mara = owner(web), web.yoga.ids["mara"].hex
    form = {
        **visitor.form(NEW),
        "name": " Reflexology ",
        "minutes": "45",
        "price": "32,5",
        "description": "For\r\nfeet.",
    }
    sent = MultiDict([*{**form, "new_provider": "Nia Okoro"}.items(), ("provider", mara)])
    for _time in range(2):
        answer = visitor.post(NEW, sent)
        assert (answer.status_code, answer.location) == (303, "/console/services/?done=saved")
    made = services(web.yoga)["Reflexology"]
    assert (made.kind, made.minutes, made.price, made.capacity) == ("appointment", 45, 3250, 1)
    assert made.description == "For\nfeet."
    assert performers(web.yoga, "Reflexology") == {"Mara Oduya", "Nia Okoro"}
    assert len(saved(web.yoga)) == 1
    assert len([kind for kind, _facts in events(web.yoga) if kind == "provider.added"]) == 1
    assert "Reflexology" in web.visitor().get("book/").text
    assert "Reflexology" in visitor.get(LIST).text
    assert "Reflexology" not in services(web.other)


def test_a_change_holds_from_now_on_and_what_is_booked_stays(web_everywhere: Web) -> None:
    web = web_everywhere
    booking = make_appointment(web.yoga, starts_at=web.now.replace(day=27))
    visitor = owner(web)
    answer = save(visitor, path(web), [web.yoga.ids["tom"].hex], minutes="90", price="75", name="Deep massage")
    assert answer.status_code == 303
    changed = services(web.yoga)["Deep massage"]
    assert (changed.minutes, changed.price, changed.kind, changed.minutes_after) == (90, 7500, "appointment", 15)
    assert performers(web.yoga, "Deep massage") == {"Tomas Reyl"}
    page = web.customer().get(f"bookings/{booking.code}").text
    assert "£60.00" in page
    assert "Mara Oduya" in page
    [facts] = saved(web.yoga)
    assert (facts["before"]["minutes"], facts["after"]["minutes"]) == (60, 90)


def test_the_same_again_is_no_event_and_an_older_page_is_told(web: Web) -> None:
    visitor, ids = owner(web), [web.yoga.ids[name].hex for name in ("mara", "tom")]
    older = visitor.form(path(web))
    assert save(visitor, path(web), ids).status_code == 303
    assert saved(web.yoga) == []
    save(visitor, path(web), ids, minutes="75")
    answer = visitor.post(path(web), {**older, "minutes": "30"})
    assert answer.status_code == 422
    assert "Somebody else has changed this service" in answer.text
    assert 'value="30"' in answer.text, "what was typed stays"
    slip = visitor.post(path(web), {**older, "minutes": "x"})
    again = visitor.post(path(web), {**older, "minutes": "30", "seen": hidden(slip, "seen")})
    assert again.status_code == 422, "nobody has told them yet that it is different now"
    assert services(web.yoga)["Massage"].minutes == 75


def test_the_kind_stays_what_it_was_made_as(web: Web) -> None:
    save(owner(web), path(web, "flow"), [], kind="appointment", capacity="20")
    flow = services(web.yoga)["Slow Flow"]
    assert (flow.kind, flow.capacity) == ("class", 20)


def test_a_retired_service_is_not_offered_and_loses_no_booking(web: Web) -> None:
    code, visitor = make_booking(web.yoga).code, owner(web)
    retire = path(web, "flow") + "retire"
    assert visitor.get(retire).status_code == 303
    assert services(web.yoga)["Slow Flow"].is_active, "looking at it changes nothing"
    for _time in range(2):
        assert visitor.send(retire, page=LIST).location == "/console/services/?done=retired"
    assert "Slow Flow" not in web.visitor().get("book/").text
    assert web.customer().get(f"bookings/{code}").status_code == 200
    assert visitor.send(retire, page=LIST, again="1").location == "/console/services/?done=restored"
    assert "Slow Flow" in web.visitor().get("book/").text
    assert [kind for kind, _facts in events(web.yoga) if kind.startswith("service.")] == [
        "service.retired", "service.restored",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        *[("name", line) for line in HOSTILE_LINES],
        ("kind", "party"),
        ("minutes", "0"),
        ("minutes", "an hour"),
        ("minutes", "-5"),
        ("minutes_before", "9" * 400),
        ("step_minutes", "1"),
        ("capacity", "0"),
        ("price", "12.345"),
        ("price", "-1"),
        ("price", "1e9"),
        ("price", "999999999"),
        ("description", "x" * 2001),
        ("new_provider", "Ma\u202era"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field_and_stays_typed(web: Web, field: str, value: str) -> None:
    fields = {"name": "Typed name", "kind": "class", field: value}
    answer = save(owner(web), NEW, [], **fields)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    if field != "name":
        assert 'value="Typed name"' in answer.text
    assert (len(services(web.yoga)), saved(web.yoga)) == (2, [])


def test_strangers_staff_and_another_business_change_no_service(web: Web) -> None:
    hire(web.yoga, "sam@staff.example", "staff")
    theirs, staff = owner(web, web.other), sign_in(nobody(web), "sam@staff.example")
    ours = owner(web).form(path(web))
    assert theirs.get(path(web)).status_code == 404
    assert theirs.post(path(web), {**theirs.form(NEW), "name": "Evil"}).status_code == 404
    guard = theirs.form(LIST, f"/console/services/{web.other.ids['massage'].hex}/retire")
    assert theirs.post(path(web) + "retire", guard).status_code == 404
    foreign = save(theirs, NEW, [web.yoga.ids["mara"].hex], name="Ours now")
    assert foreign.status_code == 404, "nobody of another business performs it"
    for page in (LIST, NEW, path(web)):
        assert staff.get(page).status_code == 403
    assert staff.post(path(web), {**ours, "name": "Evil"}).status_code == 403
    assert "/console/services/" not in staff.get("bookings/").text
    assert set(services(web.yoga)) == {"Massage", "Slow Flow"}
    assert set(services(web.other)) == {"Massage", "Slow Flow"}
    assert all(service.is_active for service in services(web.yoga).values())
