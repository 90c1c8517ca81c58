"""Every link of every mail, as a scanner of the recipient's company opens it: nothing happens."""

import re
from email.message import EmailMessage

import pytest
from sqlalchemy import MetaData, create_engine, select, update

from bookwidget.accounts.actions import request_password_reset
from bookwidget.accounts.customers import invite_customer
from bookwidget.accounts.models import Customer
from bookwidget.bookings.actions import Details, NewTicket, confirm_hold, end_links, hold_slot
from bookwidget.bookings.models import Booking
from bookwidget.events.models import Event
from bookwidget.events.store import Happened
from bookwidget.kernel.actors import member, visitor
from bookwidget.kernel.ids import uuid7
from bookwidget.notices.compose import BOOKING_LINK, Composer
from bookwidget.notices.models import Message
from bookwidget.notices.post import Post
from bookwidget.notices.store import customer_of
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.session import writing
from bookwidget.theming.i18n import Catalogs
from bookwidget.web.links import ServiceLinks
from tests import factories
from tests.bookings.acting import Acting
from tests.events.work import HandClock
from tests.notices.mailing import HOST, SENDER, Outbox, html_of, mail_worker, shipped_themes, text_of, work_off
from tests.web_fixtures import HERE, Web

LINK = re.compile(re.escape(HERE) + r"[^\s\"<>]+")


def deliver(web: Web) -> list[EmailMessage]:
    """Sends what waits, with the service's real links."""
    outbox, links = Outbox(), ServiceLinks(HERE, web.services.tokens)
    post = Post(outbox, Composer(shipped_themes(), Catalogs([]), links), links, SENDER, HOST)
    work_off(mail_worker(web.yoga, post, HandClock(web.now)))
    return outbox.mails


def to_ada(mails: list[EmailMessage]) -> list[EmailMessage]:
    return [mail for mail in mails if mail["To"] == "ada@example.com"]


def links_of(mail: EmailMessage) -> set[str]:
    return {found.replace("&amp;", "&") for found in LINK.findall(text_of(mail) + html_of(mail))}


def live_link(mail: EmailMessage) -> str:
    """The one beside the help page's, which stands in the foot of every mail."""
    [link] = [link for link in links_of(mail) if not link.endswith("/help/")]
    return link


def everything(web: Web) -> list[str]:
    engine, metadata = create_engine(web.database.url), MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        rows = [repr(row) for table in metadata.sorted_tables for row in connection.execute(table.select())]
    engine.dispose()
    return sorted(rows)


@pytest.fixture
def booking(web: Web) -> Booking:
    """Booked by Ada in the widget."""
    hold_id, key = uuid7(), str(OccurrenceKey(factories.make_class(web.yoga, days=4).id))
    scope = web.yoga.scope()
    with scope.session:
        hold_slot(scope, hold_id, web.yoga.ids["flow"], key)
        confirm_hold(scope, hold_id, Details((NewTicket(),)))
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        return session.execute(select(Booking)).scalars().one()


def test_K1_customer_and_business_are_told_of_a_booking_once(web: Web, booking: Booking) -> None:
    mails = deliver(web) + deliver(web)
    assert sorted(mail["Subject"].split(":")[0] for mail in mails) == ["Booked", "New booking from Ada Byron"]
    [mail] = to_ada(mails)
    link = live_link(mail)
    page = web.visitor().get(link.removeprefix(HERE))
    assert (page.status_code, booking.code in page.text) == (200, True)


