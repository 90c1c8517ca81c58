"""A customer's pages as the customer sees them, for a member who is signed in at the console: nothing can be changed.

The address says whom (`/w/<tenant>/as-<customer>/…`), the console's cookie says who, and the event log says whether
this member began to look and how long ago. Every request that is no GET or HEAD is refused here, before any view of any
widget; and the session of the database refuses to write.
"""

from functools import cached_property, partial
from uuid import UUID

from flask import Response, abort, url_for

from bookwidget.accounts.signing_in import Credential, Kind, SignedIn, Visit
from bookwidget.accounts.viewing import RunningView, find_view
from bookwidget.kernel.actors import Actor, Door, customer, visitor
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.web.current import request
from bookwidget.web.desk import Desk, desk_of_cookie
from bookwidget.web.rendering import render
from bookwidget.web.visits import Place, Viewed, enter_tenant

PREFIX = "as-"
LOOKS = ("GET", "HEAD", "OPTIONS")


class Viewing(Place):
    """A member's look at a customer's place."""

    def __init__(self, customer_id: UUID, tenant_id: UUID, site: str) -> None:
        super().__init__(tenant_id, site)
        self._customer_id = customer_id
        self.session.is_read_only = True

    @cached_property
    def credential(self) -> Credential | None:
        return None

    @cached_property
    def desk(self) -> Desk:
        """404 for whoever does not work here, or may not look."""
        found = desk_of_cookie() or abort(404)
        found.session.close()
        if found.tenant_id != self.tenant_id or not found.may(Permission.CUSTOMER_VIEW_AS):
            abort(404)
        return found

    @cached_property
    def view(self) -> RunningView | None:
        return find_view(self.session, self._customer_id, self.desk.member.person_id, self.now)

    @cached_property
    def visit(self) -> Visit:
        """The customer as if they were signed in; nobody, where the look is over."""
        return self.desk.visit._replace(signed_in=self.view and self.as_if_signed_in(self.view))

    def as_if_signed_in(self, view: RunningView) -> SignedIn:
        """There is no row of this id, which was just seen, so nobody notes a last use."""
        return SignedIn(
            view.customer_id, Kind.CONSOLE, view.since, self.now, view.until, view.customer_id, view.email,
            view.given_name, view.name, view.locale,
        )  # fmt: skip

    @property
    def actor(self) -> Actor:
        return customer(self._customer_id, Door.CONSOLE) if self.signed_in else visitor()

    @property
    def subject(self) -> tuple[str, str]:
        """The member's, for the one button that does something here; it posts to the console."""
        return self.desk.subject

    @property
    def is_hosted(self) -> bool:
        """No page of somebody else's is around it."""
        return True

    @property
    def viewed(self) -> Viewed | None:
        end_url = url_for("console.customers_view_end", customer=self._customer_id.hex)
        return Viewed(self.view.name or self.view.email, self.view.until, end_url) if self.view else None

    def refusal(self) -> Response | None:
        if self.view is not None and request.method in LOOKS:
            return None
        back = url_for("console.customers_one", customer=self._customer_id.hex)
        return render("frame/viewed_only.html", status=403, is_over=self.view is None, back=back)


def enter_frame(slug: str, site: str) -> Place:
    """Binds the request to a tenant and the page around: a website, our own page, the preview, or a look."""
    customer_id = parse_uuid(site.removeprefix(PREFIX)) if site.startswith(PREFIX) else None
    return enter_tenant(slug, site, partial(Viewing, customer_id) if customer_id else Place)


def viewing_site(customer_id: UUID) -> str:
    """What stands for the site in the address."""
    return f"{PREFIX}{customer_id.hex}"
