"""Pages at our own address for those who work for a business: whose desk a request sits at."""

from functools import cached_property
from uuid import UUID

from flask import Response

from bookwidget.accounts.signing_in import LIFETIME, Credential, Kind, SignedIn, Visit, who_at_console
from bookwidget.kernel.actors import Actor, member, visitor
from bookwidget.kernel.errors import Denied, Missing
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.tenancy.policy import may, not_yours
from bookwidget.web.current import g, request
from bookwidget.web.signing import set_first_party
from bookwidget.web.visits import Place, is_plain_loopback


class Desk(Place):
    """A member's place: the business that the cookie names. No page frames it.

    Everything that asks `g.place` (Flask-Login, the CSRF guard, formats, the last-seen mark) works here too.
    """

    def __init__(self, tenant_id: UUID, secret_text: str) -> None:
        super().__init__(tenant_id, "")
        self._secret_text = secret_text

    @cached_property
    def credential(self) -> Credential | None:
        return Credential.parse(Kind.CONSOLE, self._secret_text)

    @cached_property
    def visit(self) -> Visit:
        """Who and for which business, in one statement; `Missing` if the cookie opens nothing."""
        if self.credential is None:
            raise Missing
        visit = who_at_console(self.session, self.credential, self.now)
        self.session.rollback()
        if not visit.tenant.is_active or visit.signed_in is None:
            raise Missing
        return visit

    @property
    def member(self) -> SignedIn:
        if self.signed_in is None:
            raise Missing
        return self.signed_in

    @property
    def actor(self) -> Actor:
        return member(self.signed_in.person_id) if self.signed_in else visitor()

    def cookie_name(self, kind: Kind) -> str:
        return console_cookie()

    def may(self, permission: Permission) -> bool:
        return may(self.member.role, permission)

    def require(self, permission: Permission) -> None:
        """For pages that only show; actions ask again, inside their transaction."""
        if not self.may(permission):
            raise Denied(not_yours(permission))


def console_cookie() -> str:
    """One a browser, so one business at a time."""
    return "bw-console" if is_plain_loopback() else "__Host-bw-console"


def desk_of_cookie() -> Desk | None:
    """The desk that the request's cookie opens, if it opens one."""
    tenant, _dot, secret_text = request.cookies.get(console_cookie(), "").partition(".")
    tenant_id = parse_uuid(tenant)
    if tenant_id is None:
        return None
    desk = Desk(tenant_id, secret_text)
    try:
        desk.visit  # noqa: B018 - the one statement
    except Missing:
        desk.session.close()
        return None
    return desk


def enter_console() -> Desk | None:
    """Binds the request to the desk that its cookie opens."""
    found = desk_of_cookie()
    if found is not None:
        g.place = found
    return found


def desk() -> Desk:
    """The request's desk; only on pages that ask for a sign-in."""
    found: Desk = g.place
    return found


def keep_console(response: Response, secret_text: str) -> Response:
    """Gives the browser the cookie of a sign-in."""
    age = int(LIFETIME[Kind.CONSOLE].total_seconds())
    set_first_party(response, console_cookie(), secret_text, max_age=age)
    return response