def test_every_mail_about_a_booking_opens_it_and_nothing_happens_by_looking(web: Web, booking: Booking) -> None:
    ada = Acting(web.yoga)
    target = str(OccurrenceKey(factories.make_class(web.yoga, days=5).id))
    ada.move_booking(booking.code, target, moves=0)
    ada.cancel_booking(booking.code)
    scope = web.yoga.scope(visitor())
    with scope.session:
        request_password_reset(scope, "ada@example.com", address="1.2.3.4")
    mails = deliver(web)
    assert len(mails) == 7
    links = set().union(*(links_of(mail) for mail in mails))
    assert sum("/booking/" in link for link in links) == 1, "one booking, one link"
    assert sum(any("/booking/" in link for link in links_of(mail)) for mail in to_ada(mails)) == 3
    before = everything(web)
    for link in links:
        for method in ("GET", "HEAD"):
            answer = web.visitor().client.open(link.removeprefix(HERE), base_url=HERE, method=method)
            assert answer.status_code < (400 if method == "GET" else 500), link
    assert everything(web) == before


def test_no_live_link_is_stored(web: Web, booking: Booking) -> None:
    [mail] = to_ada(deliver(web))
    link = live_link(mail)
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        texts = [message.text + message.html for message in session.execute(select(Message)).scalars()]
    assert not [text for text in texts if link in text]
    assert sum(BOOKING_LINK in text for text in texts) == 1


def test_a_mail_after_the_links_were_ended_has_a_new_one(web: Web, booking: Booking) -> None:
    [first] = to_ada(deliver(web))
    scope = web.yoga.scope()
    with scope.session:
        end_links(scope, booking.code)
    Acting(web.yoga).cancel_booking(booking.code)
    [second] = to_ada(deliver(web))
    opened = {}
    for mail in (first, second):
        [link] = [link for link in links_of(mail) if "/booking/" in link]
        opened[mail["Subject"].split(":")[0]] = web.visitor().get(link.removeprefix(HERE)).status_code
    assert opened == {"Booked": 404, "Cancelled": 200}


def test_v1_an_invitation_is_one_mail_with_a_link_that_works_once_and_for_a_week(web: Web) -> None:
    """To the customer's own address. Once the password is set, the link is spent."""
    ids = web.yoga.ids
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.execute(update(Customer).where(Customer.id == ids["ada"]).values(password_hash=""))
    for _click in range(2):
        scope = web.yoga.scope(member(ids["owner"]))
        with scope.session:
            invite_customer(scope, ids["ada"], address="1.2.3.4")
    [mail] = deliver(web)
    assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Yoga invites you")
    link = live_link(mail)
    with web.database.session(web.yoga.tenant_id) as session:
        assert all("reset/" not in one.text + one.html for one in session.scalars(select(Message)))
    visitor, path = web.visitor(), link.removeprefix(HERE)
    assert visitor.get(path).status_code == 200
    assert visitor.send(path, password="a good long one").status_code == 303
    assert web.visitor().get(path).status_code == 410


def test_v2_the_confirmation_invites_who_has_no_password_and_off_leaves_out_these_lines_only(
    web: Web, booking: Booking
) -> None:
    words = "All your bookings at Yoga in one place"
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.execute(update(Customer).values(password_hash=""))
        event = session.scalars(select(Event).where(Event.kind == "booking.made")).one()
        told = Happened(
            event.id, event.kind, event.at, "customer", None, "widget", booking.id, event.customer_id, event.facts
        )
    composer = Composer(shipped_themes(), Catalogs([]), ServiceLinks(HERE, web.services.tokens))
    made = {}
    for name, settings in (("on", {}), ("off", {"portal.invite_in_confirmation": False})):
        web.settings(web.yoga, **{key.replace(".", "__"): value for key, value in settings.items()})
        scope = web.yoga.scope()
        with scope.session:
            customer = customer_of(scope.session, web.yoga.ids["ada"])
            assert customer is not None
            made[name] = composer.letter(scope.tenant, told, "customer", customer)
            assert words not in composer.letter(scope.tenant, told, "business", customer).text
    assert words in made["on"].text
    assert words in made["on"].html
    assert "/login/forgot" in made["on"].html
    lines = [line for line in made["on"].text.splitlines() if line]
    left = [line for line in lines if words not in line and "/login/forgot" not in line]
    assert [line for line in made["off"].text.splitlines() if line] == left
    assert words not in made["off"].html
