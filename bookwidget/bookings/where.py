"""Where an appointment takes place: at one of the service's locations, or at the customer's own address."""

from dataclasses import dataclass
from uuid import UUID

from bookwidget.catalog.actions import LocationFacts, ServiceFacts, list_locations
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope

AT_CUSTOMER = "customer"
"""What a form sends in place of a location's id."""
MAX_ADDRESS = 300


@dataclass(frozen=True)
class Wherever:
    """Where a service can take place. A class says it at its dates, so here it has none."""

    locations: tuple[LocationFacts, ...] = ()
    is_at_customer: bool = False

    @property
    def has_choice(self) -> bool:
        return len(self.locations) + self.is_at_customer > 1


@dataclass(frozen=True)
class Where:
    """One of them; neither: the business did not say."""

    location_id: UUID | None = None
    address: str = ""
    """The customer's."""


def wherever(scope: Scope, service: ServiceFacts) -> Wherever:
    """One statement for an appointment, none for a class."""
    return Wherever() if service.is_class else Wherever(list_locations(scope, service.id), service.is_at_customer)


def checked_where(places: Wherever, chosen: str, address: str) -> Where:
    """What a form's `where` (a location's id, `AT_CUSTOMER` or nothing) and `visit_address` say. Where there is only
    one place nothing has to be chosen. `Refused` under these names.
    """
    if not places.has_choice:
        chosen = AT_CUSTOMER if places.is_at_customer else "".join(one.id.hex for one in places.locations)
    if not chosen and not places.locations:
        return Where()
    if chosen == AT_CUSTOMER and places.is_at_customer:
        return Where(address=clean_line(address, "visit_address", longest=MAX_ADDRESS, required=True))
    location = next((one for one in places.locations if one.id.hex == chosen), None)
    if location is None:
        raise Refused("where", _("Please choose where."))
    return Where(location.id)
