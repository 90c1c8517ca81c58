"""A service with invented businesses in a folder of its own, for people who make widgets and themes."""

import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bookwidget import create_app
from bookwidget.accounts.models import Customer
from bookwidget.bookings.actions import waiting_token
from bookwidget.bookings.models import Booking, Ticket, WaitlistEntry
from bookwidget.config import Config
from bookwidget.kernel.clock import Clock, utc_now
from bookwidget.migrations import migrate
from bookwidget.ops.demo_content import BUSINESSES, Business
from bookwidget.ops.demo_content.appointments import Hours, add_services, add_team, come_every, repeat
from bookwidget.ops.demo_content.business import Building, build
from bookwidget.ops.demo_database import new_tenant
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.platform import find_tenant
from bookwidget.tenancy.session import TenantSession
from bookwidget.web.services import EXTENSION, Services
from bookwidget.web.states import FoundForm, Page
from bookwidget.web.visits import HOSTED

GUARD = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
OF_THEME = {"accent", "surface", "radius", "font", "scheme"}
MORE = {"bookings.cancelled_is_final": False, "bookings.postpone_allowed": True}
"""Settings by which customers can do all that there is."""
PRIVATE = {"Private Hour": (60, 5500, "One teacher, one mat: what you want to learn, at your own pace.")}
LEFT_TO_RIGHT, RIGHT_TO_LEFT, IN_GERMAN = "harbour-yoga", "noor-physio", "salon-lindner"


def of_demo(slug: str, *, theme: str = "") -> Business:
    """One of the demo's, where the first customer comes every week, too; in another theme it has that theme's own
    colours, corners and fonts.
    """
    known = next(one for one in BUSINESSES if one.slug == slug)
    found = replace(known, settings={**known.settings, **MORE}, fill=partial(fill_more, known))
    if not theme:
        return found
    plain = {name: value for name, value in found.branding.items() if name not in OF_THEME}
    return replace(found, theme=theme, branding=plain)


def fill_more(business: Business, building: Building) -> None:
    business.fill(building)
    if all(one.kind == "class" for one in building.services.values()):
        add_services(building, PRIVATE, minutes_after=15)
        add_team(building, {"Joan Pell": Hours((0, 1, 2, 3, 4), 9, 17, (*PRIVATE,))})
    service = next(one.name for one in building.services.values() if one.kind == "appointment")
    repeat(building, service)
    come_every(building, business.customers[0], service, 1, days=6)


def invent(config: Config, businesses: Mapping[str, Business] | None = None, *, clock: Clock = utc_now) -> Config:
    """Settings for a SQLite database in `config.instance` that holds these businesses under these short names, relative
    to now; by default one that is written from left to right.
    """
    made = replace(
        config,
        database_url=f"sqlite:///{config.instance / 'invented.db'}",
        secret_key=config.secret_key or secrets.token_urlsafe(48),
        development=True,
    )
    migrate(made.database_url)
    database, now = Database(made.database_url), clock()
    try:
        for slug, business in (businesses or {LEFT_TO_RIGHT: of_demo(LEFT_TO_RIGHT)}).items():
            tenant = new_tenant(database, replace(business, slug=slug), now)
            build(database, business, tenant, now, origins=[], files=made.files)
    finally:
        database.dispose()
    return made


