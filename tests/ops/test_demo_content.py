"""What the demo's database holds, and when it is made anew."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bookwidget.bookings.actions import BookingPage, ListQuery, Tab, list_bookings
from bookwidget.config import Config
from bookwidget.kernel.actors import customer
from bookwidget.ops.demo_content import BUSINESSES
from bookwidget.ops.demo_content.harbour_yoga import AVA, LEO, SAM
from bookwidget.ops.demo_database import prepare
from bookwidget.ops.errors import DemoError
from bookwidget.tenancy.actions import facts_of
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.platform import create_tenant, find_tenant, list_tenants
from bookwidget.tenancy.scope import Scope
from bookwidget.theming.branding import Branding
from tests.ops.conftest import SITES_PORT
from tests.ops.reading import customer_ids

TODAY = datetime.now(UTC)


def pages(config: Config, slug: str, email: str, now: datetime = TODAY) -> dict[Tab, BookingPage]:
    database = Database(config.database_url)
    try:
        tenant = find_tenant(database, slug)
        assert tenant is not None
        with database.session(tenant) as session:
            person = customer_ids(session)[email]
            scope = Scope(session, facts_of(session), customer(person), now)
            return {tab: list_bookings(scope, ListQuery(tab=tab)) for tab in Tab}
    finally:
        database.dispose()


@pytest.fixture
def config(demo_instance: Path) -> Config:
    return Config.load({}, instance=demo_instance)


def test_each_customer_shows_what_demo_json_says(config: Config) -> None:
    for business in BUSINESSES:
        for person in business.customers:
            upcoming = pages(config, business.slug, person.email)[Tab.UPCOMING]
            services = {row.service for row in upcoming.rows}
            assert person.has in services or (person is SAM and not services)


def test_one_has_some_of_everything(config: Config) -> None:
    shown = pages(config, "harbour-yoga", AVA.email)
    assert {tab: page.total for tab, page in shown.items()} == {
        Tab.UPCOMING: 5,
        Tab.WAITING: 2,
        Tab.PAST: 10,
        Tab.CANCELLED: 3,
    }
    line, offered = shown[Tab.WAITING].rows
    assert (line.position, line.offer) == (2, None)
    assert offered.offer is not None
    assert offered.offer.is_kept
    assert any(attendee.is_child for row in shown[Tab.UPCOMING].rows for attendee in row.attendees)
    assert any(row.moves for row in shown[Tab.UPCOMING].rows)


def test_one_has_a_history_of_pages(config: Config) -> None:
    past = pages(config, "harbour-yoga", LEO.email)[Tab.PAST]
    assert past.total >= 60
    assert past.pages >= 3


def test_one_has_nothing(config: Config) -> None:
    assert {page.total for page in pages(config, "harbour-yoga", SAM.email).values()} == {0}


def test_the_logo_is_where_uploads_are(config: Config) -> None:
    database = Database(config.database_url)
    for tenant in list_tenants(database):
        with database.session(tenant.id) as session:
            logo = Branding.from_json({"name": "", **facts_of(session).branding}).logo
        assert logo is not None
        assert (config.files / tenant.id.hex / logo.file).is_file()
    database.dispose()


def test_the_same_day_keeps_what_was_changed(config: Config) -> None:
    before = ids(config)
    assert "stands" in prepare(config, SITES_PORT, TODAY)
    assert ids(config) == before


def test_another_day_is_made_anew_and_strangers_stay(config: Config) -> None:
    before = ids(config)
    database = Database(config.database_url)
    make_stranger(database, "somebody-else")
    later = TODAY + timedelta(days=3)
    assert f"made anew for {later.date()}" in prepare(config, SITES_PORT, later)
    after = {tenant.slug: tenant.id for tenant in list_tenants(database)}
    database.dispose()
    assert set(after) == {*before, "somebody-else"}
    assert all(after[slug] != id for slug, id in before.items())
    assert pages(config, "harbour-yoga", AVA.email, later)[Tab.UPCOMING].total == 5


@pytest.mark.parametrize("day", range(0, 7, 2))
@pytest.mark.slow
def test_every_weekday_and_hour_has_the_same_demo(tmp_path: Path, day: int) -> None:
    now = datetime(2026, 3, 27, 1, 30, tzinfo=UTC) + timedelta(days=day, hours=day * 5)
    config = Config.load({}, instance=tmp_path)
    prepare(config, SITES_PORT, now)
    assert pages(config, "harbour-yoga", AVA.email, now)[Tab.UPCOMING].total == 5
    assert pages(config, "bright-home", BUSINESSES[1].customers[0].email, now)[Tab.UPCOMING].total == 5


def test_another_businesses_slug_is_never_taken_over(tmp_path: Path, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    make_stranger(database, "harbour-yoga")
    database.dispose()
    config = Config.load({}, instance=tmp_path / "instance", database_url=sqlite_url)
    with pytest.raises(DemoError, match="this demo did not make"):
        prepare(config, SITES_PORT, TODAY)


@pytest.mark.postgresql
def test_it_stands_on_postgresql_and_is_made_anew_there(tmp_path: Path, postgresql_url: str) -> None:
    config = Config.load({}, instance=tmp_path, database_url=postgresql_url)
    prepare(config, SITES_PORT, TODAY)
    assert "made anew" in prepare(config, SITES_PORT, TODAY + timedelta(days=1))


def ids(config: Config) -> dict[str, object]:
    database = Database(config.database_url)
    try:
        return {tenant.slug: tenant.id for tenant in list_tenants(database)}
    finally:
        database.dispose()


def make_stranger(database: Database, slug: str) -> None:
    create_tenant(
        database,
        slug=slug,
        name="Somebody Else",
        email="hello@example.com",
        locale="en_GB",
        timezone="Europe/London",
        currency="GBP",
        now=TODAY,
    )
