"""S2: each switch of a feature removes menu entry, buttons, links, fields and pages together, and brings them back.

Every page of a small tour is opened once with everything on, which says where each feature shows; then each is turned
off, and neither these pages nor a hand-made request finds it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import HTTPException

from bookwidget.bookings.links import booking_token
from bookwidget.bookings.models import Booking
from bookwidget.tenancy.plans import PLANS
from bookwidget.tenancy.settings import REGISTRY, Group
from bookwidget.web.features import FEATURES, Feature
from tests.factories import make_appointment, make_booking, make_class
from tests.web_fixtures import Forms, Visitor, Web

ALWAYS_ON = (
    "portal.portal",
    "login.*",
    "help.helping",
    "bookings.listing", "*.show", "*.again", "*.answers", "bookings.calendar", "booking.calendar", "*.undo",
    "bookings.links", "booking.account",
    # who waits already, and who was offered a place
    "bookings.waiting", "bookings.take", "bookings.leave", "booking.waiting", "booking.take", "booking.leave",
    # behind a signed token of somebody who is about to book
    "book.kept_place", "book.waiting",
    "profile.messages",
)  # fmt: skip
"""Pages that no switch governs but that of the portal."""
SWITCHES = {one.switch.name: one for one in FEATURES}
ALL_ON: dict[str, object] = {name: not one.switch.off for name, one in SWITCHES.items()}


@dataclass
class House:
    """Somebody with a booking in each state, and the pages where features show."""

    web: Web
    ada: Visitor
    pages: list[str]
    seen: dict[str, str] = field(default_factory=dict)
    """Of what was there with everything on: address, and the endpoint that answers it."""
    forms: dict[str, dict[str, str]] = field(default_factory=dict)
    """By the address they post to."""

    def turn(self, **changes: bool) -> None:
        named = (
            {"bookings.undo_minutes": 0} | ALL_ON | {name.replace("__", "."): value for name, value in changes.items()}
        )
        self.web.settings(self.web.yoga, **{name.replace(".", "__"): value for name, value in named.items()})

    def endpoint(self, address: str) -> str:
        path = urlsplit(address).path
        for method in ("GET", "POST"):
            try:
                return str(self.web.app.url_map.bind("widgets.localhost").match(path, method)[0])
            except HTTPException:
                continue
        return ""

    def addresses(self, html: str) -> Iterator[str]:
        """Of all links and forms of a page."""
        for part in html.replace('action="', 'href="').split('href="')[1:]:
            address = part.partition('"')[0].replace("&amp;", "&")
            if address.startswith("/w/"):
                yield address


@pytest.fixture
def house(web: Web) -> House:
    yoga, ada = web.yoga, web.customer()
    soon, past = make_booking(yoga, days=3, tickets=2), make_booking(yoga, occurrence=make_class(yoga, days=-3))
    rated = make_booking(yoga, occurrence=make_class(yoga, days=-5))
    at_four = make_appointment(yoga, starts_at=web.now + timedelta(days=2, hours=2))
    gone = make_booking(yoga, days=9)
    make_booking(yoga, customer="ben", occurrence=make_class(yoga, days=6, capacity=1))
    made = House(web, ada, [])
    made.turn()
    ada.send(f"bookings/{gone.code}/cancel", reason="")
    ada.send(f"bookings/{rated.code}/rate", stars="4")
    ada.send("profile/people", name="Kim")
    services = [yoga.ids[name].hex for name in ("flow", "massage")]
    choose = [ada.get(f"book/{one}").text for one in services]
    slot = next(part.partition('"')[0] for part in choose[1].split('name="slot" value="')[1:])
    kept = ada.send(f"book/{services[1]}", slot=slot).location
    codes = [one.code for one in (soon, past, rated, at_four, gone)]
    links = [link_of(web, one) for one in (soon, at_four)]
    made.pages = [
        "bookings/", "bookings/?tab=past", "bookings/?tab=cancelled", "profile/", "profile/people", "profile/messages",
        "book/", *(f"book/{one}" for one in services), kept, *(f"bookings/{code}" for code in codes),
        f"bookings/{rated.code}/rate", f"bookings/{past.code}/rate", *(f"booking/{token}" for token in links),
    ]  # fmt: skip
    return made


def link_of(web: Web, booking: Booking) -> str:
    return booking_token(web.services.tokens, web.yoga.tenant_id, booking.id, booking.link_version)


def shows(house: House, feature: Feature, html: str) -> list[str]:
    """Links, buttons and fields of the feature on a page."""
    there = [address for address in house.addresses(html) if feature.governs(house.endpoint(address))]
    return there + [name for name in feature.fields if f'name="{name}"' in html]


def test_s2_each_switch_removes_menu_entry_page_and_button_together_and_brings_them_back(house: House) -> None:
    texts = {}
    for path in house.pages:
        answer = house.ada.get(path)
        assert answer.status_code == 200, path
        texts[path] = answer.text
        house.seen |= {address: house.endpoint(address) for address in house.addresses(answer.text)}
        house.forms |= Forms(answer.text).found
    for address in {one for one in house.seen if f"/{one.rpartition('/')[2]}" in ("/cancel", "/move", "/postpone")}:
        house.forms |= Forms(house.ada.get(address).text).found
    for feature in FEATURES:
        assert any(shows(house, feature, text) for text in texts.values()), f"{feature.switch.name} shows nowhere"
        house.turn(**{feature.switch.name: feature.switch.off})
        for path in house.pages:
            assert shows(house, feature, found_or_gone(house, path)) == [], (feature.switch.name, path)
        refuse_everything(house, feature)
        house.turn()
        assert all(house.ada.get(path).status_code == 200 for path in house.pages[:3]), feature.switch.name
    for path, text in texts.items():
        again = house.ada.get(path).text
        assert [*map(house.endpoint, house.addresses(again))] == [*map(house.endpoint, house.addresses(text))], path


def found_or_gone(house: House, path: str) -> str:
    """The page, or nothing where it is gone itself."""
    answer = house.ada.get(path)
    assert answer.status_code in (200, 401, 403, 404), path
    return answer.text if answer.status_code == 200 else ""


def refuse_everything(house: House, feature: Feature) -> None:
    """Asked for and sent by hand, with the guards that the pages gave while it was on."""
    tried = [address for address, endpoint in house.seen.items() if feature.governs(endpoint)]
    assert tried or not feature.pages, feature.switch.name
    for address in tried:
        sent = house.forms.get(address) or house.forms.get(urlsplit(address).path)
        asked = [house.ada.post(address, {**sent, "text": "1", "stars": "3"})] if sent and "csrf_token" in sent else []
        if house.endpoint(address).rpartition(".")[2] not in ("notes", "withdraw"):
            asked.append(house.ada.get(address))
        for answer in asked:
            is_closed = "Logging in is switched off" in answer.text
            assert answer.status_code in (403, 404) or is_closed, (feature.switch.name, address, answer.status_code)


def test_s2_every_page_of_a_widget_has_a_switch_or_is_always_on(web: Web) -> None:
    own = [one for one in FEATURES if one.switch.name != "portal.enabled"]
    widgets = web.services.widgets
    endpoints = {rule.endpoint for rule in web.app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in widgets}
    for endpoint in endpoints:
        is_listed = any(fnmatchcase(endpoint, one) for one in ALWAYS_ON)
        assert is_listed is not any(one.governs(endpoint) for one in own), f"{endpoint}: governed, or always on?"
    for feature in FEATURES:
        assert all(any(fnmatchcase(one, page) for one in endpoints) for page in feature.pages), feature


def test_s2_the_table_and_the_section_features_of_the_settings_have_the_same_switches(web: Web) -> None:
    in_settings = {one.name for one in REGISTRY.values() if one.group is Group.FEATURES}
    assert in_settings == set(SWITCHES)
    assert all(plan.without <= in_settings for plan in PLANS.values())
