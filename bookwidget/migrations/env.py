"""Alembic runs this file; the connection, with its transaction, comes from `bookwidget.migrations`."""

from alembic import context

from bookwidget.migrations.compare import OPTIONS
from bookwidget.tenancy.base import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata, **OPTIONS)
context.run_migrations()
