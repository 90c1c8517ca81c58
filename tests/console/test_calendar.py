"""The console's calendar: what takes place by hour and by day, closed hours, and free ones that lead to a booking."""

import re
from datetime import timedelta
from html import unescape

from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import TimeOff
from tests.bookings.test_statements import counted
from tests.console.desks import hire, nobody, owner, sign_in
from tests.factories import make_appointment, make_booking, make_class
from tests.web_fixtures import Web


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_a_week_shows_what_takes_place_by_hour_and_what_overlaps(web_everywhere: Web) -> None:
    web = web_everywhere
    one = make_class(web.yoga, starts_at=web.now + timedelta(days=1), capacity=9)
    make_booking(web.yoga, occurrence=one, tickets=2)
    booking = make_appointment(web.yoga, starts_at=web.now + timedelta(days=1), provider="tom")
    make_class(web.yoga, starts_at=web.now + timedelta(days=1, hours=4), state="cancelled", provider_id=None)
    make_class(web.yoga, starts_at=web.now + timedelta(days=8))
    make_class(web.other, starts_at=web.now + timedelta(days=1))
    visitor = owner(web)
    page = visitor.get("calendar/").text
    said = words(page)
    assert "Mon 23 Nov – Sun 29 Nov" in said
    for entry in ("09:00–10:15 Slow Flow 2 / 9 Mara Oduya", "09:00–10:00 Ada Byron Massage Tomas Reyl", "(Cancelled)"):
        assert entry in said, entry
    assert said.count("Slow Flow until 10:15") == 1
    assert page.count("/console/dates/") - page.count('"/console/dates/"') == 2
    assert booking.code in page
    only = words(visitor.get(f"calendar/?who={web.yoga.ids['tom'].hex}").text)
    assert "Ada Byron" in only
    assert "2 / 9" not in only
    assert "09:00 Slow Flow" in words(visitor.get("calendar/?view=month").text)
    assert "Slow Flow" not in words(visitor.get("calendar/?view=day").text)


def test_a_free_hour_leads_to_a_booking_at_that_time_and_closed_ones_do_not(web: Web) -> None:
    visitor, off = owner(web), web.now.date() + timedelta(days=2)
    web.yoga.add(TimeOff(id=uuid7(), provider_id=None, first_day=off, last_day=off))
    page = visitor.get(f"calendar/?who={web.yoga.ids['mara'].hex}").text
    free = [unescape(link) for link in re.findall(r'bw-cal-free" href="([^"]+)"', page)]
    assert {link.split("day=")[1][:10] for link in free} == {"2026-11-24", "2026-11-25", "2026-11-27"}, (
        "a weekday to come"
    )
    assert len(free) == 8 * 3
    who = visitor.get(next(link for link in free if "day=2026-11-25&at=14:00" in link))
    links = [unescape(link) for link in re.findall(r'href="([^"]+customer=[^"]+)"', who.text)]
    [ada] = [link for link in links if web.yoga.ids["ada"].hex in link]
    times = visitor.get(ada).text
    assert re.search(r"checked>\s*<span>14:00", times), "the time is chosen"
    assert "time off" in page


def test_any_page_takes_the_same_number_of_statements_and_nothing_breaks_it(web: Web) -> None:
    hire(web.yoga, "sam@staff.example", "staff")
    visitor, numbers = sign_in(nobody(web), "sam@staff.example"), []
    for more in (0, 12):
        for n in range(more):
            make_booking(web.yoga, occurrence=make_class(web.yoga, days=n / 4, provider_id=None))
        for view in ("day", "week", "month"):
            with counted(web.database) as sent:
                assert visitor.get(f"calendar/?view={view}").status_code == 200
            numbers.append((view, len(sent)))
    assert numbers[:3] == numbers[3:]
    for odd in ("view=x&day=x&who=x", "day=0001-01-01&view=month", "day=9999-12-31&view=month", "day=9999-12-31"):
        assert visitor.get(f"calendar/?{odd}").status_code == 200
