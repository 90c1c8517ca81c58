"""Closing of accounts: P7 in the profile, A1 at the console. What stays is looked for in every table."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, select

from bookwidget.accounts.models import ClosureRequest, Companion, Customer, CustomerImport, ImportedRow, SignIn
from bookwidget.bookings.models import Booking, GivenAnswer, JobNote, Ticket, Upload, WaitlistEntry
from bookwidget.catalog.models import Question
from bookwidget.events.jobs import Services
from bookwidget.events.models import Event, Job
from bookwidget.events.worker import Worker
from bookwidget.kernel.ids import uuid7
from bookwidget.notices import forgetting
from bookwidget.notices.compose import Composer
from bookwidget.notices.post import Post
from bookwidget.theming.i18n import Catalogs
from bookwidget.web.links import ServiceLinks
from tests.bookings.soundness import troubles
from tests.console.desks import events, hire, mails, nobody, owner, sign_in
from tests.factories import PASSWORD, make_booking, make_class
from tests.notices.mailing import HOST, SENDER, Outbox, shipped_themes, text_of, work_off
from tests.web_fixtures import HERE, Visitor, Web

TRACES = ("ada@example.com", "byron", "ines lovelace", "peanuts", "secret note", "allergy.pdf", "12 analytical row")
"""What is known of Ada, in small letters."""


@pytest.fixture
def web(web_everywhere: Web) -> Web:
    """Closing is about data, so on both databases."""
    return web_everywhere


def close(visitor: Visitor, **typed: str) -> Any:
    return visitor.send("profile/close", **{"password": PASSWORD, **typed})


def fill(web: Web) -> Booking:
    """Everything that can be known of Ada, about a class that is over; and a colleague on it, who stays."""
    yoga, day = web.yoga, timedelta(days=1)
    past = make_class(yoga, starts_at=web.now - 3 * day)
    booking = make_booking(
        yoga, occurrence=past, tickets=2, note="Peanuts", visit_address="12 Analytical Row", rating=9,
        rating_comment="secret note",
    )  # fmt: skip
    make_booking(yoga, customer="ben", occurrence=past)
    make_booking(yoga, days=-9, status="cancelled", cancel_reason="secret note")
    ada, question, upload = yoga.ids["ada"], Question(id=uuid7(), kind="file", label="Allergies?"), uuid7()
    yoga.add(question, Companion(customer_id=ada, name="Ines Lovelace", is_child=True, birth_year=2019))
    yoga.add(
        Upload(id=upload, hold_id=booking.id, question_id=question.id, name="allergy.pdf", size=7, content=b"Peanuts")
    )
    yoga.add(
        GivenAnswer(booking_id=booking.id, question_id=question.id, position=1, kind="file", label="Allergies?",
                    value="allergy.pdf", upload_id=upload),
        JobNote(booking_id=booking.id, author_kind="member", text="secret note of Ada Byron", written_at=web.now),
        WaitlistEntry(customer_id=ada, occurrence_id=make_class(yoga, days=4).id, joined_at=web.now),
    )  # fmt: skip
    return booking


def found(web: Web) -> list[str]:
    """Where any table still tells of Ada."""
    engine = create_engine(web.database.url)
    metadata = MetaData()
    metadata.reflect(engine)
    where = []
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                if row.get("tenant_id") not in (web.yoga.tenant_id, web.yoga.tenant_id.hex):
                    continue
                said = " ".join(v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in row.values())
                where += [f"{table.name}: {one}" for one in TRACES if one in said.lower()]
    engine.dispose()
    return where


def rows(web: Web, kind: Any) -> list[Any]:
    with web.database.session(web.yoga.tenant_id) as session:
        return list(session.scalars(select(kind).order_by(kind.id)))


def ada(web: Web) -> Customer | None:
    return next((one for one in rows(web, Customer) if one.id == web.yoga.ids["ada"]), None)


def forgotten(web: Web) -> list[EmailMessage]:
    """The mails of the hour in which the worker does what is left to do."""
    sent = mails(web)
    web.now += timedelta(hours=1)
    return [*sent, *mails(web)]


def settle(web: Web, how: str) -> Visitor:
    """Ada, logged in, with everything known of her; the mails so far are sent."""
    web.settings(web.yoga, accounts__closing=how)
    visitor = web.customer()
    fill(web)
    visitor.send("profile/details", "profile/", given_name="Ada", family_name="Byron")
    visitor.send("profile/calendar", "profile/", do="make")
    visitor.send("login/forgot", email="ada@example.com")
    mails(web)
    return visitor


def test_p7_anonymise_keeps_the_totals_and_no_name(web: Web) -> None:
    visitor = settle(web, "anonymise")
    desk = owner(web)
    before = desk.get("numbers/table.csv").text
    assert {one.split(":")[0] for one in found(web)} >= {"customer", "booking", "companion", "upload", "message"}
    page = visitor.get("profile/close").text
    assert "without a name" in page
    assert close(visitor, password="wrong").status_code == 422
    assert not ada(web).is_blocked  # type: ignore[union-attr]
    answer = close(visitor)
    assert (answer.status_code, answer.location[-16:]) == (303, "/login/?closed=1")
    assert "Your account is closed" in visitor.get(answer.location).text
    assert visitor.get("profile/").status_code == 401
    again = web.visitor().send("login/", email="ada@example.com", password=PASSWORD)
    assert again.status_code == 422
    assert forgotten(web) == [], "who closed it at once reads so there"
    assert found(web) == []
    kept = ada(web)
    assert kept is not None
    assert (kept.closing, kept.given_name, kept.family_name) == ("anonymised", "Former customer", "")
    assert desk.get("numbers/table.csv").text == before
    assert {one.rating for one in rows(web, Booking)} == {9, None}
    assert len(rows(web, Ticket)) == 4
    assert troubles(web.yoga) == []
    assert "Former customer" not in desk.get("customers/").text
    gone = desk.get(f"customers/{kept.id.hex}/").text
    assert "closed for good" in gone
    ben = desk.form(f"customers/{web.yoga.ids['ben'].hex}/", f"customers/{web.yoga.ids['ben'].hex}/block")
    assert desk.post(f"customers/{kept.id.hex}/block", {**ben, "blocked": ""}).status_code == 403
    assert web.visitor().send("login/forgot", email="ada@example.com").status_code == 303
    assert mails(web) == [], "nobody has that address any more"


def test_p7_erase_leaves_no_row_and_sound_books(web: Web) -> None:
    visitor = settle(web, "erase")
    others = len([one for one in rows(web, Booking) if one.customer_id == web.yoga.ids["ben"]])
    assert "your bookings too" in visitor.get("profile/close").text
    assert close(visitor).status_code == 303
    forgotten(web)
    assert found(web) == []
    assert ada(web) is None
    id = web.yoga.ids["ada"]
    for kind in (Booking, SignIn, Event, Companion, WaitlistEntry, ClosureRequest):
        assert id not in {getattr(one, "customer_id", None) for one in rows(web, kind)}, kind
    assert id.hex not in " ".join(str(one.payload) + one.key for one in rows(web, Job))
    assert len(rows(web, Booking)) == others == 1
    assert troubles(web.yoga) == []
    assert ("customer.erased", None) in [(one.kind, one.customer_id) for one in rows(web, Event)]
    assert [one.email for one in rows(web, Customer)] == ["ben@example.com"]


def test_p7_what_is_to_come_is_cancelled_first_and_waiting_ends_with_the_account(web: Web) -> None:
    web.settings(web.yoga, accounts__closing="anonymise")
    visitor, booking = web.customer(), make_booking(web.yoga)
    full = make_class(web.yoga, days=3, capacity=1)
    web.yoga.add(WaitlistEntry(id=uuid7(), customer_id=web.yoga.ids["ada"], occurrence_id=full.id, joined_at=web.now))
    assert "You have 1 booking to come" in visitor.get("profile/close").text
    refused = close(visitor)
    assert refused.status_code == 422
    assert "1 booking is still to come" in refused.text
    assert visitor.get("profile/").status_code == 200
    assert visitor.send(f"bookings/{booking.code}/cancel").status_code == 303
    assert close(visitor).status_code == 303
    assert rows(web, WaitlistEntry) == []
    assert "Cancelled" in " ".join(str(mail["Subject"]) for mail in mails(web)), "what was done before is told first"
    forgotten(web)
    assert ada(web).closing == "anonymised", "once undoing is over"  # type: ignore[union-attr]
    assert troubles(web.yoga) == []


def test_p7_off_there_is_no_such_page_and_a_hand_made_request_changes_nothing(web: Web) -> None:
    visitor = web.customer()
    form = {**visitor.form("profile/close"), "password": PASSWORD}
    web.settings(web.yoga, accounts__closing_allowed=False)
    assert "Close account" not in visitor.get("profile/").text
    assert visitor.get("profile/close").status_code == 404
    assert visitor.post("profile/close", form).status_code == 403
    assert visitor.get("profile/").status_code == 200


def test_p7_asked_for_everything_works_until_it_is_approved_and_can_be_taken_back(web: Web) -> None:
    web.settings(web.yoga, accounts__closing="approval")
    visitor = web.customer()
    for _time in range(2):
        form = {**web.customer().form("profile/close"), "password": PASSWORD, "reason": "I move to Paris"}
        visitor.post("profile/close", form)
    assert [(one.reason, one.state) for one in rows(web, ClosureRequest)] == [("I move to Paris", "open")]
    page = visitor.get("profile/").text
    assert "You asked us on" in page
    assert visitor.get("bookings/").status_code == 200
    visitor.send("profile/close", keep="1")
    assert "You asked us on" not in visitor.get("profile/?saved=kept").text
    assert [one.state for one in rows(web, ClosureRequest)] == ["withdrawn"]
    kinds = [kind for kind, _facts in events(web.yoga)]
    assert (kinds.count("customer.closing_asked"), kinds.count("customer.closing_withdrawn")) == (1, 1)


def ask(web: Web) -> tuple[Visitor, str]:
    """Ada has asked; her browser, and the page of her request."""
    web.settings(web.yoga, accounts__closing="approval")
    visitor = web.customer()
    assert close(visitor, reason="Too far").status_code == 303
    [request] = [one for one in rows(web, ClosureRequest) if one.state == "open"]
    return visitor, f"closures/{request.id.hex}/"


def test_a1_approval_ends_all_sessions_log_in_links_and_feed(web: Web) -> None:
    visitor, page = ask(web)
    booking, second = make_booking(web.yoga, days=-3), web.customer()
    hire(web.yoga, "sam@staff.example", "staff")
    staff = sign_in(nobody(web), "sam@staff.example")
    assert "Accounts to close" in staff.get("today/").text
    assert "Too far" in staff.get("closures/").text
    assert staff.get(page).status_code == 200
    mails(web)
    form = {**staff.form(page), "approve": "1"}
    for _time in range(2):
        assert staff.post(page, form).location == "/console/closures/?done=approved"
    for browser in (visitor, second):
        assert browser.get("profile/").status_code == 401
    assert web.visitor().send("login/", email="ada@example.com", password=PASSWORD).status_code == 422
    [mail] = mails(web)
    assert "closed your account" in text_of(mail)
    with web.database.session(web.yoga.tenant_id) as session:
        assert session.get_one(Booking, (web.yoga.tenant_id, booking.id)).link_version == 2
    assert ada(web).email == "ada@example.com", "all else stays"  # type: ignore[union-attr]
    customer = f"customers/{web.yoga.ids['ada'].hex}/"
    assert "Account closed" in staff.get(customer).text
    assert "Accounts to close" not in staff.get("today/").text
    assert staff.send(f"{customer}block", customer).status_code == 303
    assert ada(web).closing == "", "and is open again"  # type: ignore[union-attr]


def test_a1_refusal_needs_a_reason_and_tells_the_customer(web: Web) -> None:
    visitor, page = ask(web)
    desk = owner(web)
    mails(web)
    assert desk.send(page, answer=" ").status_code == 422
    form = {**desk.form(page), "answer": "An invoice is open."}
    for _time in range(2):
        assert desk.post(page, form).location == "/console/closures/?done=refused"
    late = desk.post(page, {**form, "approve": "1"})
    assert (late.status_code, "Somebody else has decided" in late.text) == (422, True)
    [mail] = mails(web)
    assert (mail["To"], "An invoice is open." in text_of(mail)) == ("ada@example.com", True)
    assert visitor.get("profile/").status_code == 200
    assert [kind for kind, _facts in events(web.yoga) if kind == "customer.closing_refused"] == [
        "customer.closing_refused"
    ]
    assert close(visitor).status_code == 303, "they may ask again"
    assert owner(web, web.other).get(page).status_code == 404


def test_a1_approval_waits_for_what_is_to_come(web: Web) -> None:
    visitor, page = ask(web)
    make_booking(web.yoga)
    refused = owner(web).send(page, approve="1")
    assert (refused.status_code, "1 booking is still to come" in refused.text) == (422, True)
    assert visitor.get("profile/").status_code == 200


@pytest.mark.parametrize("how", ["anonymise", "erase"])
def test_p7_managers_close_for_good_by_typing_the_name(web: Web, how: str) -> None:
    fill(web)
    hire(web.yoga, "sam@staff.example", "staff")
    desk, staff = owner(web), sign_in(nobody(web), "sam@staff.example")
    page = f"customers/{web.yoga.ids['ada'].hex}/close"
    form = desk.form(page)
    assert desk.post(page, {**form, "how": how, "typed": "Ada"}).status_code == 422
    assert staff.get(page).status_code == 403
    assert staff.post(page, {**form, "how": how, "typed": "Ada Byron"}).status_code == 403
    for _time in range(2):
        assert desk.post(page, {**form, "how": how, "typed": "ada byron"}).status_code == 303
    forgotten(web)
    assert found(web) == []
    assert (ada(web) is None) is (how == "erase")


class Killed(BaseException):
    """The worker is no more."""


def worker(web: Web) -> Worker:
    links = ServiceLinks(HERE, web.services.tokens)
    post = Post(Outbox(), Composer(shipped_themes(), Catalogs([]), links), links, SENDER, HOST)
    return Worker(web.database, Services(post), lambda: web.now)


@pytest.mark.parametrize("step", ["forget_messages", "forget_events", "forget_rows"])
@pytest.mark.parametrize("how", ["anonymise", "erase"])
def test_p7_a_kill_between_two_steps_loses_nothing(
    web: Web, monkeypatch: pytest.MonkeyPatch, step: str, how: str
) -> None:
    assert close(settle(web, how)).status_code == 303
    done = getattr(forgetting, step)

    def then_killed(*values: Any, **named: Any) -> None:
        done(*values, **named)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(forgetting, step, then_killed)
        work_off(worker(web))
        web.now += timedelta(hours=1)
        with pytest.raises(Killed):
            work_off(worker(web))
    forgotten(web)
    assert found(web) == []
    assert (ada(web) is None) is (how == "erase")
    assert troubles(web.yoga) == []
    assert {one.state for one in rows(web, Job) if one.kind == "customer.forget"} == {"done"}


def test_p7_a_broken_row_of_a_file_that_names_them_goes_too(web: Web) -> None:
    made = CustomerImport(
        id=uuid7(), name="x.csv", content=b"", encoding="utf-8", delimiter=",", header=["Name", "Email"], rows=2,
        state="done", created_at=web.now,
    )  # fmt: skip
    web.yoga.add(made)
    for line, email in enumerate((" ADA@example.com", "eve@example.com"), 1):
        web.yoga.add(ImportedRow(import_id=made.id, line=line, cells=["x", email], reason={"msgid": "", "values": {}}))
    web.settings(web.yoga, accounts__closing="anonymise")
    assert close(web.customer()).status_code == 303
    forgotten(web)
    assert [one.line for one in rows(web, ImportedRow)] == [2]