class Guest:
    """The first customer of an invented business, in a browser without windows."""

    def __init__(
        self, config: Config, slug: str = LEFT_TO_RIGHT, business: Business | None = None, app: Flask | None = None,
        *, site: str = HOSTED,
    ) -> None:  # fmt: skip
        here, self.slug = business or of_demo(LEFT_TO_RIGHT), slug
        self.app, self.base = app or create_app(config), f"/w/{slug}/{site}/"
        self.here = config.public_url
        self.person, self.friend = here.customers[0], here.others[0]
        self.cookie = ""
        self.client: FlaskClient = self.app.test_client()

    def get(self, path: str) -> TestResponse:
        return self.client.get(self.base + path, base_url=self.here)

    def post(self, path: str, typed: dict[str, str], *, follows: bool = False) -> TestResponse:
        """Fills in the form at that address that has the first of these fields, and sends it. `follows`: redirects."""
        forms = self.get(path).text.split("<form")
        mine = next((form for form in forms if f'name="{next(iter(typed))}"' in form), "")
        found = GUARD.search(mine)
        data = {**typed, "csrf_token": found[1] if found else ""}
        origin = {"Origin": self.here}
        return self.client.post(
            self.base + path, base_url=self.here, data=data, headers=origin, follow_redirects=follows
        )

    def send(self, url: str, name: str, **typed: str) -> TestResponse:
        """Sends that page's first form with a field of this name, as it stands but for what is typed."""
        forms = Page(self.client.get(url, base_url=self.here).text).forms
        form = next((one for one in forms if name in {**one.kept, **one.choices}), FoundForm(url, "post"))
        data = {**form.empty, **form.choices, **form.kept, **typed}
        headers = {"Origin": self.here}
        return self.client.post(form.action or url, base_url=self.here, data=data, headers=headers)

    def come_further(self) -> list[str]:
        """Names somebody to book for, keeps a time and books another. Gives back the addresses that no link leads to:
        what is asked of who books, the page of a booking that is made, and those that stand in mails.
        """
        self.post("profile/people", {"name": self.friend.name})
        links = Page(self.get("book/").text).links
        service = next(url for url in links if url.startswith(f"{self.base}book/") and url != f"{self.base}book/")
        kept, other = (self.send(service, "slot").location for _time in range(2))
        made = self.send(other, "do", do="confirm").location if other else None
        return [*filter(None, (kept, made)), *self.special(), *self.mailed()]

    @contextmanager
    def at_home(self) -> Iterator[tuple[Services, TenantSession, Customer]]:
        """The application's parts, the business's records, and who they are there."""
        own: Services = self.app.extensions[EXTENSION]
        tenant = find_tenant(own.database, self.slug)
        if tenant is None:
            raise LookupError(self.slug)
        with own.database.session(tenant) as session:
            yield own, session, session.query(Customer).where(Customer.email == self.person.email).one()

    def special(self) -> list[str]:
        """A booking with several tickets; one that repeats, and what can be done with it and all later ones."""
        with self.at_home() as (own, session, person):
            mine = session.query(Booking).where(Booking.customer_id == person.id, Booking.status == "confirmed")
            coming = mine.where(Booking.starts_at > own.clock()).order_by(Booking.starts_at).all()
            places = Counter(ticket.booking_id for ticket in session.query(Ticket).all())
        pages = [f"{self.base}bookings/{one.code}" for one in coming if places[one.id] > 1][:1]
        for one in [one for one in coming if one.series_id][:1]:
            page, later = f"{self.base}bookings/{one.code}", one.starts_at + timedelta(days=20)
            moved = self.send(f"{page}/move", "slot", which="all").location
            pages += [page, f"{page}/cancel", f"{page}/postpone?from={later.date()}", *filter(None, (moved,))]
        return pages

    def mailed(self) -> list[str]:
        """For a new password, for a new address, and of a waiting list that they are on."""
        with self.at_home() as (own, session, person):
            tenant = session.tenant_id
            reset = own.tokens.reset(tenant, person.id, person.password_hash)
            other = own.tokens.new_email(tenant, person.id, person.email, f"new.{person.email}")
            mine = session.query(WaitlistEntry).where(WaitlistEntry.customer_id == person.id)
            waits = [waiting_token(own.tokens, tenant, one.id) for one in mine.order_by(WaitlistEntry.id)]
        paths = (f"login/reset/{reset}", f"login/email/{other}", *(f"booking/waiting/{one}" for one in waits))
        return [self.base + path for path in paths]

    def sign_in(self) -> "Guest":
        """`cookie` is then what their browser sends."""
        answer = self.post("login/", {"email": self.person.email, "password": self.person.password})
        self.cookie = "; ".join(one.partition(";")[0] for one in answer.headers.getlist("Set-Cookie"))
        return self
