"""Where the business is: its language, time zone and currency."""

from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import is_currency

from bookwidget.catalog import store
from bookwidget.events.record import record
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing
from bookwidget.theming.homes import Home


def change_home(scope: Scope, wanted: Home) -> bool:
    """Writes it; whether anything changed. Event: `business.moved`.

    Raises `Denied` and `Refused` under the field, for the currency also where services have prices in another: the
    same numbers would be other prices.
    """
    check(wanted)
    with writing(scope.session) as session:
        require(scope, Permission.SETTINGS_CHANGE)
        tenant = session.get_one(Tenant, scope.tenant.id, with_for_update=True)
        before = Home(tenant.locale, tenant.timezone, tenant.currency)
        if before == wanted:
            return False
        if before.currency != wanted.currency and any(row.price for row in session.rows(store.KEPT_SERVICES)):
            raise Refused("currency", _("Your services have prices in %(currency)s.", currency=before.currency))
        tenant.locale, tenant.timezone, tenant.currency = wanted.locale, wanted.timezone, wanted.currency
        record(scope, "business.moved", before=vars(before), after=vars(wanted))
    return True


def check(wanted: Home) -> None:
    try:
        Locale.parse(wanted.locale)
    except (ValueError, UnknownLocaleError):
        raise Refused("locale", _("Choose one of the listed values.")) from None
    if wanted.timezone not in available_timezones():
        raise Refused("timezone", _("Choose one of the listed values."))
    if not is_currency(wanted.currency):
        raise Refused("currency", _("Choose one of the listed values."))
