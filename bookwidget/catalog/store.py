"""Statements on what is offered."""

from sqlalchemy import Integer, bindparam, delete, func, literal, or_, select, update

from bookwidget.catalog.models import (
    Location,
    Provider,
    Question,
    Service,
    ServiceLocation,
    ServiceProvider,
    TicketType,
)
from bookwidget.events.models import Event
from bookwidget.tenancy.models import Member

SERVICE_COLUMNS = (
    Service.id,
    Service.name,
    Service.description,
    Service.kind,
    Service.minutes,
    Service.minutes_before,
    Service.minutes_after,
    Service.step_minutes,
    Service.capacity,
    Service.price,
    Service.is_active,
    Service.settings,
    Service.is_at_customer,
)
"""In the order of the fields of `ServiceFacts`."""

SERVICE = select(*SERVICE_COLUMNS).where(Service.id == bindparam("service"))
SERVICES = select(*SERVICE_COLUMNS).where(Service.is_active.is_(True)).order_by(Service.name, Service.id)
KEPT_SERVICES = select(*SERVICE_COLUMNS).order_by(Service.name, Service.id)
PERFORMERS = (
    select(ServiceProvider.service_id, ServiceProvider.provider_id)
    .join(Provider, Provider.id == ServiceProvider.provider_id)
    .where(Provider.is_active.is_(True))
)
FORGET_PERFORMERS = delete(ServiceProvider).where(
    ServiceProvider.service_id == bindparam("of"),
    ServiceProvider.provider_id.in_(select(Provider.id).where(Provider.is_active.is_(True))),
)
"""Not those who are retired: they may come back."""
PROVIDERS = (
    select(Provider.id, Provider.name)
    .join(ServiceProvider, ServiceProvider.provider_id == Provider.id)
    .where(ServiceProvider.service_id == bindparam("service"), Provider.is_active.is_(True))
    .order_by(Provider.name, Provider.id)
)
EVERYBODY = select(Provider.id, Provider.name).where(Provider.is_active.is_(True)).order_by(Provider.name, Provider.id)
CHEAPEST = (
    select(TicketType.service_id, func.min(TicketType.price))
    .where(TicketType.is_active.is_(True))
    .group_by(TicketType.service_id)
)
TICKET_TYPES = (
    select(TicketType.id, TicketType.name, TicketType.price, TicketType.is_child)
    .where(TicketType.service_id == bindparam("service"), TicketType.is_active.is_(True))
    .order_by(TicketType.position, TicketType.id)
)
# In the order of the fields of `ticket_types.kept`.
KEPT_TICKET_TYPES = (
    select(TicketType.id, TicketType.name, TicketType.price, TicketType.is_child, TicketType.is_active)
    .where(TicketType.service_id == bindparam("service"))
    .order_by(TicketType.position, TicketType.id)
)
SET_TICKET_POSITION = update(TicketType).where(TicketType.id == bindparam("of")).values(position=bindparam("position"))
QUESTIONS = (
    select(Question.id, Question.kind, Question.label, Question.help, Question.options, Question.is_required)
    .where(
        or_(Question.service_id.is_(None), Question.service_id == bindparam("service")), Question.is_active.is_(True)
    )
    .order_by(Question.position, Question.id)
)
# In the order of the fields of `KeptQuestion`.
KEPT_COLUMNS = (
    Question.id,
    Question.kind,
    Question.label,
    Question.help,
    Question.options,
    Question.is_required,
    Question.service_id,
    Question.is_active,
)
KEPT_QUESTIONS = select(*KEPT_COLUMNS).order_by(Question.position, Question.id)
QUESTION = select(*KEPT_COLUMNS).where(Question.id == bindparam("question")).with_for_update()
LAST_POSITION = select(func.coalesce(func.max(Question.position), 0))
LOCK_QUESTIONS = select(Question.id).order_by(Question.id).with_for_update()
SET_POSITION = update(Question).where(Question.id == bindparam("of")).values(position=bindparam("position"))
SET_ASKED = update(Question).where(Question.id == bindparam("of")).values(is_active=bindparam("asked"))
ALL_LOCATIONS = (
    select(Location.id, Location.name, Location.address)
    .where(Location.is_active.is_(True))
    .order_by(Location.name, Location.id)
)
LOCATIONS = (
    select(Location.id, Location.name, Location.address)
    .join(ServiceLocation, ServiceLocation.location_id == Location.id)
    .where(ServiceLocation.service_id == bindparam("service"), Location.is_active.is_(True))
    .order_by(Location.name, Location.id)
)

# People and locations as staff see them, with the services that each is for.
KEPT_PROVIDERS = select(Provider.id, Provider.name, Provider.is_active).order_by(Provider.name, Provider.id)
KEPT_LOCATIONS = select(Location.id, Location.name, Location.is_active, Location.address).order_by(
    Location.name, Location.id
)
_appointments = (Service.is_active.is_(True), Service.kind == "appointment")
PERFORMED = (
    select(ServiceProvider.provider_id, ServiceProvider.service_id)
    .join(Service, Service.id == ServiceProvider.service_id)
    .where(Service.is_active.is_(True))
)
HOUSED = (
    select(ServiceLocation.location_id, ServiceLocation.service_id)
    .join(Service, Service.id == ServiceLocation.service_id)
    .where(*_appointments)
)
LOCK_SERVICES = select(Service.id).where(Service.is_active.is_(True)).order_by(Service.id).with_for_update()
LOCK_APPOINTMENTS = select(Service.id).where(*_appointments).order_by(Service.id).with_for_update()
FORGET_PERFORMED = delete(ServiceProvider).where(
    ServiceProvider.provider_id == bindparam("of"),
    ServiceProvider.service_id.in_(select(Service.id).where(Service.is_active.is_(True))),
)
FORGET_HOUSED = delete(ServiceLocation).where(
    ServiceLocation.location_id == bindparam("of"),
    ServiceLocation.service_id.in_(select(Service.id).where(*_appointments)),
)
"""Services that are no longer offered keep theirs: they may come back."""

SETTINGS_CHANGES = (
    select(Event.at, func.coalesce(Member.name, ""), Event.facts)
    .select_from(Event)
    .outerjoin(Member, Member.id == Event.actor_id)
    .where(Event.kind == literal("settings.changed", literal_execute=True))  # in words, as its index has it
    .order_by(Event.id.desc())
    .limit(bindparam("size", type_=Integer))
)
