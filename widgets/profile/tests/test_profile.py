"""One's own details and password."""

import pytest

from bookwidget.accounts.models import Customer
from bookwidget.tenancy.session import writing
from tests.factories import PASSWORD
from tests.web_fixtures import Visitor, Web

NEW = "a better horse battery"


def stored(web: Web) -> tuple[str, str, str]:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        ada = session.get_one(Customer, (web.yoga.tenant_id, web.yoga.ids["ada"]))
        return ada.given_name, ada.family_name, ada.phone


@pytest.fixture
def ada(web: Web) -> Visitor:
    return web.customer()


def test_details_are_saved_and_shown(web: Web, ada: Visitor) -> None:
    answer = ada.send("profile/details", "profile/", given_name="Augusta", phone="01632 960145")
    assert (answer.status_code, answer.location) == (303, "/w/yoga/0/profile/?saved=details")
    page = ada.get(answer.location).text
    assert "Your details have been saved." in page
    assert 'value="Augusta"' in page
    assert '<span class="bw-hide-s">Augusta</span>' in page
    assert stored(web) == ("Augusta", "Byron", "+441632960145")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("given_name", "", "Please fill this in."),
        ("given_name", "x" * 300, "at most"),
        ("given_name", "A\x00da", "characters that cannot be used"),
        ("family_name", "By\x1b[31mron", "characters that cannot be used"),
        ("phone", "call me", "phone number"),
        ("phone", "1" * 300, "at most"),
    ],
)
def test_what_cannot_be_stored_is_said_beside_the_field(
    web: Web, ada: Visitor, field: str, value: str, message: str
) -> None:
    before = stored(web)
    typed = {"given_name": "Typed", field: value}
    answer = ada.send("profile/details", "profile/", **typed)
    assert answer.status_code == 422
    assert message in answer.text.split(f'id="{field}-error"')[1].split("</p>")[0]
    if field != "given_name":
        assert 'value="Typed"' in answer.text
    assert stored(web) == before


def test_changed_meanwhile_keeps_what_was_typed_and_can_be_sent_again(web: Web, ada: Visitor) -> None:
    stale = ada.form("profile/", "profile/details")
    web.customer().send("profile/details", "profile/", given_name="Augusta")
    answer = ada.post("profile/details", {**stale, "family_name": "King"})
    assert answer.status_code == 422
    assert "were changed somewhere else in the meantime" in answer.text
    assert 'value="King"' in answer.text
    slip = ada.post("profile/details", {**stale, "given_name": " ", "family_name": "King"})
    unread = {**stale, "family_name": "King", "version": version_in(slip.text)}
    assert ada.post("profile/details", unread).status_code == 422, "nobody has told her yet that it is different now"
    assert stored(web)[:2] == ("Augusta", "Byron")
    again = {**stale, "family_name": "King", "version": version_in(answer.text)}
    assert ada.post("profile/details", again).status_code == 303
    assert stored(web)[1] == "King"


def version_in(html: str) -> str:
    return html.split('id="details-version"')[1].split('value="')[1].split('"', maxsplit=1)[0]


def test_locked_fields_are_shown_read_only_and_ignored(web: Web, ada: Visitor) -> None:
    web.settings(web.yoga, profile__name_editable=False)
    page = ada.get("profile/").text
    assert page.count("readonly") == 3  # both names and the email
    assert "Please contact us to change this." in page
    answer = ada.send("profile/details", "profile/", given_name="Eve", family_name="Il", phone="01632 960146")
    assert answer.status_code == 303
    assert stored(web) == ("Ada", "Byron", "+441632960146")


def test_the_email_cannot_be_posted(web: Web, ada: Visitor) -> None:
    ada.send("profile/details", "profile/", email="eve@example.com", id="0", tenant_id="0", is_blocked="1")
    assert 'value="ada@example.com"' in ada.get("profile/").text


def test_a_password_is_changed_and_ends_other_sign_ins(web: Web, ada: Visitor) -> None:
    elsewhere = web.customer()
    answer = ada.send("profile/password", "profile/", current=PASSWORD, new=NEW)
    assert (answer.status_code, answer.location) == (303, "/w/yoga/0/profile/?saved=password")
    assert "Your password has been changed" in ada.get(answer.location).text
    assert elsewhere.get("profile/").status_code == 401
    assert web.visitor().send("login/", email="ada@example.com", password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong", NEW, "current"),
        (PASSWORD, "short", "new"),
        (PASSWORD, "x" * 300, "new"),
        ("", "", "current"),
    ],
)
def test_a_password_that_is_refused_says_where(web: Web, ada: Visitor, current: str, new: str, field: str) -> None:
    answer = ada.send("profile/password", "profile/", current=current, new=new)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert PASSWORD not in answer.text
    assert web.visitor().send("login/", email="ada@example.com", password=PASSWORD).status_code == 303


@pytest.mark.parametrize("form", ["details", "password"])
def test_forms_of_others_are_refused(web: Web, ada: Visitor, form: str) -> None:
    before = stored(web)
    fields = {**ada.form("profile/", f"profile/{form}"), "given_name": "Eve", "current": PASSWORD, "new": NEW}
    bare = {name: value for name, value in fields.items() if name != "csrf_token"}
    theirs = web.customer("ada", web.other).form("profile/", f"/w/other/0/profile/{form}")["csrf_token"]
    for answer in (
        ada.post(f"profile/{form}", bare),
        ada.post(f"profile/{form}", {**bare, "csrf_token": theirs}),
        ada.post(f"profile/{form}", fields, origin="null"),
        ada.post(f"profile/{form}", fields, origin="https://yoga.localhost"),
    ):
        assert answer.status_code == 403
    assert stored(web) == before
    assert web.visitor().post(f"profile/{form}", fields).status_code == 401


def test_a_second_sign_in_keeps_an_open_form_valid(web: Web, ada: Visitor) -> None:
    fields = ada.form("profile/", "profile/details")
    ada.send("-/sign-out", "profile/")
    ada.sign_in()
    assert ada.post("profile/details", {**fields, "given_name": "Augusta"}).status_code == 303


def test_posted_addresses_answer_get_too(ada: Visitor) -> None:
    for path in ("profile/details", "profile/password"):
        assert ada.get(path).status_code == 200


def test_a_name_is_shown_as_it_is_written(web: Web, ada: Visitor) -> None:
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Customer, (web.yoga.tenant_id, web.yoga.ids["ada"])).given_name = '"><script>alert(1)</script>'
    assert "<script>alert" not in ada.get("profile/").text
