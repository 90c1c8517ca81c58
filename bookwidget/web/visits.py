"""The request's tenant, host page and person: bound once from the address and one statement."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from babel import Locale
from flask import Flask, Response, abort

from bookwidget.accounts.settings import FOLLOWS_LANGUAGE
from bookwidget.accounts.signing_in import Credential, Kind, SignedIn, Visit, note_seen, who_and_where
from bookwidget.kernel.actors import Actor, customer, visitor
from bookwidget.kernel.ids import parse_uuid
from bookwidget.tenancy.hosts import find_tenant_of_host
from bookwidget.tenancy.platform import find_tenant
from bookwidget.tenancy.scope import Scope, TenantFacts
from bookwidget.tenancy.session import TenantSession
from bookwidget.theming.branding import Branding
from bookwidget.theming.formats import Formats, formats_for
from bookwidget.web.current import g, kept, request
from bookwidget.web.services import services

HOSTED, PREVIEW = "0", "preview"
"""What stands in the address in place of a site: the page on our own host, and the console's preview."""

PLATFORM = {"platform", "sign_up", "console", "development"}
"""Blueprints that belong to no business's host name."""


class Viewed(NamedTuple):
    """Somebody of the business looks at these pages in place of the customer."""

    customer: str
    """Full name."""
    until: datetime
    end_url: str
    """Where the button posts that ends it."""


MOST_PLACES = 2048
"""Whose addresses are kept in a process, of all businesses and their sites."""


class Place:
    """Where a request happens: a tenant, and the page that frames it. Kept in `g.place`."""

    draw: Callable[..., Response] | None = None
    """Makes the shared pages look as this place does, given what `rendering.render` is; None: in the theme."""

    def __init__(self, tenant_id: UUID, site: str) -> None:
        self.tenant_id, self.site = tenant_id, site
        """`site` as the address has it, for addresses that stay in this place."""
        self.frame, _dot, self.wish = site.partition(".")
        """Which page is around, and the language that it is in: `0.de`."""
        self.blueprint = request.blueprint or ""
        """The widget, or whatever else the address belongs to."""
        self.now = services().clock()
        self.reader: UUID | None = None
        """The customer for whom a signed link to this one file was made."""
        self.session: TenantSession = services().database.session(tenant_id)

    @property
    def hosted(self) -> str:
        """What stands in addresses of the hosted page that stay in this language."""
        return f"{HOSTED}.{self.wish}" if self.wish else HOSTED

    @cached_property
    def visit(self) -> Visit:
        """Who and where, in one statement; 404 for a tenant or site that is not there."""
        site_id = parse_uuid(self.frame)
        visit = who_and_where(self.session, site_id, self.credential, self.now)
        if request.method != "GET":  # a page is read in this same transaction; none stays open while a post hashes
            self.session.rollback()
        if not visit.tenant.is_active or (self.frame not in (HOSTED, PREVIEW) and visit.site_origin is None):
            abort(404)
        return visit

    @property
    def tenant(self) -> TenantFacts:
        return self.visit.tenant

    @property
    def signed_in(self) -> SignedIn | None:
        return self.visit.signed_in

    @property
    def is_hosted(self) -> bool:
        return self.frame == HOSTED

    @property
    def is_preview(self) -> bool:
        return self.frame == PREVIEW

    @property
    def parent(self) -> str:
        """Exact origin of the page around the frame; empty on the hosted page."""
        if self.is_hosted:
            return ""
        return own_origin() if self.is_preview else self.visit.site_origin or ""

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Of `rendering.page_url`: those known of this place and widget, by their endpoints."""
        known, key = services().addresses, (self.tenant_id, self.site, self.blueprint, request.root_path)
        found = known.get(key)
        if found is None:
            if len(known) >= MOST_PLACES:
                known.clear()
            found = known[key] = {}
        return found

    @cached_property
    def credential(self) -> Credential | None:
        """What this request brought; a secret is good only for the way that it came."""
        scheme, _, token = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme == "Bearer":
            return Credential.parse(Kind.BEARER, token)
        kind = Kind.HOSTED if self.is_hosted else Kind.FRAME
        return Credential.parse(kind, request.cookies.get(self.cookie_name(kind), ""))

    def cookie_name(self, kind: Kind) -> str:
        """One name a tenant, so that widgets of two businesses on one page do not sign each other out."""
        name = f"bw-{kind}-{self.tenant_id.hex[-12:]}"
        return name if kind is Kind.HOSTED and is_plain_loopback() else f"__Host-{name}"

    @property
    def actor(self) -> Actor:
        person = self.reader or (self.signed_in and self.signed_in.person_id)
        return customer(person) if person else visitor()

    @cached_property
    def locale(self) -> str:
        """The customer's own, else that of the page around, else the business's."""
        return (self.signed_in and self.signed_in.locale) or self.locale_of_page or self.tenant.locale

    @property
    def locale_of_page(self) -> str | None:
        """Where it is another language than the business's, one that we have words in, and the business wants that."""
        language = self.wish if self.wish in ("en", *services().catalogs.languages) else ""
        is_other = language and language != self.tenant.locale.partition("_")[0]
        return language if is_other and self.tenant.settings[FOLLOWS_LANGUAGE] else None

    @cached_property
    def formats(self) -> Formats:
        return formats_for(self.locale, self.tenant.timezone, self.tenant.currency)

    @cached_property
    def language(self) -> str:
        """For `lang`, as BCP 47 writes it."""
        return language_of(self.locale)

    @cached_property
    def branding(self) -> Branding:
        return branding_of(self.tenant)

    @property
    def subject(self) -> tuple[str, str]:
        """For whom the guards of this place's forms are made: tenant and person."""
        return self.tenant.slug, self.signed_in.person_id.hex if self.signed_in else ""

    @property
    def viewed(self) -> Viewed | None:
        """Set where somebody of the business looks at this in place of the customer."""
        return None

    def refusal(self) -> Response | None:
        """The answer where this place does not take the request; None: it does."""
        return None

    def scope(self) -> Scope:
        return Scope(self.session, self.tenant, self.actor, self.now)


