"""Mail that does not get through: the server away for an hour, refused, come back, given up and tried again."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from bookwidget.accounts.models import Customer
from bookwidget.notices.bouncing import note_bounce, read_bounce
from bookwidget.notices.models import Message
from bookwidget.notices.transport import Undeliverable, Unreachable
from bookwidget.notices.undelivered import reason_of
from tests.console.desks import hire, nobody, owner, sign_in
from tests.events.work import HandClock
from tests.notices.mailing import HOST, Outbox, cancel, mail_worker, post_with, work_off
from tests.web_fixtures import Web

REPORT = """\
From: MAILER-DAEMON@mx.example
To: no-reply@mail.service.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ada@example.com
Action: {action}
Status: {status}
--b
Content-Type: {kind}

Message-ID: <{id}@{host}>
Subject: x

--b--
"""


def stored(web: Web) -> Customer:
    with web.database.session(web.yoga.tenant_id) as session:
        return session.get_one(Customer, (web.yoga.tenant_id, web.yoga.ids["ada"]))


def test_a_mail_server_that_is_away_for_an_hour_loses_nothing_and_the_console_says_so(web: Web) -> None:
    clock, outbox, boss = HandClock(web.now), Outbox(), owner(web)
    worker = mail_worker(web.yoga, post_with(outbox), clock)
    outbox.failures = [Unreachable("ConnectionRefusedError")] * 1000
    cancel(web.yoga, web.now)
    for _minutes in range(6):
        work_off(worker)
        assert "cannot be reached" not in boss.get("today/").text + boss.get("messages/").text
        clock.turn(600)
    web.now += timedelta(hours=1)
    for page in ("messages/", "today/"):
        assert "2 messages wait since" in boss.get(page).text
    assert "cannot be reached" not in owner(web, web.other).get("messages/").text
    outbox.failures = []
    clock.turn(3600)
    work_off(worker)
    assert len(outbox.mails) == 2
    assert "cannot be reached" not in boss.get("messages/").text


def test_a_refused_address_is_marked_and_a_new_one_is_not(web: Web) -> None:
    outbox, boss, page = Outbox(), owner(web), f"customers/{web.yoga.ids['ada'].hex}/"
    outbox.failures = [Undeliverable(550)] * 2
    cancel(web.yoga, web.now)
    work_off(mail_worker(web.yoga, post_with(outbox), HandClock(web.now)))
    assert (stored(web).bounced_at, stored(web).bounced_why) == (web.now, "550")
    assert "Mail to this address came back" in boss.get(page).text
    assert "Our mails to this address come back" in web.customer().get("profile/").text
    boss.send(f"{page}edit", email="ada@right.example")
    assert stored(web).bounced_at is None


def test_dead_letters_are_listed_with_their_reason_and_tried_again_once(web: Web) -> None:
    outbox, boss = Outbox(), owner(web)
    worker = mail_worker(web.yoga, post_with(outbox), HandClock(web.now))
    outbox.failures = [Undeliverable(550)] * 2
    cancel(web.yoga, web.now)
    work_off(worker)
    assert "2 messages were not delivered" in boss.get("messages/").text
    listed = boss.get("messages/undelivered").text
    assert "Not delivered: the mail server refuses this address or this mail (550)." in listed
    page = boss.get(f"customers/{web.yoga.ids['ada'].hex}/").text
    assert "Not delivered: the mail server refuses" in page, "what was given up is not waiting any more"
    assert "waiting to be sent" not in page
    assert "ada@example.com" in listed
    job = re.findall(r'name="job" value="([0-9a-f]{32})"', listed)[0]
    guard = boss.form("messages/undelivered")["csrf_token"]
    theirs = owner(web, web.other)
    theirs.post("messages/undelivered", {"csrf_token": theirs.form("messages/")["csrf_token"], "job": job})
    work_off(worker)
    assert outbox.mails == []
    for _click in range(2):
        assert boss.post("messages/undelivered", {"csrf_token": guard, "job": job}).status_code == 303
    work_off(worker)
    assert len(outbox.mails) == 1
    assert [str(reason_of(why)) for why in ("http 403", "smtp 451", "too late", "OSError")] == [
        "the gateway refuses this number or this text (403)",
        "it could not be sent, however often we tried (smtp 451)",
        "it would have come too late",
        "it could not be sent, however often we tried (OSError)",
    ]
    assert boss.post("messages/undelivered", {"csrf_token": guard, "job": "x"}).status_code == 404
    hire(web.yoga, "sam@staff.example", "staff")
    assert sign_in(nobody(web), "sam@staff.example").get("messages/undelivered").status_code == 403


@pytest.mark.parametrize(
    ("changes", "is_marked"),
    [
        ({}, True), ({"kind": "text/rfc822-headers"}, True), ({"action": "delayed"}, False),
        ({"status": "4.2.2"}, False), ({"id": "0" * 32}, False), ({"id": "x"}, False),
    ],
)  # fmt: skip
def test_a_mail_that_comes_back_marks_the_address_it_went_to(
    web: Web, changes: dict[str, str], *, is_marked: bool
) -> None:
    cancel(web.yoga, web.now)
    work_off(mail_worker(web.yoga, post_with(Outbox()), HandClock(web.now)))
    with web.database.session(web.yoga.tenant_id) as session:
        sent = session.scalars(select(Message).where(Message.recipient == "customer")).one()
    told = {"action": "failed", "status": "5.1.1", "kind": "message/rfc822", "id": sent.id.hex, "host": HOST, **changes}
    found = read_bounce(REPORT.format(**told).encode())
    assert (found is not None and note_bounce(web.database, found, web.now)) is is_marked
    assert stored(web).bounced_why == ("5.1.1" if is_marked else "")
    assert found is None or not note_bounce(web.database, found, web.now), "the second time it is marked already"


@pytest.mark.parametrize("data", [b"", b"\xff\x00", b"Content-Type: multipart/report\n\n--", EmailMessage().as_bytes()])
def test_what_is_no_notice_is_none(data: bytes) -> None:
    assert read_bounce(data) is None
