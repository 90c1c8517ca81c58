"""What is to come, by who performs it and where: it stays when somebody or some place is no longer offered."""

from collections import Counter
from uuid import UUID

from bookwidget.kernel.errors import Missing
from bookwidget.schedule import store_dates as store
from bookwidget.tenancy.scope import Scope


def count_coming(scope: Scope) -> tuple[Counter[UUID], Counter[UUID]]:
    """Dates of classes and appointments that are not over, by provider and by location. One statement; `Missing` for
    all but staff.
    """
    if not scope.actor.is_staff:
        raise Missing
    providers, locations = Counter[UUID](), Counter[UUID]()
    for provider_id, location_id, number in scope.session.rows(store.COMING, {"now": scope.now}):
        if provider_id is not None:
            providers[provider_id] += number
        if location_id is not None:
            locations[location_id] += number
    return providers, locations
