"""Who acts, and through which door."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    CUSTOMER = "customer"
    MEMBER = "member"
    """Somebody of the business: owner, manager or staff."""
    SYSTEM = "system"
    """The worker or an operator at the command line."""
    VISITOR = "visitor"
    """Nobody is signed in."""


class Door(StrEnum):
    WIDGET = "widget"
    MAIL = "mail"
    CONSOLE = "console"
    API = "api"
    WORKER = "worker"
    COMMAND = "command"


@dataclass(frozen=True)
class Actor:
    """The acting person or process; `id` is the customer's or member's, None for system and visitors."""

    kind: ActorKind
    id: UUID | None
    door: Door

    @property
    def is_staff(self) -> bool:
        """Staff are not bound by the limits that bind customers."""
        return self.kind is ActorKind.MEMBER or self.kind is ActorKind.SYSTEM


def customer(id: UUID, door: Door = Door.WIDGET) -> Actor:
    return Actor(ActorKind.CUSTOMER, id, door)


def member(id: UUID) -> Actor:
    return Actor(ActorKind.MEMBER, id, Door.CONSOLE)


def visitor(door: Door = Door.WIDGET) -> Actor:
    return Actor(ActorKind.VISITOR, None, door)


def system(door: Door = Door.WORKER) -> Actor:
    return Actor(ActorKind.SYSTEM, None, door)
