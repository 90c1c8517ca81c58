"""A host name of the business's own: which record to set, and whether it leads here by now."""

from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.console.forms import HostForm
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk
from bookwidget.web.guard import Form, PlainForm
from bookwidget.web.hosts import add_own_host, check_own_host, kept_hosts, remove_own_host
from bookwidget.web.names import Names
from bookwidget.web.services import services

NEWS = {
    "added": _("The name has been noted. Set the record at your domain’s provider, then press “Check now”."),
    "verified": _("The name leads here. Snippets name it from now on."),
    "removed": _("The name has been removed. Snippets that name it no longer show the widgets."),
}
FAILED = _("The name does not lead here yet. A new record can take some hours until everybody sees it.")


def managing() -> Scope:
    desk().require(Permission.SITES_CHANGE)
    return desk().scope()


def target() -> str:
    """What the record has to say."""
    return urlsplit(services().config.public_url).hostname or ""


def hosts() -> ResponseReturnValue:
    scope, form = managing(), HostForm()
    if request.method == "GET":
        return show_hosts(HostForm(formdata=None))
    form.check_guard()
    try:
        add_own_host(scope, form.name.data or "", public_url=services().config.public_url)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_hosts(form, status=422)
    return redirect(url_for(".hosts", done="added"), 303)


def hosts_check(host: str) -> ResponseReturnValue:
    scope = managing()
    if request.method == "GET":
        return redirect(url_for(".hosts"), 303)
    PlainForm().check_guard()
    is_here = check_own_host(scope, parse_uuid(host), Names(services().config.dns_server), target=target())
    return redirect(url_for(".hosts", done="verified" if is_here else "failed"), 303)


def hosts_remove(host: str) -> ResponseReturnValue:
    scope = managing()
    if request.method == "GET":
        return redirect(url_for(".hosts"), 303)
    PlainForm().check_guard()
    remove_own_host(scope, parse_uuid(host))
    return redirect(url_for(".hosts", done="removed"), 303)


def show_hosts(form: Form, *, status: int = 200) -> ResponseReturnValue:
    deed = request.args.get("done", "")
    return show(
        "hosts.html", status=status, form=form, hosts=kept_hosts(desk().scope()), target=target(),
        news=NEWS.get(deed), failed=FAILED if deed == "failed" else None,
    )  # fmt: skip