@lru_cache(maxsize=512)
def language_of(locale: str) -> str:
    return str(Locale.parse(locale)).replace("_", "-")


@lru_cache(maxsize=1024)
def branding_of(tenant: TenantFacts) -> Branding:
    return Branding.from_json({"name": tenant.name, **tenant.branding})


def place() -> Place:
    """The request's place; only in requests that belong to a tenant."""
    found: Place = kept().place
    return found


def enter_tenant(slug: str, site: str, make: Callable[[UUID, str], Place] = Place) -> Place:
    """Binds the request to a tenant, before anything of it is read; 404 if there is none, or not at this host."""
    tenant_id = find_tenant(services().database, slug)
    if tenant_id is None or tenant_of_host() not in (None, tenant_id):
        abort(404)
    g.place = make(tenant_id, site)
    return place()


def tenant_of_host() -> UUID | None:
    """The business whose own host name this request came to; None at every other name, which are the platform's.

    Whoever sends a made-up Host learns nothing and reaches no other business; no address in a mail is made of it.
    """
    if "tenant_of_host" not in g:
        host, own = request.host, services()
        is_public = host == own.config.public_host
        g.tenant_of_host = None if is_public else find_tenant_of_host(own.database, host)
    found: UUID | None = g.tenant_of_host
    return found


def own_origin() -> str:
    return request.host_url.rstrip("/")


def origin_of(url: str | None) -> str:
    """Scheme, host and port of an address; empty if it has none."""
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""


def is_plain_loopback() -> bool:
    """Plain http on this very machine: only there may a first-party cookie go without Secure."""
    host = request.host.rsplit(":", 1)[0]
    return not request.is_secure and (host in ("localhost", "127.0.0.1", "[::1]") or host.endswith(".localhost"))


def is_fetched() -> bool:
    """Asked for by our script inside the frame, not by the browser's own navigation."""
    return "HTTP_X_BOOKWIDGET" in request.environ


def init_app(app: Flask) -> None:
    @app.before_request
    def keep_to_the_business() -> None:
        """A business's own host name shows that business, and nothing of the platform's."""
        if request.blueprint in PLATFORM and tenant_of_host() is not None:
            abort(404)

    @app.after_request
    def remember_last_use(response: Response) -> Response:
        found: Place | None = g.get("place")
        if found and "visit" in vars(found) and found.signed_in and found.signed_in.is_worth_noting(found.now):
            note_seen(found.session, found.signed_in.sign_in_id, found.now)
        return response

    @app.teardown_request
    def close_session(error: BaseException | None) -> None:
        found: Place | None = g.pop("place", None)
        if found:
            found.session.close()
