"""A member who forgot their password (console sign-in)."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bookwidget.accounts import tokens
from bookwidget.accounts.models import SignIn
from bookwidget.tenancy.models import Member, Tenant
from bookwidget.tenancy.session import writing
from tests.console.desks import events, hire, link_in, mails, nobody, owner, sign_in
from tests.factories import PASSWORD
from tests.notices.mailing import text_of
from tests.web_fixtures import Visitor, Web

NEW = "another horse battery"
SENT = "a link is on its way"


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the answers waited, without waiting."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


def ask(web: Web, email: str, visitor: Visitor | None = None) -> str:
    visitor = visitor or nobody(web)
    answer = visitor.send("forgot", email=email)
    assert answer.status_code == 303, answer.text
    return visitor.get(answer.location or "").text


def link_for(web: Web, email: str = "owner@yoga.example") -> str:
    ask(web, email)
    [mail] = mails(web)
    assert mail["To"] == email
    return link_in(mail)


def test_a_forgotten_password_is_set_by_the_mails_link_once(web_everywhere: Web) -> None:
    web = web_everywhere
    before = owner(web)
    assert "forgot" in nobody(web).get("login").text
    link = link_for(web, "owner@yoga.example")
    visitor = nobody(web)
    page = visitor.get(link)
    assert page.status_code == 200
    assert "For the console of Yoga" in page.text
    assert before.get("bookings/").status_code == 200, "looking changes nothing"
    too_easy = visitor.send(link, password="password")
    assert too_easy.status_code == 422
    assert "too easy to guess" in too_easy.text
    assert visitor.send(link, password=NEW).location == "/console/"
    assert "Olga Owner" in visitor.get("bookings/").text
    assert before.get("bookings/").status_code == 303, "all other sign-ins have ended"
    assert nobody(web).get(link).status_code == 410
    assert nobody(web).send("login", email="owner@yoga.example", password=PASSWORD).status_code == 422
    [told] = mails(web)
    assert (told["To"], told["Subject"]) == ("owner@yoga.example", "Your password for the console of Yoga was changed")
    assert "/console/" not in text_of(told), "no key in a warning"
    sign_in(nobody(web), "owner@yoga.example", NEW)
    member = web.yoga.ids["owner"].hex
    assert events(web.yoga) == [
        ("member.reset_requested", {"before": {}, "after": {"member": member}}),
        ("member.password_changed", {"before": {}, "after": {"member": member, "by": "link"}}),
    ]
    assert events(web.other) == []


def test_of_two_who_use_a_link_at_once_only_the_first_is_let_in(web: Web) -> None:
    link = link_for(web)
    first, second = nobody(web), nobody(web)
    forms = [visitor.form(link) for visitor in (first, second)]
    assert first.post(link, {**forms[0], "password": NEW}).status_code == 303
    assert second.post(link, {**forms[1], "password": "yet another horse"}).status_code == 410
    sign_in(nobody(web), "owner@yoga.example", NEW)


def test_known_and_unknown_get_the_same_answer_after_the_same_time(web: Web, slept: list[float]) -> None:
    ask(web, "first@yoga.example")  # what a process does once is done
    slept.clear()
    texts = [ask(web, email) for email in ("owner@yoga.example", "nobody@yoga.example", "ada@example.com")]
    assert all(SENT in text for text in texts)
    strip = [text.split("csrf_token")[0] for text in texts]
    assert strip[0] == strip[1] == strip[2]
    assert len(slept) == 3
    assert all(0 < pause <= 0.25 for pause in slept)
    assert [mail["To"] for mail in mails(web)] == ["owner@yoga.example"], "a customer is no member"


def test_what_is_no_address_and_too_many_are_refused(web: Web) -> None:
    visitor = nobody(web)
    answer = visitor.send("forgot", email="nowhere")
    assert answer.status_code == 422
    assert "does not look like an email" in answer.text
    for _time in range(3):
        ask(web, "nobody@yoga.example", visitor)
    answer = visitor.send("forgot", email="nobody@yoga.example")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    web.now += timedelta(hours=1)
    ask(web, "nobody@yoga.example", visitor)


def test_each_business_has_its_own_link_and_password(web: Web) -> None:
    for world in (web.yoga, web.other):
        hire(world, "bo@both.example", "staff")
    ask(web, "bo@both.example")
    sent = {str(mail["Subject"]): link_in(mail) for mail in mails(web)}
    link = sent["Your password for the console of Other"]
    assert set(sent) == {"Your password for the console of Other", "Your password for the console of Yoga"}
    nobody(web).send(link, password=NEW)
    for password, name in ((NEW, "other"), (PASSWORD, "yoga")):
        visitor = sign_in(nobody(web), "bo@both.example", password)
        assert visitor.get("embed/").text.count(f"/w/{name}/") > 0


@pytest.mark.parametrize("state", ["ended", "invited", "off"])
def test_who_may_not_come_in_gets_no_link_and_old_links_are_dead(web: Web, state: str) -> None:
    link = link_for(web)
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        if state == "off":
            session.execute(update(Tenant).values(is_active=False))
        else:
            session.execute(update(Member).values(**{f"{state}_at": web.now}))
    answer = nobody(web).get(link)
    assert answer.status_code == 410
    assert "Send me a new link" in answer.text
    ask(web, "owner@yoga.example")
    assert mails(web) == []


def test_a_link_is_good_for_an_hour_and_for_nothing_else(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    made = web.services.tokens
    own = (web.yoga.tenant_id, web.yoga.ids["owner"])
    with web.database.session(own[0]) as session:
        stored = session.get_one(Member, own).password_hash
    good = made.member_password(*own, stored)
    assert nobody(web).get(f"password/{good}").status_code == 200
    for bad in (good + "x", "x", made.reset(*own, stored), made.invitation(*own, web.now),
                made.member_password(web.other.tenant_id, own[1], stored)):  # fmt: skip
        assert nobody(web).get(f"password/{bad}").status_code == 410
    later = tokens.utc_now() + timedelta(hours=1, seconds=2)
    monkeypatch.setattr(tokens, "utc_now", lambda: later)
    assert nobody(web).get(f"password/{good}").status_code == 410
    with web.database.session(own[0]) as session:
        assert session.scalars(select(SignIn)).all() == []
