"""Imports every table, so that the metadata is whole. For migrations, `create_app`, the worker and tests."""

from bookwidget.accounts import models as accounts
from bookwidget.bookings import models as bookings
from bookwidget.catalog import models as catalog
from bookwidget.events import models as events
from bookwidget.notices import models as notices
from bookwidget.schedule import models as schedule
from bookwidget.tenancy import models as tenancy

__all__ = ["accounts", "bookings", "catalog", "events", "notices", "schedule", "tenancy"]
