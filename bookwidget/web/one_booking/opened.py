"""A booking as a page has it: by whom it was opened, and where its pages lie."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import redirect
from flask.wrappers import Response

from bookwidget.bookings.actions import BookingDetails
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
