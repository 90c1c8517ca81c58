"""The business's messages at the console, over HTTP: switches, words, preview, test."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from bookwidget.notices.models import Message, MessageTemplate
from bookwidget.notices.texting import texting_of
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import Acting
from tests.console.desks import events, hire, nobody, owner, sign_in
from tests.events.work import HandClock
from tests.notices.gateway import Gateway, serving_texts
from tests.notices.mailing import Outbox, cancel, html_of, mail_worker, move, post_with, text_of, work_off
from tests.web_fixtures import Visitor, Web

MADE = "messages/booking.made.customer.email/"
MOVED = "messages/booking.moved.business.email/"


@pytest.fixture
def boss(web: Web) -> Visitor:
    return owner(web)


def deliver(web: Web) -> list[EmailMessage]:
    outbox = Outbox()
    work_off(mail_worker(web.yoga, post_with(outbox), HandClock(web.now)))
    return outbox.mails


def mail_to(mails: list[EmailMessage], address: str) -> EmailMessage:
    [mail] = [mail for mail in mails if mail["To"] == address]
    return mail


def test_e1_the_three_mails_to_the_business_are_editable_and_have_old_and_new_time(web: Web, boss: Visitor) -> None:
    text = "# Moved\n\n{{ customer_name }}: from {{ old_day }}, {{ old_time }} to {{ day }}, {{ time }}\n\n{{ facts }}"
    for deed in ("made", "cancelled", "moved"):
        page = f"messages/booking.{deed}.business.email/"
        assert boss.get(page).status_code == 200
    assert boss.send(MOVED, subject="{{ service }} moved", text=text).status_code == 303
    assert "What you have changed" in boss.get(MOVED).text
    assert "Your words: English" in boss.get("messages/").text
    move(web.yoga, web.now, web.now + timedelta(days=1))
    mails = deliver(web)
    assert len(mails) == 2
    mail = mail_to(mails, "hello@yoga.example")
    assert mail["Subject"] == "Slow Flow moved"
    said = "Ada Byron: from Tuesday, 24 November 2026, 09:00–10:15 to Wednesday, 25 November 2026, 09:00–10:15"
    assert said in text_of(mail)
    assert said in html_of(mail)
    assert boss.send(f"{MOVED}reset", MOVED).status_code == 303
    assert "What you have changed" not in boss.get(MOVED).text
    assert [kind for kind, _facts in events(web.yoga) if kind.startswith("message.")] == [
        "message.changed", "message.reset",
    ]  # fmt: skip


def test_n2_own_words_place_the_live_link_and_no_token_is_stored(web: Web, boss: Visitor) -> None:
    page = "messages/booking.cancelled.customer.email/"
    boss.send(page, subject="Off", text="See {{ booking_link }}\n\n{{ button }}")
    booking = factories.make_booking(web.yoga, days=3)
    Acting(web.yoga).cancel_booking(booking.code)
    mail = mail_to(deliver(web), "ada@example.com")
    assert f"/booking/{booking.id.hex}.1" in text_of(mail)
    assert "link.invalid" not in text_of(mail) + html_of(mail)
    with web.database.session(web.yoga.tenant_id) as session:
        assert all(booking.id.hex not in one.text + one.html for one in session.scalars(select(Message)))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": "a\n{% for x in y %}{% endfor %}"}, "Line 2: “for” cannot be used"),
        ({"text": "{{ ''.__class__ }}"}, "“__class__” cannot be used"),
        ({"text": "{{ nobody }}"}, "Line 1: there is no “nobody” in this message."),
        ({"subject": "{{ facts }}"}, "Line 1: there is no “facts” in this message."),
        ({"text": "{{ given_name"}, "Line 1: "),
    ],
)
def test_words_that_cannot_be_used_are_refused_beside_the_field_and_stay(
    web: Web, boss: Visitor, typed: dict[str, str], said: str
) -> None:
    answer = boss.send(MADE, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert said in boss.post(f"{MADE}preview", {**boss.form(MADE), **typed}).text
    assert said in boss.post(f"{MADE}test", {**boss.form(MADE), **typed}).text
    assert deliver(web) == []
    with web.database.session(web.yoga.tenant_id) as session:
        assert session.scalars(select(MessageTemplate)).all() == []


def test_the_preview_shows_the_latest_booking_and_a_test_goes_to_oneself_only(web: Web, boss: Visitor) -> None:
    factories.make_booking(web.yoga, days=3, customer="ben")
    preview = boss.get(f"{MADE}preview")
    assert "Hello Ben," in preview.text
    assert re.search(r"\d (November|December) 2026", preview.text), "as the business writes its dates"
    assert "sandbox" in preview.headers["Content-Security-Policy"]
    typed = {"subject": "Just for {{ given_name }}", "text": "{{ facts }}\n{{ booking_link }}"}
    assert "Just for Ben" in boss.post(f"{MADE}preview", {**boss.form(MADE), **typed}).text
    assert "on its way to owner@yoga.example" in boss.post(f"{MADE}test", {**boss.form(MADE), **typed}).text
    [mail] = deliver(web)
    assert (mail["To"], mail["Subject"]) == ("owner@yoga.example", "Just for Ben")
    assert "/p/yoga/" in text_of(mail)
    assert "link.invalid" not in text_of(mail)
    assert "Just for" not in boss.get(MADE).text


def test_two_who_edit_one_message_the_second_sees_what_changed(web: Web, boss: Visitor) -> None:
    hire(web.yoga, "sam@staff.example", "manager")
    sam, old = sign_in(nobody(web), "sam@staff.example"), boss.form(MADE)
    assert sam.send(MADE, subject="Sam was here").status_code == 303
    late = boss.post(MADE, {**old, "subject": "Too late"})
    assert late.status_code == 422
    for said in ("Somebody else has changed these words", "Changed by Sam", "Sam was here", 'value="Too late"'):
        assert said in late.text, said
    again = {**old, "subject": "On purpose", "version": "1"}
    assert boss.post(MADE, again).status_code == 303
    assert boss.post(MADE, again).status_code == 303  # the second click
    assert 'value="On purpose"' in sam.get(MADE).text


def test_what_is_turned_off_is_not_sent_and_what_is_needed_always_is(web: Web, boss: Visitor) -> None:
    fields = boss.form("messages/")
    assert "booking.made.customer.email" not in str(fields)
    guard, seen = fields["csrf_token"], fields["seen"]
    sent = {"csrf_token": guard, "seen": seen, "shown": "booking.cancelled.business.email", "sent": []}
    assert boss.post("messages/", sent).status_code == 303
    assert boss.post("messages/", {**sent, "shown": "booking.cancelled.customer.email"}).status_code in (303, 422)
    cancel(web.yoga, web.now)
    [mail] = deliver(web)
    assert mail["To"] == "ada@example.com"
    assert "turned off" in boss.get("messages/booking.cancelled.business.email/").text


def test_words_that_failed_are_said_at_the_console(web: Web, boss: Visitor) -> None:
    boss.send(MOVED, subject="Moved", text="{{ facts }}")
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.scalars(select(MessageTemplate)).one().text = "{{ of_an_older_version }}"
        session.scalars(select(MessageTemplate)).one().changed_at = web.now - timedelta(days=1)
    move(web.yoga, web.now, web.now + timedelta(days=1))
    assert "Ada Byron moved this booking." in text_of(mail_to(deliver(web), "hello@yoga.example"))
    assert "Your words could not be used" in boss.get("messages/").text


def test_answers_and_messages_go_where_the_business_wants(web: Web) -> None:
    web.settings(
        web.yoga, messages__reply_to="desk@yoga.example", messages__recipients="a@yoga.example, b@yoga.example"
    )
    cancel(web.yoga, web.now)
    told = {str(mail["To"]): mail["Reply-To"] for mail in deliver(web)}
    assert told == {
        "ada@example.com": "desk@yoga.example",
        "a@yoga.example, b@yoga.example": "ada@example.com",
    }


def test_staff_and_other_businesses_words_are_out_of_reach(web: Web, boss: Visitor) -> None:
    boss.send(MADE, subject="Ours", text="{{ facts }}")
    assert "Ours" not in owner(web, web.other).get(MADE).text
    assert boss.get("messages/booking.made.nobody.email/").status_code == 404
    assert boss.get(f"{MADE}?language=xx").status_code == 404
    assert boss.get("messages/booking.made.business.email/?language=de").status_code == 404
    german = boss.get(f"{MADE}?language=de").text
    assert "Gebucht" in german


def test_text_messages_are_off_until_the_business_wants_them_and_go_to_its_own_number_as_a_test(
    web: Web, boss: Visitor
) -> None:
    key = "booking.reminded.customer.sms"
    page, fields = f"messages/{key}/", boss.form("messages/")
    assert key not in fields.get("sent", []), "off by default"
    guard = {name: fields[name] for name in ("csrf_token", "seen", "texts_seen")}
    assert boss.post("messages/", {**guard, "shown": key, "sent": key}).status_code == 303
    switched = boss.get("messages/").text
    assert f'value="{key}" checked' in switched
    assert "cannot send text messages yet" in switched
    other = key.replace("reminded", "moved")
    assert boss.post("messages/", {**guard, "shown": other, "sent": other}).status_code == 422, "an older form"
    factories.make_booking(web.yoga, days=3)
    shown = boss.get(page).text
    assert re.search(r"With your latest booking: 1 message: \d+ of 160 characters", shown)
    assert 'name="subject"' not in shown
    typed = {**boss.form(page), "text": "{{ given_name }}: مرحبا " + "x" * 60}
    assert "2 messages: 71 of 134 characters" in boss.post(f"{page}preview", typed).text
    assert boss.post(page, {**typed, "text": "{{ facts }}"}).status_code == 422
    assert boss.post(page, {**typed, "text": "See you, {{ given_name }}"}).status_code == 303
    assert "Your words: English" in boss.get("messages/").text
    assert "on its way to +441632960144" in boss.post(f"{page}test", boss.form(page)).text
    outbox, gateway = Outbox(), Gateway()
    with serving_texts(gateway) as url:
        post = replace(post_with(outbox), texting=texting_of(url))
        work_off(mail_worker(web.yoga, post, HandClock(web.now)))
    assert [json.loads(one.body) for one in gateway.asked] == [{"to": "+441632960144", "text": "See you, Ada"}]
    assert outbox.mails == []
