"""People and locations in the console: made, changed, taken off the list; what is booked already stays."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from bookwidget.catalog.models import Location, Provider, ServiceLocation, ServiceProvider
from tests.console.desks import HOSTILE_LINES, events, hire, nobody, owner, sign_in
from tests.factories import World, make_appointment, make_booking
from tests.web_fixtures import Visitor, Web, hidden

ROOMS = [("people", Provider, "provider"), ("locations", Location, "location")]


def save(visitor: Visitor, page: str, services: list[str], **changes: str) -> TestResponse:
    fields = [pair for pair in {**visitor.form(page), **changes}.items() if pair[0] != "service"]
    return visitor.post(page, MultiDict([*fields, *(("service", id) for id in services)]))


def stored(world: World, model: Any) -> dict[str, Any]:
    with world.database.session(world.tenant_id) as session:
        return {one.name: one for one in session.scalars(select(model))}


def links(world: World, model: Any, name: str) -> set[str]:
    """The services that somebody or some place is for."""
    link, column = (ServiceProvider, "provider_id") if model is Provider else (ServiceLocation, "location_id")
    id = stored(world, model)[name].id
    with world.database.session(world.tenant_id) as session:
        found = session.scalars(select(link))
        names = {id: name for name, id in world.ids.items()}
        return {names[one.service_id] for one in found if getattr(one, column) == id}


def of_kind(world: World, start: str) -> list[tuple[str, dict[str, Any]]]:
    return [(kind, facts["after"]) for kind, facts in events(world) if kind.startswith(f"{start}.")]


@pytest.mark.parametrize(("room", "model", "thing"), ROOMS)
def test_somebody_or_some_place_is_added_once_and_changed_with_its_services(
    web_everywhere: Web, room: str, model: Any, thing: str
) -> None:
    web, massage = web_everywhere, web_everywhere.yoga.ids["massage"].hex
    visitor = owner(web)
    form = {**visitor.form(f"{room}/new"), "name": " Nia Okoro ", "service": massage, "address": "1 Quay"}
    for _time in range(2):
        assert visitor.post(f"{room}/new", form).location == f"/console/{room}/?done=saved"
    [(kind, facts)] = of_kind(web.yoga, thing)
    assert (kind, facts["name"], facts["services"]) == (f"{thing}.added", "Nia Okoro", [massage])
    assert links(web.yoga, model, "Nia Okoro") == {"massage"}
    page = f"{room}/{stored(web.yoga, model)['Nia Okoro'].id.hex}/"
    older = visitor.form(page)
    assert older["service"] == massage
    assert save(visitor, page, [massage]).status_code == 303
    assert len(of_kind(web.yoga, thing)) == 1, "the same again is no event"
    assert save(visitor, page, [], name="Nia").status_code == 303
    assert links(web.yoga, model, "Nia") == set()
    late = visitor.post(page, {**older, "name": "Nadia"})
    assert late.status_code == 422
    assert "Somebody else has changed this" in late.text
    assert 'value="Nadia"' in late.text, "what was typed stays"
    slip = visitor.post(page, {**older, "name": " "})
    assert visitor.post(page, {**older, "name": "Nadia", "seen": hidden(slip, "seen")}).status_code == 422
    assert [kind for kind, _facts in of_kind(web.yoga, thing)] == [f"{thing}.added", f"{thing}.changed"]
    assert "Nia" in visitor.get(f"{room}/").text
    assert "Nia" not in stored(web.other, model)


def test_who_is_retired_cannot_be_booked_and_keeps_what_is_booked(web_everywhere: Web) -> None:
    web, visitor = web_everywhere, owner(web_everywhere)
    code = make_appointment(web.yoga, starts_at=web.now + timedelta(days=6, hours=2)).code
    mara, massage = web.yoga.ids["mara"].hex, web.yoga.ids["massage"].hex
    assert "1 date to come" in visitor.get("people/").text
    assert visitor.get(f"people/{mara}/retire").status_code == 303
    assert stored(web.yoga, Provider)["Mara Oduya"].is_active, "looking at it changes nothing"
    for _time in range(2):
        assert visitor.send(f"people/{mara}/retire", "people/").location == "/console/people/?done=retired"
    assert "Mara Oduya" not in web.visitor().get(f"book/{massage}").text
    assert "Mara Oduya" in web.customer().get(f"bookings/{code}").text
    assert mara not in visitor.get("hours/").text
    assert f'value="{massage}" checked' in visitor.get(f"people/{mara}/").text
    visitor.send(f"people/{mara}/retire", "people/", again="1")
    assert "Mara Oduya" in web.visitor().get(f"book/{massage}").text
    assert [kind for kind, _facts in of_kind(web.yoga, "provider")] == ["provider.retired", "provider.restored"]


def test_a_location_that_is_not_offered_is_chosen_neither_in_a_form_nor_for_dates(web: Web) -> None:
    visitor, studio = owner(web), web.yoga.ids["studio"].hex
    page, massage = f"locations/{studio}/", web.yoga.ids["massage"].hex
    assert web.yoga.ids["flow"].hex not in visitor.get(page).text, "dates of a class say it themselves"
    save(visitor, page, [massage], address="2 Harbour Row")
    assert links(web.yoga, Location, "Studio 1") == {"massage"}
    assert "Studio 1" in visitor.get("dates/new").text
    visitor.send(f"{page}retire", "locations/")
    assert "Studio 1" not in visitor.get("dates/new").text
    assert "No longer offered" in visitor.get("locations/").text
    code = make_booking(web.yoga).code
    assert "Studio 1" in web.customer().get(f"bookings/{code}").text


@pytest.mark.parametrize(
    ("room", "field", "value"),
    [
        *[(room, "name", line) for room in ("people", "locations") for line in ("  ", *HOSTILE_LINES)],
        ("locations", "address", "x" * 301),
        ("locations", "address", "Qu\u202eay"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(web: Web, room: str, field: str, value: str) -> None:
    answer = save(owner(web), f"{room}/new", [], **{"name": "Typed name", field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert (of_kind(web.yoga, "provider"), of_kind(web.yoga, "location")) == ([], [])


@pytest.mark.parametrize(("room", "model", "thing"), ROOMS)
def test_staff_and_another_business_change_nobody_and_no_place(web: Web, room: str, model: Any, thing: str) -> None:
    hire(web.yoga, "sam@staff.example", "staff")
    theirs, staff = owner(web, web.other), sign_in(nobody(web), "sam@staff.example")
    page = f"{room}/{(web.yoga.ids['tom'] if thing == 'provider' else web.yoga.ids['studio']).hex}/"
    assert theirs.post(page, {**theirs.form(f"{room}/new"), "name": "Evil"}).status_code == 404
    foreign = save(theirs, f"{room}/new", [web.yoga.ids["massage"].hex], name="Evil")
    assert foreign.status_code == 404, "services of another business are none"
    for path in (f"{room}/", f"{room}/new", page):
        assert staff.get(path).status_code == 403
    assert (of_kind(web.yoga, thing), "Evil" in stored(web.other, model)) == ([], False)
    assert f"/console/{room}/" not in staff.get("bookings/").text
