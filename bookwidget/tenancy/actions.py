"""What is done with a tenant."""

from collections.abc import Sequence
from typing import Any

from bookwidget.kernel.errors import Missing
from bookwidget.tenancy.scope import TenantFacts
from bookwidget.tenancy.session import TenantSession
from bookwidget.tenancy.settings import Settings
from bookwidget.tenancy.store import THE_TENANT


def facts_from(row: Sequence[Any]) -> TenantFacts:
    """The facts from the columns `TENANT_COLUMNS`, the settings last."""
    return TenantFacts(*row[:-1], settings=Settings(row[-1]))


def facts_of(session: TenantSession) -> TenantFacts:
    """The session's tenant. `Missing` if it is gone."""
    row = session.rows(THE_TENANT).one_or_none()
    if row is None:
        raise Missing
    return facts_from(row)
