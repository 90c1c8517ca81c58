"""The page of settings: all of them in one place, for everything or for one service."""

from html import escape
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from bookwidget.catalog.models import Service
from bookwidget.console.setting_fields import fields_of, value_in
from bookwidget.kernel.text import Text
from bookwidget.tenancy.settings import REGISTRY, Group, Pick, Setting
from tests.console.desks import HOSTILE_LINES, events, hire, nobody, owner, sign_in, tenant
from tests.factories import World, make_booking
from tests.web_fixtures import Visitor, Web

PAGE = "settings/"
NOTICE, ALLOWED = "bookings.cancel_notice_hours", "bookings.cancel_allowed"
LOCKED = "bookings.locked_statuses"


def save(visitor: Visitor, page: str = PAGE, **changes: Any) -> TestResponse:
    """Sends the page's form; names with two underscores for dots, None for a box that is not ticked."""
    return visitor.post(page, filled(visitor.form(page), changes))


def filled(fields: dict[str, str], changes: dict[str, Any]) -> dict[str, Any]:
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return {name: value for name, value in {**fields, **named}.items() if value is not None}


def own(world: World, service: str = "massage") -> dict[str, Any]:
    with world.database.session(world.tenant_id) as session:
        return session.get_one(Service, (world.tenant_id, world.ids[service])).settings


def of_service(web: Web, service: str = "massage") -> str:
    return f"{PAGE}?service={web.yoga.ids[service].hex}"


def test_s2_every_declared_setting_stands_on_one_page_with_its_help_and_default(web: Web) -> None:
    page = owner(web).get(PAGE).text
    assert len(REGISTRY) > 35
    for setting in REGISTRY.values():
        line = page.split(f'id="s-{setting.name.replace(".", "-")}"')[1].split("</li>")[0]
        assert escape(str(setting.title)) in line, setting.name
        assert escape(str(setting.help)) in line, setting.name
        assert "Default" in line, setting.name
        assert all(escape(str(title)) in line for title in setting.choices.values()), setting.name
    assert [page.count(f"<h2 id={group.name.lower()!r}".replace("'", '"')) for group in Group] == [1] * len(Group)


