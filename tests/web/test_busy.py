"""Somebody else holds what a request needs: it waits a little, then says so kindly, and changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from bookwidget.bookings.models import Booking
from bookwidget.tenancy import database, postgresql
from tests import factories
from tests.bookings.acting import Acting, events
from tests.fixtures import NOW
from tests.web_fixtures import Forms, Web


@contextmanager
def held(web: Web, code: str) -> Iterator[None]:
    """The booking, by somebody who does not come to an end. On SQLite that is the whole file."""
    with web.database.all_tenants("a test's lock", writing=True) as connection:
        connection.execute(select(Booking.id).where(Booking.code == code).with_for_update()).one()
        yield


def test_a_lock_that_is_held_is_a_kind_503(web_everywhere: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web = web_everywhere
    code = factories.make_booking(web.yoga).code
    ada = web.customer()
    fields = ada.form(f"bookings/{code}/cancel")
    monkeypatch.setattr(postgresql, "LIMITS", ("lock_timeout = '200ms'",))
    monkeypatch.setattr(database, "PRAGMAS", ("busy_timeout=200", *database.PRAGMAS[1:]))
    web.database.dispose()  # what is connected has the limits of before
    with held(web, code):
        answer = ada.post(f"bookings/{code}/cancel", {**fields, "reason": "ill"})
        assert ada.get(f"bookings/{code}").status_code == 200, "readers wait for nobody"
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Please try again in a moment. Nothing was changed." in answer.text
    assert not events(web.yoga, "booking.cancelled")
    [(action, again)] = Forms(answer.text).found.items()
    assert (action, again) == ("", {**fields, "reason": "ill"}), "what was typed is sent by its button"
    assert ada.post(f"bookings/{code}/cancel", again).status_code == 303
    assert Acting(web.yoga).read_booking(code).status == "cancelled"


@pytest.mark.postgresql
def test_who_serves_tenants_has_limits_and_the_platform_none(postgresql_url: str) -> None:
    made = database.Database(postgresql_url)
    world = factories.make_world(made, slug="yoga", now=NOW)
    names = ("lock_timeout", "statement_timeout")
    settings = select(*(func.current_setting(name) for name in names))
    with made.session(world.tenant_id) as session:
        assert session.rows(settings).one() == ("5s", "15s")
    with made.all_tenants("a test's look") as connection:
        assert connection.execute(settings).one() == ("0", "0")
    made.dispose()
