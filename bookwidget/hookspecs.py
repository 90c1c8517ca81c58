"""The places where plugins take part, with what they are given. docs/hooks.md lists them; a test holds it to this.

A plugin is a module with functions of these names, marked with `hookimpl`. Except for the folders, which are asked for
when the service starts, it takes part only for businesses whose setting `extras.on` names it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

from bookwidget.kernel.actors import Actor
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text

if TYPE_CHECKING:
    from bookwidget.bookings.policy import BookingFacts
    from bookwidget.bookings.results import BookingRow
    from bookwidget.events.store import Happened
    from bookwidget.tenancy.scope import TenantFacts

PROJECT = "bookwidget"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    """What a plugin may implement; each takes as many of the arguments as it wants, by name."""

    @hookspec
    def widget_folders(self) -> Sequence[Path]:  # type: ignore[empty-body]
        """More folders to find widgets in. Asked once, when the service starts, for all businesses."""

    @hookspec
    def theme_folders(self) -> Sequence[Path]:  # type: ignore[empty-body]
        """More folders to find themes in. Asked once, when the service starts, for all businesses."""

    @hookspec
    def happened(self, business: "TenantFacts", event: "Happened") -> None:
        """Something happened, such as `booking.made`: it is stored, and the worker tells of it. At least once for each
        event; `event.id` says which.
        """

    @hookspec
    def menu_entries(self, business: "TenantFacts", entries: Sequence[Any]) -> Sequence[Any]:  # type: ignore[empty-body]
        """The menu of a signed-in customer, as `MenuItem`s: give back the ones to be shown."""

    @hookspec
    def booking_rows(  # type: ignore[empty-body]
        self, business: "TenantFacts", rows: Sequence["BookingRow"]
    ) -> Sequence["BookingRow"]:
        """The rows of one page of the list of bookings: give back the ones to be shown."""

    @hookspec
    def page_context(  # type: ignore[empty-body]
        self, business: "TenantFacts", template: str, page: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """What a page gives to its template, such as `bookings/list.html`: give back all of it, with what is to be more
        or otherwise.
        """

    @hookspec
    def send_text(self, business: "TenantFacts", to: str, text: str, key: str) -> bool | None:
        """A text message is to leave: True, once it is in safe hands; None: not by this plugin, so by another or the
        installation's gateway. False, or an error: not now, and the worker asks again later. `to` is E.164; `key` stays
        the same each time, so that nobody gets a message twice.
        """

    @hookspec
    def refuse(self, permission: Permission, booking: "BookingFacts", actor: Actor, now: datetime) -> Text | None:
        """Why somebody may not do something with a booking that the rules allow; None: they may. This one decides, so
        it fails closed: when it raises, or takes too long, the answer is no.
        """
