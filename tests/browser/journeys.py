"""What people do, from the first page to its outcome, written once for every way of using a page (`hands`).

They come in this order, in one browser: each leaves the customer Ada logged in, but for the last ones.
"""

from collections.abc import Callable

from bookwidget.bookings.models import Booking
from bookwidget.schedule.models import OpeningHours
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from bookwidget.web.links import ServiceLinks
from tests.browser.hands import Hands
from tests.browser.stage import Stage, next_weekday
from tests.factories import PASSWORD, make_appointment, make_booking, make_class

NEW_PASSWORD = "another horse battery"
SETTINGS = {"bookings.repeat_allowed": True, "bookings.series_days": 28, "bookings.transfer_allowed": True}
SUCCESS = "[role=status]"


def prepare(stage: Stage) -> None:
    """What the journeys need beside Ada's bookings on the stage."""
    yoga = stage.yoga
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.get_one(Tenant, yoga.tenant_id).settings = SETTINGS
    full = make_class(yoga, days=5, capacity=1)
    make_booking(yoga, customer="ben", occurrence=full)
    make_class(yoga, days=6)
    make_booking(yoga, customer="ben", days=4)
    make_appointment(yoga, customer="ben", starts_at=next_weekday(yoga.now, hour=14))
    yoga.add(*(OpeningHours(weekday=day, opens=9 * 60, closes=17 * 60) for day in (5, 6)))


def logs_in(hands: Hands) -> None:
    hands.visit("bookings")
    hands.type("input[name=email]", "ada@example.com")
    hands.type("input[name=password]", "not the password")
    hands.press("main form button")
    hands.sees("do not belong together", "[role=alert]")
    hands.type("input[name=password]", PASSWORD)
    hands.press("main form button")
    hands.there(".bw-who")


def filters(hands: Hands) -> None:
    hands.visit("bookings")
    hands.press(".bw-fold summary")
    hands.type(".bw-filter input[name=q]", "Massage")
    hands.press(".bw-filter button")
    hands.sees("Massage", ".bw-list")
    hands.gone("Slow Flow", ".bw-list")


def reschedules(hands: Hands) -> None:
    hands.visit("bookings")
    hands.press("li:has(a[href*='/move']) a[href*='/move']")
    hands.choose("input[name=slot]")
    hands.press("main form[action*='/move'] .bw-btn--main")
    hands.sees("moved", SUCCESS)


def reads_and_notes(hands: Hands) -> None:
    to_details(hands)
    hands.type("textarea[name=text]", "The blue mat, please")
    hands.press("form[action*='/notes'] button")
    hands.sees("The blue mat, please", ".bw-notes")


def transfers(hands: Hands) -> None:
    hands.visit("bookings")
    hands.press("li:has(a[href*='/transfer']) .bw-menu summary")
    hands.press("li a[href*='/transfer']")
    hands.choose("input[name=slot]")
    hands.press("main form[action*='/transfer'] .bw-btn--main")
    hands.there(".bw-facts")
    hands.press("main form[action*='/transfer'] .bw-btn--main")
    hands.there(SUCCESS)


def cancels_and_undoes(hands: Hands) -> None:
    to_details(hands)
    hands.press("main a[href*='/cancel']")
    hands.press("main form[action*='/cancel'] .bw-btn--bad")
    hands.sees("cancelled", SUCCESS)
    hands.press("form[action*='/undo'] button")
    hands.sees("again", SUCCESS)


def rates(hands: Hands) -> None:
    hands.visit("bookings")
    hands.press("a[href*='tab=past']")
    hands.press("a[href*='/rate']")
    hands.choose("input[name=stars][value='3.5']")
    hands.type("textarea[name=comment]", "Calm")
    hands.press("form[action*='/rate'] .bw-foot button")
    hands.there(SUCCESS)


def joins_and_leaves(hands: Hands) -> None:
    to_service(hands, "flow")
    hands.press("a.bw-slot--full")
    hands.press("main form .bw-btn--main")
    hands.there(SUCCESS)
    hands.press("main a[href*='/leave']")
    hands.press("main form[action*='/leave'] button")
    hands.sees("no longer on the waiting list", SUCCESS)


def books(hands: Hands) -> None:
    to_service(hands, "massage")
    keep_a_time(hands)
    hands.press("button[name=do][value=review].bw-btn")
    hands.press("button[name=do][value=confirm]")
    hands.sees("You are booked", SUCCESS)


def repeats_and_ends_it(hands: Hands) -> None:
    to_service(hands, "massage")
    hands.press(".bw-steppers a:last-of-type")  # what begins within a day or two cannot be cancelled
    keep_a_time(hands)
    hands.pick_second("select[name=repeat]")
    hands.press("button[name=do][value=review].bw-btn")
    hands.press("button[name=do][value=confirm]")
    hands.there(SUCCESS)
    line = f"li:has(a[href*='{hands.browser.text('.bw-code')}'])"
    hands.visit("bookings")
    hands.press(f"{line} .bw-menu summary")
    hands.press(f"{line} a[href*='/cancel']")
    hands.choose("input[name=which][value=all]")
    hands.press("main form[action*='/cancel'] .bw-btn--bad")
    hands.sees("cancelled", SUCCESS)


