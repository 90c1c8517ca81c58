"""Text messages: who gets which, in how many parts, and what a real HTTP gateway is asked."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from sqlalchemy import update

from bookwidget.accounts.models import Customer
from bookwidget.events.record import record
from bookwidget.notices.kinds import KINDS
from bookwidget.notices.lengths import length_of, simple
from bookwidget.notices.models import Message
from bookwidget.notices.texting import LogOnly, TextMessage, texting_of
from bookwidget.notices.transport import Undeliverable, Unreachable
from bookwidget.notices.wording import SEND
from bookwidget.notices.words import Words
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from bookwidget.theming.i18n import Catalogs
from tests.contract.messages import translations
from tests.events.work import HandClock, happen, jobs_of
from tests.factories import World
from tests.fixtures import NOW
from tests.notices.gateway import Gateway, serving_texts
from tests.notices.mailing import Outbox, mail_worker, place, post_with, work_off, writer
from tests.notices.test_letters import ADA, cancelled, date_changed, moved, reminded, tenant

SOON = NOW + timedelta(days=2)
ALL = [kind for kind in KINDS.values() if kind.channel == "sms"]
PHONE = "+441632960001"


def change(world: World, table: type, **values: object) -> None:
    with world.database.session(world.tenant_id) as session, writing(session):
        session.execute(update(table).values(**values))


def ready(world: World, *, muted: str = "", phone: str = PHONE, keys: str | None = None) -> None:
    """The business sends all of them, and its customers have a phone."""
    on = " ".join(kind.key for kind in ALL) if keys is None else keys
    change(world, Tenant, settings={"messages.texts": on})
    change(world, Customer, phone=phone, muted=muted)


def texts_of(world: World, url: str, clock: HandClock | None = None) -> Outbox:
    outbox = Outbox()
    post = replace(post_with(outbox), texting=texting_of(url, token="a token", sender="Yoga"))
    work_off(mail_worker(world, post, clock or HandClock(NOW)))
    return outbox


def by(world: World, deed: str, actor: str) -> None:
    """A member or a customer did it."""
    before, after = place(SOON), place(SOON + timedelta(days=1)) if deed == "moved" else {"reason": ""}
    scope = world.scope() if actor == "customer" else world.staff_scope()
    with scope.session, writing(scope.session):
        record(scope, f"booking.{deed}", customer_id=world.ids["ada"], before=before, after=after)


@pytest.mark.parametrize(
    ("text", "messages", "used"),
    [
        ("a" * 160, 1, 160),
        ("a" * 161, 2, 161),
        ("a" * 306, 2, 306),
        ("a" * 307, 3, 307),
        ("€" * 80, 1, 160),
        ("a" * 152 + "€" * 10, 2, 172),
        ("ä" * 160, 1, 160),
        ("م" * 70, 1, 70),
        ("م" * 71, 2, 71),
        ("a" * 70 + "م", 2, 71),
        ("م" * 66 + "😀" + "م" * 66, 3, 134),
        ("", 1, 0),
    ],
)
def test_a_text_is_as_long_as_networks_count_it(text: str, messages: int, used: int) -> None:
    assert length_of(text)[:2] == (messages, used)


def test_signs_that_would_halve_what_a_message_holds_are_written_plainly() -> None:
    assert simple("“Yoga” – 9:00\u202fPM … it’s „so“") == '"Yoga" - 9:00 PM ... it\'s "so"'
    assert simple("موعدك 😀") == "موعدك 😀"


def test_shipped_texts_are_one_message_in_english_and_german_and_few_in_arabic() -> None:
    events = {"reminded": reminded(), "cancelled": cancelled(actor="member"), "moved": moved("member")}
    composer = writer(Catalogs(translations()))
    for kind in ALL:
        event = events.get(kind.event.partition(".")[2], date_changed())
        for language, most in (("en", 1), ("de", 1), ("ar", 2)):
            customer = replace(ADA, locale=language)
            made = composer.text_message(tenant(), kind, event, customer)
            assert length_of(made.text).messages <= most, made.text
            assert "Slow Flow" in made.text
            assert (made.subject, made.html) == ("", "")
            own = composer.shipped_words(tenant(), kind, language)
            assert composer.text_message(tenant(), kind, event, customer, own) == made, kind.key
    said = composer.text_message(tenant(), KINDS["booking.moved.customer.sms"], moved("member"), ADA).text
    assert said == "Harbour Yoga: we moved Slow Flow from Thu 26 Nov, 09:00 to Mon, 12 Jul 2027, 13:00."


def test_words_that_cannot_be_used_give_way_to_the_shipped_ones() -> None:
    reminder = KINDS["booking.reminded.customer.sms"]
    for bad in (Words("", "{{ gone }}"), Words("", "x" * 1600)):
        made = writer().text_message(tenant(), reminder, reminded(), ADA, bad)
        assert made.trouble
        assert made.text.startswith("Harbour Yoga: see you on Thu 26 Nov at 09:00, Slow Flow.")
    typed = Words("", "**{{ given_name }}**: {{ day }} {{ booking_link }}")
    assert writer().text_message(tenant(), reminder, reminded(), ADA, typed).text.startswith("**Ada**: Thu 26 Nov http")


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        ({}, 1),
        ({"keys": ""}, 0),
        ({"phone": ""}, 0),
        ({"muted": "booking.cancelled.customer.sms"}, 0),
        ({"muted": "booking.moved.customer.sms"}, 1),
        ({"keys": "booking.moved.customer.sms"}, 0),
    ],
)
def test_only_customers_with_a_phone_get_what_business_and_customer_want(
    yoga: World, settings: dict[str, str], sent: int
) -> None:
    ready(yoga, **settings)  # type: ignore[arg-type]
    with serving_texts(gateway := Gateway()) as url:
        by(yoga, "cancelled", "customer")
        assert len(texts_of(yoga, url).mails) == 2
        assert gateway.asked == [], "they know what they did themselves"
        by(yoga, "cancelled", "member")
        assert len(texts_of(yoga, url).mails) == 2, "the mails go out all the same"
    assert len(gateway.taken) == sent


def test_the_gateway_gets_number_words_sender_token_and_a_key_that_stays(yoga: World) -> None:
    ready(yoga)
    clock, gateway = HandClock(NOW), Gateway(answers=[503, 429, 0])
    happen(yoga, "booking.reminded", after=place(SOON))
    with serving_texts(gateway) as url:
        for _attempt in range(5):
            texts_of(yoga, url, clock)
            clock.turn(3600)
    assert len(gateway.asked) == 4, "the third was taken, but nobody heard that"
    [body] = gateway.taken.values()
    assert json.loads(body) == {
        "to": PHONE, "text": "Yoga: see you on Thu 26 Nov at 09:00, Slow Flow. Studio 1", "from": "Yoga",
    }  # fmt: skip
    with yoga.database.session(yoga.tenant_id) as session:
        message = session.query(Message).where(Message.channel == "sms").one()
    assert {one.headers["idempotency-key"] for one in gateway.asked} == {message.id.hex}
    assert {(one.path, one.headers["authorization"]) for one in gateway.asked} == {("/send?v=1", "Bearer a token")}
    assert message.sent_at is not None


def test_a_reminder_that_would_come_after_the_start_is_given_up(yoga: World) -> None:
    ready(yoga)
    clock, gateway = HandClock(NOW), Gateway(answers=[503] * 50)
    happen(yoga, "booking.reminded", after=place(NOW + timedelta(hours=1)))
    with serving_texts(gateway) as url:
        texts_of(yoga, url, clock)
        gateway.answers = []
        clock.turn(3 * 3600)
        texts_of(yoga, url, clock)
    assert gateway.taken == {}
    assert [job.last_error for job in jobs_of(yoga, SEND) if job.state == "dead"] == ["too late"]


def test_what_the_gateway_refuses_is_a_dead_letter_and_marks_no_email(yoga: World) -> None:
    ready(yoga)
    happen(yoga, "booking.reminded", after=place(SOON))
    with serving_texts(Gateway(answers=[422])) as url:
        texts_of(yoga, url)
    assert [job.last_error for job in jobs_of(yoga, SEND) if job.state == "dead"] == ["http 422"]
    with yoga.database.session(yoga.tenant_id) as session:
        assert not any(one.bounced_at for one in session.query(Customer))


@pytest.mark.parametrize(
    ("status", "fails"),
    [(200, None), (299, None), (302, Unreachable), (401, Unreachable), (404, Undeliverable), (429, Unreachable),
     (0, Unreachable)],
)  # fmt: skip
def test_answers_of_gateways(status: int, fails: type[Exception] | None) -> None:
    gateway, message = Gateway(answers=[status]), TextMessage("k", PHONE, "ä & b")
    with serving_texts(gateway) as url:
        texting = texting_of(url, body="form", fields="To Body From")
        if fails is None:
            texting.send(message)
        else:
            with pytest.raises(fails):
                texting.send(message)
        assert len(gateway.asked) == 1, "no redirect is followed"
        assert parse_qs(gateway.asked[0].body.decode()) == {"To": [PHONE], "Body": ["ä & b"]}
        assert "authorization" not in gateway.asked[0].headers


def test_a_gateway_that_is_away_or_slow_is_tried_later() -> None:
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        texting_of("http://127.0.0.1:9/").send(TextMessage("k", PHONE, "x"))
    with serving_texts(Gateway(pause=0.5)) as url, pytest.raises(Unreachable, match="TimeoutError"):
        replace(texting_of(url), timeout=0.1).send(TextMessage("k", PHONE, "x"))  # type: ignore[type-var]


def test_without_a_gateway_the_log_says_that_there_was_a_message_and_not_to_whom(logged: io.StringIO) -> None:
    texting_of("").send(TextMessage("k", PHONE, "Slow Flow"))
    line = json.loads(logged.getvalue())
    del line["timestamp"]
    assert line == {"event": "text_message", "level": "info", "key": "k", "messages": 1}
    assert isinstance(texting_of(""), LogOnly)
    for wrong in ("ftp://x/", "https://user:secret@x/", "nothing"):
        with pytest.raises(ValueError, match=r"^sms_url is") as error:
            texting_of(wrong)
        assert wrong not in str(error.value)
    for options in ({"body": "xml"}, {"fields": "to text"}):
        with pytest.raises(ValueError, match=r"^sms_"):
            texting_of("https://x/", **options)  # type: ignore[arg-type]
    shown = repr(texting_of("https://x/", token="secret")) + repr(TextMessage("k", PHONE, "words"))
    assert not any(word in shown for word in ("secret", PHONE, "words"))
