"""Reading what is offered, which anybody may, and changing what is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bookwidget.catalog import store
from bookwidget.catalog.questions import (
    KeptQuestion,
    QuestionFacts,
    QuestionKind,
    WantedQuestion,
    add_question,
    change_question,
    cleaned,
    list_kept_questions,
    list_questions,
    place_question,
    retire_question,
)
from bookwidget.kernel.errors import Missing
from bookwidget.tenancy.scope import Scope

__all__ = [
    "KeptQuestion",
    "LocationFacts",
    "ProviderFacts",
    "QuestionFacts",
    "QuestionKind",
    "ServiceFacts",
    "TicketTypeFacts",
    "WantedQuestion",
    "add_question",
    "change_question",
    "cleaned",
    "list_all_locations",
    "list_everybody",
    "list_kept_questions",
    "list_locations",
    "list_providers",
    "list_questions",
    "list_services",
    "list_ticket_types",
    "place_question",
    "read_service",
    "retire_question",
]


@dataclass(frozen=True)
class ServiceFacts:
    """A service as read once for an action."""

    id: UUID
    name: str
    description: str
    kind: str
    """`class` or `appointment`."""
    minutes: int
    minutes_before: int
    minutes_after: int
    step_minutes: int
    capacity: int
    price: int
    """Minor units of the tenant's currency."""
    is_active: bool
    settings: Mapping[str, Any]
    """Overrides, for `Settings.for_service`."""
    is_at_customer: bool
    """Can take place at the customer's own address."""

    @property
    def is_class(self) -> bool:
        return self.kind == "class"


@dataclass(frozen=True)
class TicketTypeFacts:
    id: UUID
    name: str
    price: int
    is_child: bool


@dataclass(frozen=True)
class ProviderFacts:
    id: UUID
    name: str


@dataclass(frozen=True)
class LocationFacts:
    id: UUID
    name: str
    address: str


def list_services(scope: Scope) -> tuple[ServiceFacts, ...]:
    """The active ones, by name."""
    return tuple(ServiceFacts(*row) for row in scope.session.rows(store.SERVICES))


def read_service(scope: Scope, service_id: UUID) -> ServiceFacts:
    """Also one that is no longer active, because old bookings refer to it. Raises `Missing`."""
    row = scope.session.rows(store.SERVICE, {"service": service_id}).one_or_none()
    if row is None:
        raise Missing
    return ServiceFacts(*row)


def list_ticket_types(scope: Scope, service_id: UUID) -> tuple[TicketTypeFacts, ...]:
    """In the order in which the business made them."""
    return tuple(TicketTypeFacts(*row) for row in scope.session.rows(store.TICKET_TYPES, {"service": service_id}))


def cheapest_ticket_types(scope: Scope) -> dict[UUID, int]:
    """What the cheapest type costs, by service; services without types are not named. One statement."""
    return {row[0]: row[1] for row in scope.session.rows(store.CHEAPEST)}


def list_providers(scope: Scope, service_id: UUID) -> tuple[ProviderFacts, ...]:
    """The active ones who perform it, by name."""
    return tuple(ProviderFacts(*row) for row in scope.session.rows(store.PROVIDERS, {"service": service_id}))


def list_everybody(scope: Scope) -> tuple[ProviderFacts, ...]:
    """The active ones, whatever they perform, by name."""
    return tuple(ProviderFacts(*row) for row in scope.session.rows(store.EVERYBODY))


def list_locations(scope: Scope, service_id: UUID) -> tuple[LocationFacts, ...]:
    """Where its appointments can take place, by name."""
    return tuple(LocationFacts(*row) for row in scope.session.rows(store.LOCATIONS, {"service": service_id}))


def list_all_locations(scope: Scope) -> tuple[LocationFacts, ...]:
    """Those of the business, whatever takes place there, by name."""
    return tuple(LocationFacts(*row) for row in scope.session.rows(store.ALL_LOCATIONS))
