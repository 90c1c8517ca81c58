"""A booking as a page has it: by whom it was opened, and where its pages lie."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import redirect
from flask.wrappers import Response

from bookwidget.bookings.actions import BookingDetails
from bookwidget.kernel.actors import Door
from bookwidget.tenancy.scope import Scope


@dataclass(frozen=True)
class Opened:
    """One booking, opened by its customer: signed in, or by the link of a mail."""

    scope: Scope
    """In which its customer acts."""
    booking: BookingDetails
    url: str
    """Of its own page; the pages of what can be done lie below it."""
    template: str
    """Of its own page; it extends `one_booking/details.html`."""
    after: Callable[[str], str]
    """Where to go after a deed that is named as in its note: `cancelled`, `moved`, `restored`, …"""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the template is given besides."""

    @property
    def is_whole_series(self) -> bool:
        """Whether changes may reach the other dates of its series: a mail's link opens one booking only."""
        return self.booking.series_id is not None and self.scope.actor.door is not Door.MAIL

    def url_of(self, code: str) -> str:
        """Of another booking of the same customer's, where this one was opened by its code."""
        return self.url.removesuffix(self.booking.code) + code

    def page(self, name: str, **query: Any) -> str:
        """The address of a page below its own. Values of None are left out of the query."""
        asked = urlencode({key: value for key, value in query.items() if value is not None})
        return f"{self.url}/{name}?{asked}" if asked else f"{self.url}/{name}"

    def stay(self, deed: str) -> Response:
        """The answer to a success that is said on the booking's own page, as long as it is true."""
        return redirect(f"{self.url}?done={deed}", 303)  # type: ignore[return-value]

    def done(self, deed: str) -> Response:
        """The answer to a success."""
        return redirect(self.after(deed), 303)  # type: ignore[return-value]