def edits_the_profile(hands: Hands) -> None:
    hands.visit("profile")
    hands.type("input[name=given_name]", "Augusta")
    hands.press("form[action*='/details'] button")
    hands.sees("saved", SUCCESS)


def names_a_companion(hands: Hands) -> None:
    hands.visit("profile")
    hands.press("main a[href*='/people']")
    hands.type("input[name=name]", "Mia")
    hands.choose("input[name=is_child]")
    hands.press("form[action*='/people'] .bw-btn--main")
    hands.sees("Mia", ".bw-items, .bw-list, main ul")


def changes_the_password(hands: Hands) -> None:
    hands.visit("profile")
    hands.type("input[name=current]", PASSWORD)
    hands.type("input[name=new]", NEW_PASSWORD)
    hands.press("form[action*='/password'] .bw-btn")
    hands.there(SUCCESS)


def logs_out(hands: Hands) -> None:
    hands.visit("profile")
    hands.press(".bw-head summary")
    hands.press("form[action*='/sign-out'] button")
    hands.there("input[name=password]")


def goes_through_the_portal(hands: Hands) -> None:
    """One embed for all: a stranger logs in, comes to the first section, and goes from each to the next."""
    hands.visit("portal")
    hands.type("input[name=email]", "ada@example.com")
    hands.type("input[name=password]", NEW_PASSWORD)
    hands.press("main form button")
    hands.sees("Massage", ".bw-list")
    for section, found in (
        ("book", f"main a[href*='{hands.stage.yoga.ids['flow'].hex}']"),
        ("profile", "input[name=given_name]"),
    ):
        hands.press(f".bw-nav a[href$='/{section}/']")
        hands.there(f".bw-nav a[href$='/{section}/'][aria-current=page]")
        hands.there(found)
    hands.press(".bw-head summary")
    hands.press("form[action*='/sign-out'] button")
    hands.there("input[name=password]")
    hands.visit("portal")
    hands.there("input[name=password]")


def books_as_a_guest(hands: Hands) -> None:
    to_service(hands, "flow")
    keep_a_time(hands)
    hands.press("button[name=do][value=review].bw-btn")
    hands.there("[aria-invalid=true]")
    gives_name_and_books(hands)


def gives_name_and_books(hands: Hands) -> None:
    hands.type("input[name=given_name]", "Sam")
    hands.type("input[name=email]", "sam@example.com")
    hands.press("button[name=do][value=review].bw-btn")
    hands.press("button[name=do][value=confirm]")
    hands.sees("You are booked", SUCCESS)


def cancels_by_the_mails_link(hands: Hands) -> None:
    yoga = hands.stage.yoga
    made = make_booking(yoga, customer="ben", days=12)
    with yoga.database.session(yoga.tenant_id) as session:
        stored = session.get_one(Booking, (yoga.tenant_id, made.id))
        hands.open(links(hands).booking(yoga.scope().tenant, stored.id, stored.link_version))
    hands.press("main a[href*='/cancel']")
    hands.press("main form[action*='/cancel'] .bw-btn--bad")
    hands.sees("cancelled", SUCCESS)


def links(hands: Hands) -> ServiceLinks:
    return ServiceLinks(hands.stage.service_origin, hands.stage.services.tokens)


def to_details(hands: Hands) -> None:
    hands.visit("bookings")
    hands.press("li:nth-of-type(2) .bw-menu summary")
    hands.press("li:nth-of-type(2) .bw-pop a")


def to_service(hands: Hands, name: str) -> None:
    hands.visit("book")
    hands.press(f"a[href*='{hands.stage.yoga.ids[name].hex}']")


def keep_a_time(hands: Hands) -> None:
    hands.choose("input[name=slot]")
    hands.press("main form .bw-btn--main")
    hands.there("button[name=do][value=review].bw-btn")


CUSTOMERS: dict[str, Callable[[Hands], None]] = {
    "Log in, wrong and right": logs_in,
    "Filter the bookings": filters,
    "Reschedule": reschedules,
    "Read the details, write a note": reads_and_notes,
    "Transfer a ticket": transfers,
    "Cancel, and undo it": cancels_and_undoes,
    "Rate with half stars": rates,
    "Join a waiting list, leave it": joins_and_leaves,
    "Book": books,
    "Book every week, cancel all later dates": repeats_and_ends_it,
    "Change the profile": edits_the_profile,
    "Add a child to the profile": names_a_companion,
    "Change the password": changes_the_password,
    "Log out": logs_out,
    "Portal: log in, go through its sections, log out": goes_through_the_portal,
    "Book as a guest, after a mistake": books_as_a_guest,
    "Cancel by the link of a mail": cancels_by_the_mails_link,
}
