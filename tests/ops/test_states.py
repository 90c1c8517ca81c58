"""The states of the workbench and of the pictures: each page that a widget has is among them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jinja2 import Environment

from bookwidget.bookings.models import Booking, WaitlistEntry
from bookwidget.config import Config
from bookwidget.ops import invented, shots
from bookwidget.ops.live import Live
from bookwidget.schedule.models import Hold
from bookwidget.tenancy.platform import find_tenant
from bookwidget.theming.lookup import ThemeLoader
from bookwidget.web.services import EXTENSION

ROOT = Path(__file__).parents[2]
SLUG = invented.LEFT_TO_RIGHT
NAMES = {
    "book": {
        "book", "book-service", "book-service-slot", "book-kept-kept", "book-kept-kept-refused",
        "book-kept-kept-filled", "book-kept-kept-2", "book-kept-kept-logged-out", "book-kept-kept-logged-out-refused",
        "book-kept-kept-logged-out-filled", "book-wait-slot-logged-out", "book-wait-slot-logged-out-refused",
        "book-waiting-told",
    },
    "bookings": {
        "bookings-code-cancel", "bookings-code-move-all-slot", "bookings-code-postpone-from",
        "bookings-code-resume-from", "bookings-code-cancel-ticket-ticket",
    },
    "portal": {"portal", "portal-logged-out"},
    "login": {"login-forgot-sent", "login-reset-token", "login-reset-token-refused", "login-email-token"},
    "booking": {"booking-waiting-token", "booking-token-transfer-from-service-slot-step"},
}  # fmt: skip
"""Some that nobody comes to by links alone: the review, a place kept too long, what only guests see, ways by mail."""
ELSEWHERE = {
    "booking/ended.html", "booking/waiting_ended.html",
    "bookings/waiting_gone.html", "login/closed.html", "one_booking/left_out.html",
}  # fmt: skip
"""What this business has not: a closed portal, links that are over, a series with dates that were left out."""


def short(path: Path) -> str:
    return f"{(path.parent.parent if path.parent.name == 'templates' else path.parent).name}/{path.name}"


def templates() -> set[str]:
    """Of widgets, and those that two of them share."""
    folders = (*ROOT.glob("widgets/*/templates"), ROOT / "bookwidget/web/templates/one_booking")
    return {short(path) for folder in folders for path in folder.rglob("*.html")}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    found: set[str] = set()
    load = ThemeLoader.get_source

    def get_source(self: ThemeLoader, environment: Environment, name: str) -> tuple[str, str, Callable[[], bool]]:
        source = load(self, environment, name)
        found.add(short(Path(source[1])))
        return source

    monkeypatch.setattr(ThemeLoader, "get_source", get_source)
    return found


@pytest.fixture
def live(cheap_hashes: None, tmp_path: Path) -> Iterator[Live]:
    with shots.serving(Config.read(), {SLUG: invented.of_demo(SLUG)}) as served:
        yield served


def rows(live: Live) -> list[int]:
    assert live.app is not None
    database = live.app.extensions[EXTENSION].database
    tenant = find_tenant(database, SLUG)
    assert tenant is not None
    with database.session(tenant) as session:
        return [session.query(one).count() for one in (Booking, Hold, WaitlistEntry)]


def test_each_page_of_each_widget_is_among_the_states_and_none_of_them_is_written(loaded: set[str], live: Live) -> None:
    before = rows(live)
    states = shots.states(live, SLUG, "")
    for widget, names in NAMES.items():
        assert names <= {state.name for one, state in states if one.slug == widget}
    assert templates() - loaded == ELSEWHERE
    assert rows(live) == before
