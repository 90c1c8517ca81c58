"""What those who work for a business do at the console, for every way of using a page."""

from collections.abc import Callable
from datetime import timedelta

from tests.browser.hands import Hands
from tests.browser.stage import next_weekday
from tests.factories import PASSWORD, make_appointment, make_booking

SUCCESS = "[role=status]"
MAIN = "main form[method=post] .bw-btn--main"


def open_page(hands: Hands, page: str = "") -> None:
    hands.open(f"{hands.stage.service_origin}/console/{page}")


def logs_in(hands: Hands) -> None:
    open_page(hands, "bookings/")
    hands.type("input[name=email]", "owner@yoga.example")
    hands.type("input[name=password]", PASSWORD)
    hands.press("main form button")
    hands.there(".bw-who")


def books_for_a_customer(hands: Hands) -> None:
    open_page(hands, "bookings/")
    hands.press("main a[href*='/bookings/new']")
    hands.type("input[name=q]", "Okri")
    hands.press("form[role=search] button")
    hands.press(f"a[href*='customer={hands.stage.yoga.ids['ben'].hex}']")
    hands.choose("input[name=slot]")
    hands.press("main .bw-foot .bw-btn--main")
    hands.press(MAIN)
    hands.there(SUCCESS)


def moves_and_cancels(hands: Hands) -> None:
    yoga = hands.stage.yoga
    made = make_appointment(yoga, customer="ben", starts_at=next_weekday(yoga.now, hour=15))
    open_page(hands, f"bookings/?q={made.code}")
    hands.press(f"main a[href$='/{made.code}/']")
    hands.press("main a[href$='/move']")
    hands.choose("input[name=slot]")
    hands.press(MAIN)
    hands.there(SUCCESS)
    hands.press("main a[href$='/cancel']")
    hands.press("main form[action$='/cancel'] .bw-btn--bad")
    hands.there(".bw-undo, .bw-note--good")


def marks_attendance(hands: Hands) -> None:
    over = make_booking(hands.stage.yoga, customer="ben", days=-1)
    open_page(hands, f"bookings/{over.code}/")
    hands.press("main form[action$='/attendance'] button")
    hands.there(SUCCESS)


def adds_a_customer(hands: Hands) -> None:
    open_page(hands, "customers/")
    hands.press("main a[href$='/customers/new']")
    hands.type("input[name=given_name]", "Kim")
    hands.type("input[name=email]", "kim@example.com")
    hands.press(MAIN)
    hands.there(SUCCESS)


def adds_a_service(hands: Hands) -> None:
    open_page(hands, "services/")
    hands.press("main a[href$='/services/new']")
    hands.type("input[name=name]", "Shiatsu")
    hands.type("input[name=minutes]", "0")
    hands.press(MAIN)
    hands.there("[aria-invalid=true]")
    hands.type("input[name=minutes]", "50")
    hands.press(MAIN)
    hands.sees("Shiatsu")


def changes_a_setting(hands: Hands) -> None:
    open_page(hands, "settings/?q=places")
    hands.type("input[name='bookings.max_places']", "4")
    hands.press("main form[method=post] .bw-btn--main")
    hands.there(SUCCESS)


def saves_hours(hands: Hands) -> None:
    open_page(hands, "hours/")
    hands.press("main form[method=post] .bw-btn--main")
    hands.there(SUCCESS)


def looks_at_the_calendar(hands: Hands) -> None:
    ahead = hands.stage.yoga.now + timedelta(days=40)
    open_page(hands, f"calendar/?day={ahead:%Y-%m-%d}")
    hands.press("main a[href*='view=month']")
    hands.press("a.bw-cal-day")
    hands.press("main a[href*='view=week']")
    hands.press("a.bw-cal-free")
    hands.there("form[role=search] input[name=q]")


def publishes_dates(hands: Hands) -> None:
    service, at = hands.stage.yoga.ids["flow"].hex, next_weekday(hands.stage.yoga.now + timedelta(days=14), hour=19)
    open_page(hands, f"dates/new?service={service}&starts={at:%Y-%m-%dT%H:%M}&repeat=times&times=3&edit=1")
    hands.type("input[name=times]", "2")
    hands.press("main form .bw-btn--main")
    hands.choose("input[name=day]")
    hands.press(MAIN)
    hands.there(SUCCESS)


def invites_a_colleague(hands: Hands) -> None:
    open_page(hands, "team/")
    hands.press("main a[href$='/team/new']")
    hands.type("input[name=name]", "Mia")
    hands.press(MAIN)
    hands.there("[aria-invalid=true]")
    hands.type("input[name=email]", "mia@yoga.example")
    hands.press(MAIN)
    hands.there(SUCCESS)


def words_a_message(hands: Hands) -> None:
    open_page(hands, "messages/booking.made.customer.email/")
    hands.type("input[name=subject]", "{{ service }} is yours")
    hands.press("main form[data-live] .bw-btn--main")
    hands.there(SUCCESS)


def adds_a_location(hands: Hands) -> None:
    open_page(hands, "locations/")
    hands.press("main a[href$='/locations/new']")
    hands.type("input[name=name]", "Studio 2")
    hands.press(MAIN)
    hands.there(SUCCESS)


OWNERS: dict[str, Callable[[Hands], None]] = {
    "Console: log in": logs_in,
    "Console: book for a customer": books_for_a_customer,
    "Console: reschedule and cancel": moves_and_cancels,
    "Console: mark who came": marks_attendance,
    "Console: add a customer": adds_a_customer,
    "Console: add a service, after a mistake": adds_a_service,
    "Console: change a setting": changes_a_setting,
    "Console: save opening hours": saves_hours,
    "Console: look at the calendar, begin a booking": looks_at_the_calendar,
    "Console: publish dates of a class": publishes_dates,
    "Console: invite a colleague, after a mistake": invites_a_colleague,
    "Console: word a message": words_a_message,
    "Console: add a location": adds_a_location,
}
