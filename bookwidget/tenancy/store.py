"""Statements on the tenant, and the look-ups that find one."""

from sqlalchemy import bindparam, delete, select

from bookwidget.tenancy.models import Host, RefusedSite, Site, Tenant

TENANT_COLUMNS = (
    Tenant.id,
    Tenant.slug,
    Tenant.name,
    Tenant.is_active,
    Tenant.locale,
    Tenant.timezone,
    Tenant.currency,
    Tenant.email,
    Tenant.phone,
    Tenant.theme,
    Tenant.branding,
    Tenant.portal,
    Tenant.plan,
    Tenant.settings,
)
"""In the order of the fields of `TenantFacts`."""

THE_TENANT = select(*TENANT_COLUMNS)

SITES = select(Site.id, Site.origin).order_by(Site.origin)
SITE_OF_ORIGIN = select(Site.id).where(Site.origin == bindparam("origin"))

REFUSED_SITE = select(RefusedSite.last_at).where(
    RefusedSite.origin == bindparam("origin"), RefusedSite.widget == bindparam("widget")
)

REFUSED_SITES = select(RefusedSite.id, RefusedSite.origin, RefusedSite.widget, RefusedSite.last_at).order_by(
    RefusedSite.last_at.desc(), RefusedSite.id
)
OWN_HOST = select(Host.name).where(Host.verified_at.is_not(None)).order_by(Host.created_at, Host.id).limit(1)
OWN_HOSTS = select(Host.id, Host.name, Host.checked_at, Host.verified_at).order_by(Host.created_at, Host.id)
RELEASE_HOST = delete(Host).where(Host.id == bindparam("released_host"))
REMOVE_SITE = delete(Site).where(Site.id == bindparam("removed_site"))
FORGET_REFUSED = delete(RefusedSite).where(RefusedSite.origin == bindparam("refused_origin"))

# Of the platform's engine: these find the tenant, so they have none yet.
TENANT_OF_SLUG = select(Tenant.id).where(Tenant.slug == bindparam("slug"))
