"""U1 and U2: one portal per business, its sections in the business's order and words, within the same frame."""

import re

from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests.factories import PASSWORD, World, make_booking
from tests.web_fixtures import Visitor, Web

ENTRY = re.compile(r'<li><a href="/w/\w+/\w+/([\w-]+)/"( aria-current="page")?>([^<]+)</a></li>')


def menu_of(text: str) -> list[tuple[str, str, bool]]:
    """Slug, words and whether it is the current one, of each section."""
    nav = re.search(r'<nav class="bw-nav" aria-label="Sections">(.*?)</nav>', text, re.DOTALL)
    return [(slug, words, bool(is_current)) for slug, is_current, words in ENTRY.findall(nav[1])] if nav else []


def arrange(world: World, **portal: object) -> None:
    with world.database.session(world.tenant_id) as session, writing(session):
        session.get_one(Tenant, world.tenant_id).portal = portal


def opened(visitor: Visitor) -> str:
    """The page to which the embed leads."""
    answer = visitor.get("portal/")
    assert answer.status_code == 303, answer.text
    return visitor.get(answer.location).text


def test_u1_one_portal_per_business_with_its_name_and_nobody_elses_bookings_or_sign_in(web: Web) -> None:
    make_booking(web.yoga, days=3)
    code = make_booking(web.other, days=4).code
    for world, stranger in ((web.yoga, web.other), (web.other, web.yoga)):
        visitor = web.customer(world=world)
        text = opened(visitor)
        assert world.scope().tenant.name in text
        assert stranger.scope().tenant.name not in text
        assert (code in text) == (world is web.other)
        away = f"/w/{stranger.slug}/0/portal/"
        assert visitor.get(away).status_code == 401
        assert "Log in to your bookings" in visitor.get(away).text


def test_u1_signed_out_it_shows_the_log_in_and_leads_on_from_there(web: Web) -> None:
    visitor = web.visitor()
    asked = visitor.get("portal/")
    assert asked.status_code == 401
    assert menu_of(asked.text) == []
    fields = visitor.form("portal/", "login/")
    assert fields["next"] == "/w/yoga/0/portal/"
    answer = visitor.post("login/", {**fields, "email": "ada@example.com", "password": PASSWORD})
    assert answer.location == "/w/yoga/0/portal/"
    assert visitor.get(answer.location).location == "/w/yoga/0/bookings/"


def test_u1_the_businesss_own_page_and_its_snippet_are_this_portal(web: Web) -> None:
    assert web.visitor().get("/p/yoga/").location == "/w/yoga/0/portal/"
    headers = {"Referer": "https://yoga.localhost/", "Sec-Fetch-Dest": "iframe"}
    assert (
        web.visitor().get("/w/yoga/portal", headers=headers).location == f"/w/yoga/{web.yoga.ids['site'].hex}/portal/"
    )


def test_u2_sections_stand_in_the_businesss_order_and_words_around_every_page(web: Web) -> None:
    ada = web.customer(site=web.yoga.ids["site"].hex)
    code = make_booking(web.yoga).code
    assert [entry[:2] for entry in menu_of(opened(ada))] == [
        ("bookings", "My bookings"), ("book", "Book"), ("profile", "Profile")
    ]  # fmt: skip
    arrange(web.yoga, order=["book", "profile"], words={"book": {"en": "Timetable", "de": "Kursplan"}})
    assert ada.get("portal/").location == f"{ada.base}book/"
    for path in ("book/", "profile/", "profile/people", "bookings/", f"bookings/{code}", f"bookings/{code}/cancel"):
        entries = menu_of(ada.get(path).text)
        assert [words for _slug, words, _is in entries] == ["Timetable", "Profile", "My bookings"], path
        assert [slug for slug, _words, is_current in entries if is_current] == [path.partition("/")[0]], path
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Tenant, web.yoga.tenant_id).locale = "de_AT"
    assert [entry[1] for entry in menu_of_german(ada.get("book/").text)] == ["Kursplan", "Profil", "Meine Buchungen"]


def menu_of_german(text: str) -> list[tuple[str, str, bool]]:
    return menu_of(text.replace('aria-label="Bereiche"', 'aria-label="Sections"'))