def test_s2_a_setting_that_is_declared_is_on_the_page_at_once(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    new = Setting("test.new", False, Text("Something new"), Text("What customers see of it"), Group.LIST)
    monkeypatch.setitem(REGISTRY, new.name, new)
    visitor = owner(web)
    assert "What customers see of it" in visitor.get(PAGE).text
    assert save(visitor, test__new="1").status_code == 303
    assert tenant(web.yoga).settings == {"test.new": True}


@pytest.mark.parametrize("setting", REGISTRY.values(), ids=lambda setting: setting.name)
def test_what_a_form_shows_of_a_value_is_that_value_when_it_comes_back(setting: Setting[Any]) -> None:
    values = [setting.default]
    values += [not setting.default] if isinstance(setting.default, bool) else []
    values += [setting.minimum, setting.maximum] if setting.minimum is not None else []
    values += list(setting.choices) if setting.choices else []
    values += [" ".join(reversed(setting.choices))] if setting.pick is Pick.ORDERED else []
    values += ["", " ".join(setting.choices)] if setting.pick is Pick.SOME else []
    for is_service in (False, True) if setting.per_service else (False,):
        for value in values:
            sent = MultiDict(fields_of(setting, value, of_service=is_service))
            assert value_in(setting, sent, of_service=is_service) == value
    assert value_in(setting, MultiDict(), of_service=True) is None


def test_s2_a_change_is_saved_said_written_down_and_true_for_customers(web_everywhere: Web) -> None:
    web = web_everywhere
    code, visitor = make_booking(web.yoga, days=3).code, owner(web)
    assert web.customer().get(f"bookings/{code}/cancel").status_code == 200
    answer = save(visitor, bookings__cancel_notice_hours=" 100 ", bookings__notes=None)
    assert (answer.status_code, answer.location) == (303, "/console/settings/?saved=1")
    assert tenant(web.yoga).settings == {NOTICE: 100, "bookings.notes": False}
    (facts,) = [facts for kind, facts in events(web.yoga) if kind == "settings.changed"]
    assert facts == {"before": {NOTICE: 24, "bookings.notes": True}, "after": {NOTICE: 100, "bookings.notes": False}}
    page = visitor.get(answer.location).text
    assert "Saved." in page
    assert "Default: 24 hours" in page
    changes = page.split("Last changes")[1]
    assert "24 hours" in changes
    assert "100 hours" in changes
    assert "Olga Owner" in changes
    assert web.customer().get(f"bookings/{code}/cancel").status_code == 403
    assert tenant(web.other).settings == {}


def test_saving_the_same_again_is_no_event(web: Web) -> None:
    visitor = owner(web)
    assert save(visitor).location == "/console/settings/?saved=0"
    assert "nothing has changed" in visitor.get("settings/?saved=0").text
    assert (events(web.yoga), tenant(web.yoga).settings) == ([], {})


def test_s2_a_default_is_given_back_and_is_not_stored(web: Web) -> None:
    visitor = owner(web)
    assert 'name="reset"' not in visitor.get(PAGE).text
    save(visitor, bookings__cancel_notice_hours="7", bookings__max_places="3")
    assert visitor.get(PAGE).text.count('name="reset"') == 2
    assert save(visitor, bookings__cancel_notice_hours="nonsense", reset=NOTICE).status_code == 303
    assert tenant(web.yoga).settings == {"bookings.max_places": 3}


def test_s2_settings_are_found_by_words_and_only_these_are_saved(web: Web) -> None:
    web.settings(web.yoga, bookings__notes=False)
    visitor = owner(web)
    page = visitor.get("settings/?q=notice+CANCEL").text
    assert 'id="bookings-cancel_notice_hours"' in page
    assert 'id="bookings-max_places"' not in page
    assert visitor.get("settings/?q=waitlist.offer_minutes").text.count('class="bw-setting"') == 1
    found = visitor.get("settings/?q=remind").text
    assert found.index('id="reminders-hours"') < found.index("messages.off"), "what is called so comes first"
    nothing = visitor.get("settings/?q=%3Cb%3Ezebra").text
    assert "No setting with “&lt;b&gt;zebra”" in nothing
    answer = save(visitor, "settings/?q=notice+CANCEL", bookings__cancel_notice_hours="5")
    assert answer.location == "/console/settings/?q=notice+CANCEL&saved=1"
    assert tenant(web.yoga).settings == {NOTICE: 5, "bookings.notes": False}, "what was not shown stays"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("bookings.cancel_notice_hours", "soon", "Write a whole number."),
        ("bookings.cancel_notice_hours", "", "Write a whole number."),
        ("bookings.cancel_notice_hours", "-1", "Choose a number from 0 to 8760."),
        ("bookings.cancel_notice_hours", "9" * 400, "Write a whole number."),
        ("bookings.max_places", "51", "Choose a number from 1 to 50."),
        ("bookings.terms_address", "javascript:alert(1)", "begins with https://"),
        ("bookings.terms_address", "http://a.example/<b>", "begins with https://"),
        ("waitlist.offer", "never", "Choose one of the listed values."),
        *[("bookings.documents_version", line, "") for line in HOSTILE_LINES],
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field_and_everything_typed_stays(
    web: Web, name: str, value: str, reason: str
) -> None:
    visitor = owner(web)
    answer = visitor.post(PAGE, {**visitor.form(PAGE), name: value, "bookings.upload_count": "7"})
    assert answer.status_code == 422
    error = answer.text.split(f'id="{name.replace(".", "-")}-error"')[1].split("</p>")[0]
    assert reason in error
    if name != "waitlist.offer" and value.isprintable():
        assert f'value="{escape(value)}"' in answer.text
    assert 'name="bookings.upload_count" value="7"' in answer.text
    assert (tenant(web.yoga).settings, events(web.yoga)) == ({}, [])


def test_two_who_save_the_later_is_told_what_the_first_one_chose(web_everywhere: Web) -> None:
    web = web_everywhere
    hire(web.yoga, "mia@manager.example", "manager")
    first, second = owner(web), sign_in(nobody(web), "mia@manager.example")
    mine, theirs = first.form(PAGE), second.form(PAGE)
    assert first.post(PAGE, {**mine, NOTICE: "48", "bookings.max_places": "4"}).status_code == 303
    answer = second.post(PAGE, {**theirs, NOTICE: "12", "bookings.upload_count": "5"})
    assert answer.status_code == 422
    assert "Olga Owner has set this to “48 hours” while this page was open." in answer.text
    assert f'name="{NOTICE}" value="12"' in answer.text, "what was typed stays"
    assert 'name="bookings.max_places" value="4"' in answer.text, "what was not touched shows what is so now"
    assert tenant(web.yoga).settings == {NOTICE: 48, "bookings.max_places": 4}
    again = dict(theirs)
    for part in answer.text.split('<input type="hidden" name="seen:')[1:]:
        name, _quote, rest = part.partition('" value="')
        again[f"seen:{name}"] = rest.partition('"')[0].replace("&#34;", '"')
    again |= {NOTICE: "12", "bookings.upload_count": "5", "bookings.max_places": "4"}
    assert second.post(PAGE, again).status_code == 303
    assert tenant(web.yoga).settings == {NOTICE: 12, "bookings.max_places": 4, "bookings.upload_count": 5}


def test_two_who_change_different_things_do_not_hinder_each_other(web: Web) -> None:
    first, second = owner(web), owner(web)
    mine, theirs = first.form(PAGE), second.form(PAGE)
    first.post(PAGE, {**mine, NOTICE: "48"})
    assert second.post(PAGE, {**theirs, "bookings.max_places": "4"}).status_code == 303
    assert tenant(web.yoga).settings == {NOTICE: 48, "bookings.max_places": 4}
    assert first.post(PAGE, {**mine, NOTICE: "48"}).status_code == 303, "the same choice twice is no quarrel"


def test_s2_a_service_differs_and_goes_back(web_everywhere: Web) -> None:
    web = web_everywhere
    visitor, page = owner(web), of_service(web)
    shown = visitor.get(page).text
    assert "Settings for Massage" in shown
    assert 'id="portal-enabled"' not in shown, "it holds for the whole business"
    assert "As for all services: 24 hours" in shown
    answer = save(visitor, page, bookings__cancel_notice_hours="24", bookings__cancel_allowed="0")
    assert answer.location == f"/console/{page}&saved=1"
    assert own(web.yoga) == {NOTICE: 24, ALLOWED: False}, "its own value stays if the business changes its mind"
    assert own(web.yoga, "flow") == {}
    assert tenant(web.yoga).settings == {}
    ((_kind, facts),) = events(web.yoga)
    of = {"service": web.yoga.ids["massage"].hex}
    assert facts == {"before": {**of, NOTICE: None, ALLOWED: None}, "after": {**of, NOTICE: 24, ALLOWED: False}}
    assert "Massage: 24 hours" in visitor.get(PAGE).text
    save(visitor, page, bookings__cancel_notice_hours="")
    assert own(web.yoga) == {ALLOWED: False}
    save(visitor, page, reset=ALLOWED)
    assert own(web.yoga) == {}


def test_the_statuses_of_one_service_can_be_none(web: Web) -> None:
    visitor, page = owner(web), of_service(web)
    save(visitor, page, **{LOCKED: "hold"})
    assert own(web.yoga) == {}, "the box of its own is not ticked"
    save(visitor, page, **{LOCKED: None, "own:" + LOCKED: "1"})
    assert own(web.yoga) == {LOCKED: ""}
    visitor.post(page, MultiDict([*visitor.form(page).items(), (LOCKED, "confirmed"), (LOCKED, "pending")]))
    assert own(web.yoga) == {LOCKED: "pending confirmed"}


def test_a_service_cannot_change_what_holds_for_the_business(web: Web) -> None:
    visitor, page = owner(web), of_service(web)
    fields = {**visitor.form(page), "seen:portal.enabled": "null", "portal.enabled": "0"}
    assert visitor.post(page, fields).location.endswith("saved=0")
    assert own(web.yoga) == {}


@pytest.mark.parametrize("bad", ["0", "x" * 32, "0" * 32, "theirs"])
def test_settings_of_no_service_of_ours_are_not_found(web: Web, bad: str) -> None:
    visitor = owner(web)
    fields = visitor.form(PAGE)
    path = f"{PAGE}?service={web.other.ids['massage'].hex if bad == 'theirs' else bad}"
    assert visitor.get(path).status_code == 404
    assert visitor.post(path, {**fields, NOTICE: "1"}).status_code == 404
    assert own(web.other) == {}
    assert own(web.yoga) == {}


def test_staff_neither_see_nor_change_settings(web: Web) -> None:
    hire(web.yoga, "sam@staff.example", "staff")
    visitor = sign_in(nobody(web), "sam@staff.example")
    assert "/console/settings/" not in visitor.get("bookings/").text
    for page in (PAGE, of_service(web)):
        assert visitor.get(page).status_code == 403
        fields = owner(web).form(page)
        assert visitor.post(page, {**fields, NOTICE: "1"}).status_code == 403
    assert (tenant(web.yoga).settings, own(web.yoga), events(web.yoga)) == ({}, {}, [])


def test_a_made_up_form_changes_nothing(web: Web) -> None:
    visitor = owner(web)
    guard = {"csrf_token": visitor.form(PAGE)["csrf_token"]}
    made_up = {"seen:no.such": "1", "no.such": "2", NOTICE: "5", "reset": "no.such"}
    assert visitor.post(PAGE, {**guard, **made_up}).location.endswith("saved=0")
    broken = {f"seen:{NOTICE}": "{", NOTICE: "5"}
    assert visitor.post(PAGE, {**guard, **broken}).status_code == 422
    assert tenant(web.yoga).settings == {}


def test_s1_with_the_portal_off_widgets_say_so_and_guests_still_book(web: Web) -> None:
    code, ada = make_booking(web.yoga).code, web.customer()
    assert save(owner(web), portal__enabled=None).status_code == 303
    for visitor, page in (
        (web.visitor(), "login/"),
        (web.visitor(), "bookings/"),
        (ada, f"bookings/{code}"),
        (ada, "profile/"),
    ):
        closed = visitor.get(page).text
        assert "Logging in is switched off" in closed, page
        assert 'name="password"' not in closed, page
        assert "hello@yoga.example" in closed, "whom to ask"
        assert "Slow Flow" not in closed, page
    assert web.visitor().get("book/").status_code == 200
    assert save(owner(web), portal__enabled="1").status_code == 303
    assert "Slow Flow" in ada.get("bookings/").text, "who was logged in still is"


def test_the_live_widget_stands_beside_and_can_be_another(web: Web) -> None:
    visitor = owner(web)
    assert 'src="/w/yoga/preview/book/"' in visitor.get(PAGE).text
    assert 'src="/w/yoga/preview/bookings/"' in visitor.get("settings/?widget=bookings").text
    assert 'src="/w/yoga/preview/book/"' in visitor.get("settings/?widget=../evil").text
    answer = save(visitor, "settings/?widget=bookings", bookings__notes=None)
    assert answer.location == "/console/settings/?widget=bookings&saved=1"
