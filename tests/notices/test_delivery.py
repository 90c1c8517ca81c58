"""From an event to the mail server, and what stands in the database meanwhile."""

import io
from datetime import timedelta

import pytest
import vobject
from sqlalchemy import select, update

from bookwidget.accounts.models import Customer
from bookwidget.events.models import Job
from bookwidget.notices.compose import RESET_LINK
from bookwidget.notices.models import Message
from bookwidget.notices.transport import Undeliverable, Unreachable
from bookwidget.notices.wording import SEND
from bookwidget.tenancy.session import writing
from tests.bookings.acting import Acting
from tests.events.work import HandClock, happen, job, jobs_of
from tests.factories import World, make_booking, make_class
from tests.fixtures import NOW
from tests.notices.mailing import HOST, Outbox, cancel, html_of, mail_worker, move, post_with, text_of, work_off

SOON = NOW + timedelta(days=2)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


def messages_of(world: World) -> list[Message]:
    with world.database.session(world.tenant_id) as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def change(world: World, table: type, **values: object) -> None:
    with world.database.session(world.tenant_id) as session, writing(session):
        session.execute(update(table).values(**values))


def test_customer_and_business_are_told(yoga: World, clock: HandClock, outbox: Outbox) -> None:
    cancel(yoga, SOON)
    move(yoga, SOON, SOON + timedelta(days=1))
    work_off(mail_worker(yoga, post_with(outbox), clock))
    told = sorted((mail["To"], mail["Reply-To"], mail["Subject"].split(":")[0]) for mail in outbox.mails)
    assert told == [
        ("ada@example.com", "hello@yoga.example", "Cancelled"),
        ("ada@example.com", "hello@yoga.example", "New time"),
        ("hello@yoga.example", "ada@example.com", "Ada Byron cancelled"),
        ("hello@yoga.example", "ada@example.com", "Ada Byron moved"),
    ]
    assert {mail["Message-ID"] for mail in outbox.mails} == {f"<{m.id.hex}@{HOST}>" for m in messages_of(yoga)}
    assert {message.sent_at for message in messages_of(yoga)} == {NOW}


def test_the_message_is_stored_with_the_end_of_the_dispatch_and_sent_later(
    yoga: World, clock: HandClock, outbox: Outbox
) -> None:
    cancel(yoga, SOON)
    worker = mail_worker(yoga, post_with(outbox), clock)
    assert worker.run_once() == 1
    assert [message.sent_at for message in messages_of(yoga)] == [None, None]
    assert outbox.mails == []
    assert worker.run_once() == 2


def test_the_customer_s_mail_brings_the_booking_for_their_calendar(
    yoga: World, clock: HandClock, outbox: Outbox
) -> None:
    """As it was after each change, however late the mail leaves; the business gets none."""
    booking, target = make_booking(yoga), make_class(yoga, days=4)
    Acting(yoga).move_booking(booking.code, f"o-{target.id.hex}", moves=0)
    Acting(yoga, now=NOW + timedelta(minutes=1)).cancel_booking(booking.code)
    clock.now = NOW + timedelta(minutes=2)
    work_off(mail_worker(yoga, post_with(outbox), clock))
    attached = {mail["Subject"].split(":")[0]: list(mail.iter_attachments()) for mail in outbox.mails}
    assert {subject: len(parts) for subject, parts in attached.items()} == {
        "New time": 1, "Cancelled": 1, "Ada Byron moved": 0, "Ada Byron cancelled": 0,
    }  # fmt: skip
    [moved], [cancelled] = attached["New time"], attached["Cancelled"]
    assert (moved.get_content_type(), moved.get_filename()) == ("text/calendar", "booking.ics")
    assert (moved.get_param("method"), cancelled.get_param("method")) == ("PUBLISH", "CANCEL")
    for part, sequence, status in ((moved, 1, "CONFIRMED"), (cancelled, 2, "CANCELLED")):
        event = vobject.readOne(part.get_content()).vevent
        assert (event.uid.value, event.sequence.value) == (str(booking.id), str(sequence))
        assert (event.status.value, event.dtstart.value) == (status, target.starts_at)


def test_the_reset_link_is_live_in_the_mail_and_nowhere_else(yoga: World, clock: HandClock, outbox: Outbox) -> None:
    happen(yoga, "password.reset_requested")
    work_off(mail_worker(yoga, post_with(outbox), clock))
    [mail], [message] = outbox.mails, messages_of(yoga)
    assert mail["To"] == "ada@example.com"
    assert "/reset/token-1?a=1&b=2" in text_of(mail)
    assert html_of(mail).count('href="https://service.example/w/yoga/0/login/reset/token-1?a=1&amp;b=2"') == 2
    assert RESET_LINK not in text_of(mail) + html_of(mail)
    assert "token" not in message.text + message.html
    assert "token" not in str([found.payload for found in jobs_of(yoga, SEND)])


