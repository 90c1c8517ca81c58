"""Clocks of two hosts of one installation differ: what one has just signed, the other takes."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bookwidget.kernel.clock import utc_now
from tests import factories
from tests.web_fixtures import Web

Read = Callable[[], bool]
SECOND = timedelta(seconds=1)


def form(web: Web) -> Read:
    visitor = web.visitor()
    fields = visitor.form("login/")
    return lambda: (
        visitor.post("login/", {**fields, "email": "ada@example.com", "password": "wrong"}).status_code == 422
    )


def file(web: Web) -> Read:
    path = f"bookings/{factories.make_booking(web.yoga).code}/calendar"
    asked = web.customer().get(path, headers={"X-Bookwidget": "1"})
    link = asked.headers["X-Bookwidget-File"]
    return lambda: web.visitor().get(link).status_code == 200


def password(web: Web) -> Read:
    tokens, yoga = web.services.tokens, web.yoga
    token = tokens.reset(yoga.tenant_id, yoga.ids["ada"], "x")
    return lambda: tokens.read_reset(yoga.tenant_id, token) is not None


@pytest.mark.parametrize(
    ("make", "reader", "seconds"),
    [(form, "web.guard", 12 * 3600), (file, "web.files", 60), (password, "accounts.tokens", 3600)],
)
def test_a_minute_s_difference_is_none(
    web: Web, monkeypatch: pytest.MonkeyPatch, make: Callable[[Web], Read], reader: str, seconds: int
) -> None:
    is_taken = make(web)
    for ahead, expected in ((-62, False), (-58, True), (0, True), (seconds - 2, True), (seconds + 2, False)):
        monkeypatch.setattr(f"bookwidget.{reader}.utc_now", lambda ahead=ahead: utc_now() + ahead * SECOND)
        assert is_taken() is expected, ahead
