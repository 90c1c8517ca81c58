"""Which pages, menu entries and buttons each switch of a feature governs. With the switch off, all of them are gone.

What holds for the whole business answers 404 here, before any view. What one service may have and another not is
decided by the rules of the booking, which refuse it with the reason.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from bookwidget.accounts.settings import COMPANIONS_KEPT, PORTAL_ENABLED, PROFILE_ENABLED
from bookwidget.bookings import settings as bookings
from bookwidget.bookings.settings_waiting import WAITLIST_ALLOWED
from bookwidget.tenancy.settings import Setting, Settings


@dataclass(frozen=True)
class Feature:
    """One switch. Pages are named by their endpoints, `*` standing for anything: `bookings.cancel` and `booking.cancel`
    are pages of two widgets about the same.
    """

    switch: Setting[Any]
    pages: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    """Pages that stay all the same."""
    section: str = ""
    """The widget that is not there without it, in menus, snippets and addresses."""
    is_decided_later: bool = False
    """By the rules of one booking, or by the sign-in; else every page answers 404 here."""
    fields: tuple[str, ...] = ()
    """Names of fields in other pages' forms that are gone, too."""

    def is_on(self, settings: Settings) -> bool:
        is_on: bool = settings[self.switch] != self.switch.off
        return is_on

    def governs(self, endpoint: str) -> bool:
        return any(fnmatchcase(endpoint, one) for one in self.pages) and endpoint not in self.but


FEATURES = (
    Feature(PORTAL_ENABLED, ("portal.*", "bookings.*", "profile.*", "login.*"), is_decided_later=True),
    Feature(PROFILE_ENABLED, ("profile.*",), but=("profile.messages",), section="profile"),
    Feature(COMPANIONS_KEPT, ("profile.people", "profile.one_person"), fields=("remember-0", "who-0")),
    Feature(bookings.ONLINE, ("book.offers", "book.times", "book.chosen", "book.wait"), section="book"),
    Feature(WAITLIST_ALLOWED, ("book.wait",), is_decided_later=True),
    Feature(bookings.REPEAT_ALLOWED, fields=("repeat",)),
    Feature(bookings.CANCEL_ALLOWED, ("*.cancel", "*.cancel-ticket"), is_decided_later=True),
    Feature(bookings.MOVE_ALLOWED, ("*.move", "*.move-all"), is_decided_later=True),
    Feature(bookings.TRANSFER_ALLOWED, ("*.transfer",), is_decided_later=True),
    Feature(bookings.POSTPONE_ALLOWED, ("*.postpone",), is_decided_later=True),
    Feature(bookings.CANCELLED_IS_FINAL, ("*.resume",), is_decided_later=True),
    Feature(bookings.NOTES_ALLOWED, ("*.notes",), is_decided_later=True),
    Feature(bookings.RATINGS, ("*.rate", "*.withdraw"), is_decided_later=True),
    Feature(bookings.CALENDAR_FEEDS, ("profile.calendar",)),
)
"""All of them; `tests/contract/test_features.py` turns each off and looks."""


@cache
def needed_for(endpoint: str) -> tuple[Feature, ...]:
    """The features without which a page is not there at all."""
    return tuple(one for one in FEATURES if not one.is_decided_later and one.governs(endpoint))


@cache
def needed_by(slug: str) -> tuple[Feature, ...]:
    """The features without which a widget is not there at all."""
    return tuple(one for one in FEATURES if one.section == slug)


def features_on(settings: Settings) -> frozenset[str]:
    """Names of the switches of what the business has, whatever one of its services says otherwise."""
    return frozenset(one.switch.name for one in FEATURES if one.is_on(settings))


def has_page(settings: Settings, endpoint: str) -> bool:
    return all(one.is_on(settings) for one in needed_for(endpoint))


def has_widget(settings: Settings, slug: str) -> bool:
    return all(one.is_on(settings) for one in needed_by(slug))
