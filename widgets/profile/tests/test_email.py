"""A new e-mail: with the password, and once its own mailbox has confirmed it."""

import re
from datetime import timedelta

import pytest

from bookwidget.accounts import tokens
from bookwidget.accounts.models import Customer
from bookwidget.tenancy.session import writing
from tests.console.desks import mails
from tests.factories import PASSWORD
from tests.notices.mailing import text_of
from tests.web_fixtures import HERE, Visitor, Web

PAGE, NEW = "profile/email", "ada@new.example"


def stored(web: Web, who: str = "ada") -> Customer:
    with web.database.session(web.yoga.tenant_id) as session:
        return session.get_one(Customer, (web.yoga.tenant_id, web.yoga.ids[who]))


def asks(web: Web, ada: Visitor, email: str = NEW) -> str:
    """The path of the link that comes."""
    assert ada.send(PAGE, email=email, password=PASSWORD).status_code == 303
    [mail] = mails(web)
    assert mail["To"] == email
    return re.findall(rf"{HERE}(/\S+/login/email/\S+)", text_of(mail))[0]  # type: ignore[no-any-return]


def test_p4_a_new_email_is_the_login_only_after_its_own_confirmation_and_the_old_one_is_told(
    web_everywhere: Web,
) -> None:
    web = web_everywhere
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Customer, (web.yoga.tenant_id, web.yoga.ids["ada"])).email_proven_at = None
    ada = web.customer()
    link = asks(web, ada)
    assert "on its way to the new address" in ada.get(f"{PAGE}?sent=1").text
    visitor = web.visitor()
    assert NEW in visitor.get(link).text
    assert stored(web).email == "ada@example.com", "looking changes nothing"
    fields = visitor.form(link)
    for _press in range(2):
        answer = visitor.post(link, fields)
        assert (answer.status_code, NEW in answer.text) == (200, True)
    [told] = mails(web)
    assert (told["To"], told["Subject"]) == ("ada@example.com", "Your email at Yoga was changed")
    assert (stored(web).email, stored(web).email_proven_at) == (NEW, web.now)
    assert visitor.send("login/", email="ada@example.com", password=PASSWORD).status_code == 422
    assert visitor.send("login/", email=NEW, password=PASSWORD).status_code == 303
    assert ada.get("profile/").status_code == 200, "who is logged in stays so"
    assert visitor.get(link).status_code == 410


def test_the_mark_that_mail_came_back_goes_and_a_mailbox_that_refuses_is_not_told(web: Web) -> None:
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Customer, (web.yoga.tenant_id, web.yoga.ids["ada"])).bounced_at = web.now
    ada = web.customer()
    assert "come back" in ada.get("profile/").text
    web.visitor().send(asks(web, ada))
    assert stored(web).bounced_at is None
    assert "come back" not in ada.get("profile/").text
    assert mails(web) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "not it"}, "This is not your current password."),
        ({"email": "ada@example.com"}, "This is your email already."),
        ({"email": "no address"}, "This does not look like an email address."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_sends_nothing(
    web: Web, typed: dict[str, str], said: str
) -> None:
    ada = web.customer()
    answer = ada.send(PAGE, **{"email": NEW, "password": PASSWORD, **typed})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert mails(web) == []


def test_an_address_of_somebody_else_is_found_out_by_its_own_mailbox_only(web: Web) -> None:
    link = asks(web, web.customer(), "ben@example.com")
    answer = web.visitor().send(link)
    assert (answer.status_code, "belongs to another customer" in answer.text) == (410, True)
    assert stored(web).email == "ada@example.com"
    assert mails(web) == []


def test_the_link_lasts_an_hour_and_until_another_one_was_used(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, visitor = web.customer(), web.visitor()
    first, second = asks(web, ada), asks(web, ada, "ada@other.example")
    assert visitor.get(first.replace("/yoga/", "/other/")).status_code == 410
    visitor.send(second)
    assert visitor.get(first).status_code == 410
    third = asks(web, ada, "ada@third.example") if mails(web) else ""
    later = tokens.utc_now() + timedelta(hours=1, seconds=2)
    monkeypatch.setattr(tokens, "utc_now", lambda: later)
    assert visitor.get(third).status_code == 410


def test_the_business_may_keep_it_read_only(web: Web) -> None:
    ada = web.customer()
    fields = ada.form(PAGE)
    web.settings(web.yoga, profile__email_editable=False)
    assert "Please contact us to change it." in ada.get("profile/").text
    assert ada.post(PAGE, {**fields, "email": NEW, "password": PASSWORD}).status_code == 403
    assert mails(web) == []
