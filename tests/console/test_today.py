"""The console's first page: today's classes and appointments, and the figures of the day."""

import re
from datetime import timedelta
from html import unescape

from bookwidget.bookings.actions import agenda, figures
from bookwidget.bookings.models import WaitlistEntry
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.models import RefusedSite
from tests.bookings.test_statements import counted
from tests.console.desks import hire, nobody, origins, owner, sign_in
from tests.factories import make_appointment, make_booking, make_class
from tests.web_fixtures import Web


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_today_shows_what_takes_place_and_what_wants_looking_after(web_everywhere: Web) -> None:
    web = web_everywhere
    early = make_class(web.yoga, starts_at=web.now - timedelta(hours=2), capacity=5)
    make_booking(web.yoga, occurrence=early, tickets=2)
    full = make_class(web.yoga, starts_at=web.now + timedelta(hours=6), capacity=1, provider_id=web.yoga.ids["tom"])
    make_booking(web.yoga, occurrence=full, status="pending")
    web.yoga.add(
        WaitlistEntry(id=uuid7(), customer_id=web.yoga.ids["ben"], occurrence_id=full.id, joined_at=web.now)
    )  # fmt: skip
    make_class(web.yoga, starts_at=web.now + timedelta(hours=9), state="cancelled", provider_id=None)
    make_class(web.yoga, starts_at=web.now + timedelta(hours=10), state="released", provider_id=None)
    mine = make_appointment(web.yoga, starts_at=web.now - timedelta(minutes=30))
    make_booking(web.yoga, days=2, tickets=3)
    make_booking(web.other, days=0.1)
    web.yoga.add(RefusedSite(origin="https://blog.example", widget="login", last_at=web.now))
    visitor = owner(web)
    answer = visitor.get(visitor.get("/console/").location or "")
    assert '<h1 tabindex="-1">Tuesday 24 November 2026</h1>' in answer.text.replace("Tuesday,", "Tuesday")
    said = words(answer.text)
    for figure in ("Places booked today 4", "On waiting lists 1", "To approve 1", "This week’s bookings £144.00"):
        assert figure in said, figure
    for row in (
        "07:00 Slow Flow",
        "2 / 5 Done",
        "08:30 Ada Byron Massage · Mara Oduya Now",
        "Full, 1 waiting",
        "Cancelled",
    ):
        assert row in said, row
    assert said.count("Slow Flow") == 3, "what was taken back is nowhere, and tomorrow is another day"
    assert mine.code in answer.text
    visitor.send(f"sites/refused/{answer.text.split('/refused/')[1][:32]}/allow", "today/")
    assert origins(web.yoga) == ["https://blog.example", "https://yoga.localhost"]


def test_staff_see_today_but_no_sites(web: Web) -> None:
    hire(web.yoga, "sam@staff.example", "staff")
    web.yoga.add(RefusedSite(origin="https://blog.example", widget="login", last_at=web.now))
    page = sign_in(nobody(web), "sam@staff.example").get("today/")
    assert page.status_code == 200
    assert "Nothing takes place today" in page.text
    assert "blog.example" not in page.text


def test_a_day_takes_one_statement_whatever_there_is(web: Web) -> None:
    numbers = []
    for more in (0, 12):
        for n in range(more):
            make_booking(
                web.yoga, occurrence=make_class(web.yoga, starts_at=web.now + timedelta(hours=n), provider_id=None)
            )
        scope = web.yoga.staff_scope()
        with scope.session, counted(web.yoga.database) as sent:
            found = agenda(scope, web.now.date(), web.now.date())
            figures(scope, 0)
        numbers.append((len(sent), len(found)))
    assert numbers == [(2, 0), (2, 12)]
