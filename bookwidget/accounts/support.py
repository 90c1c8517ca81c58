"""Where customers find help and whom they ask: the business's own page and contacts, or what stands in for them."""

from typing import NamedTuple

from bookwidget.accounts.settings import HELP_ADDRESS, SUPPORT_EMAIL, SUPPORT_PHONE
from bookwidget.tenancy.scope import TenantFacts


class Support(NamedTuple):
    email: str
    phone: str
    """In international form; may be empty."""
    help_address: str
    """Of a page of the business's own; empty: the widget `help`."""

    @property
    def contacts(self) -> tuple[str, str]:
        return self.email, self.phone


def support_of(tenant: TenantFacts) -> Support:
    chosen = tenant.settings
    return Support(chosen[SUPPORT_EMAIL] or tenant.email, chosen[SUPPORT_PHONE] or tenant.phone, chosen[HELP_ADDRESS])