def test_the_stand_in_is_mere_words_in_any_other_mail(yoga: World, clock: HandClock, outbox: Outbox) -> None:
    cancel(yoga, SOON, reason=RESET_LINK)
    work_off(mail_worker(yoga, post_with(outbox), clock))
    assert all(RESET_LINK in text_of(mail) for mail in outbox.mails)


def test_nobody_is_told_where_there_is_nobody(yoga: World, clock: HandClock, outbox: Outbox) -> None:
    scope = yoga.scope()
    change(yoga, Customer, is_blocked=True)
    happen(yoga, "password.reset_requested")
    yoga.ids["ada"] = yoga.ids["owner"]  # no customer has this id
    happen(yoga, "password.reset_requested")
    cancel(yoga, SOON)
    scope.session.close()
    work_off(mail_worker(yoga, post_with(outbox), clock))
    assert outbox.mails == []
    assert {found.state for found in jobs_of(yoga, "event.dispatch")} == {"done"}


def test_a_server_that_is_away_is_asked_again_under_the_same_message_id(
    yoga: World, clock: HandClock, outbox: Outbox
) -> None:
    happen(yoga, "password.reset_requested")
    outbox.failures = [Unreachable("smtp 451"), Unreachable("ConnectionRefusedError")]
    worker = mail_worker(yoga, post_with(outbox), clock)
    work_off(worker)
    assert (job(yoga, SEND).state, job(yoga, SEND).last_error) == ("waiting", "smtp 451")
    for _ in range(2):
        clock.turn(60)
        work_off(worker)
    assert job(yoga, SEND).state == "done"
    assert [mail["Message-ID"] for mail in outbox.mails] == [f"<{messages_of(yoga)[0].id.hex}@{HOST}>"]
    assert "token-3" in text_of(outbox.mails[0]), "each attempt has a fresh link"


def test_a_refused_recipient_is_given_up_with_the_code(yoga: World, clock: HandClock, outbox: Outbox) -> None:
    happen(yoga, "password.reset_requested")
    outbox.failures = [Undeliverable(550)]
    work_off(mail_worker(yoga, post_with(outbox), clock))
    assert (job(yoga, SEND).state, job(yoga, SEND).last_error) == ("dead", "smtp 550")
    assert messages_of(yoga)[0].sent_at is None


def test_an_impossible_address_is_given_up(yoga: World, clock: HandClock, outbox: Outbox) -> None:
    happen(yoga, "password.reset_requested")
    worker = mail_worker(yoga, post_with(outbox), clock)
    worker.run_once()
    change(yoga, Message, address="a b@example.com")
    work_off(worker)
    assert (job(yoga, SEND).state, outbox.mails) == ("dead", [])
    assert "example" not in job(yoga, SEND).last_error


def test_what_was_sent_is_not_sent_again(yoga: World, clock: HandClock, outbox: Outbox) -> None:
    cancel(yoga, SOON)
    worker = mail_worker(yoga, post_with(outbox), clock)
    work_off(worker)
    change(yoga, Job, state="waiting", due_at=NOW)  # all of it once more, the dispatch too
    work_off(worker)
    assert len(outbox.mails) == len(messages_of(yoga)) == 2


def test_a_message_stays_with_its_tenant(yoga: World, other: World, clock: HandClock, outbox: Outbox) -> None:
    cancel(yoga, SOON)
    cancel(other, SOON)
    work_off(mail_worker(yoga, post_with(outbox), clock))
    for world in (yoga, other):
        mine = {f"<{message.id.hex}@{HOST}>" for message in messages_of(world)}
        mails = [mail for mail in outbox.mails if mail["Message-ID"] in mine]
        assert len(mails) == 2
        assert all(f"hello@{world.slug}.example" in (mail["To"] + mail["Reply-To"]) for mail in mails)


def test_the_log_names_nobody(yoga: World, clock: HandClock, outbox: Outbox, logged: io.StringIO) -> None:
    outbox.failures = [Unreachable("smtp 451"), Undeliverable(550)]
    cancel(yoga, SOON, reason="private")
    happen(yoga, "password.reset_requested")
    work_off(mail_worker(yoga, post_with(outbox), clock))
    written = logged.getvalue().lower()
    assert "job_dead" in written
    for secret in ("ada@", "byron", "example", "private", "token", "slow flow"):
        assert secret not in written, secret
