"""The worker's part in series: dates that have come near enough are booked."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bookwidget.bookings.series import EXTEND, extend_series
from bookwidget.events.jobs import JobContext, handles
from bookwidget.tenancy.session import writing


@handles(EXTEND)
def extend(context: JobContext, payload: Mapping[str, Any]) -> None:
    """All in one transaction with the end of the job: a worker that is killed has made nothing."""
    with context.scope() as scope, writing(scope.session):
        extend_series(scope, UUID(payload["series"]))
        context.finish(scope.session)
