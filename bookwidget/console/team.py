"""The team: who works here, what each role may do, invitations, roles and ends."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.team import (
    ROLES,
    Colleague,
    change_role,
    end_access,
    invite_again,
    invite_member,
    list_team,
)
from bookwidget.console.forms import MemberForm, RoleForm
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy import policy
from bookwidget.web.desk import desk
from bookwidget.web.guard import PlainForm

ROLE_WORDS = {"owner": _("Owner"), "manager": _("Manager"), "staff": _("Staff")}
NEWS = {
    "invited": _("The invitation is on its way."),
    "role": _("The role has been changed. It holds from their next click."),
    "ended": _("The access has ended. They are logged out everywhere."),
    "withdrawn": _("The invitation has been withdrawn. Its link opens nothing."),
}


def team() -> ResponseReturnValue:
    everybody = list_team(desk().scope())
    return show(
        "team.html", everybody=everybody, roles=ROLE_WORDS, table=permission_table(),
        has_one_owner=sum(one.role == "owner" and one.state == "active" for one in everybody) == 1,
        news=NEWS.get(request.args.get("done", "")),
    )  # fmt: skip


def permission_table() -> list[tuple[Text, list[bool]]]:
    """What, and for each of `ROLES` whether it may: as the policy says, which is asked and not repeated."""
    return [(policy.WORDS[one], [policy.may(role, one) for role in ROLES]) for one in policy.ROLES]


def team_new() -> ResponseReturnValue:
    here, form = desk(), MemberForm()
    here.require(Permission.TEAM_CHANGE)
    if request.method == "GET":
        form.role.data = "staff"
        return show("team_new.html", form=form, roles=choices())
    form.check_guard()
    try:
        invite_member(here.scope(), name=form.name.data or "", email=form.email.data or "", role=form.role.data or "")
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show("team_new.html", status=422, form=form, roles=choices())
    return redirect(url_for(".team", done="invited"), 303)


def team_one(member: str) -> ResponseReturnValue:
    return show_one(find(member))


def show_one(found: Colleague, form: RoleForm | None = None, *, status: int = 200) -> ResponseReturnValue:
    form = form or RoleForm(formdata=None, role=found.role)
    return show(
        "team_one.html", status=status, one=found, form=form, roles=choices(), role_words=ROLE_WORDS,
        is_me=found.id == desk().member.person_id, may_change=may_touch(found),
    )  # fmt: skip


def team_role(member: str) -> ResponseReturnValue:
    desk().require(Permission.TEAM_CHANGE)
    if request.method == "GET":
        return redirect(url_for(".team_one", member=member), 303)
    form = RoleForm()
    form.check_guard()
    found = find(member)
    try:
        change_role(desk().scope(), found.id, form.role.data or "")
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_one(found, form, status=422)
    return redirect(url_for(".team", done="role"), 303)


def team_end(member: str) -> ResponseReturnValue:
    desk().require(Permission.TEAM_CHANGE)
    if request.method == "GET":
        return redirect(url_for(".team_one", member=member), 303)
    PlainForm().check_guard()
    found = find(member)
    try:
        end_access(desk().scope(), found.id)
    except Refused as refused:
        form = RoleForm(formdata=None, role=found.role)
        form.refuse("", refused.reason)
        return show_one(found, form, status=422)
    return redirect(url_for(".team", done="withdrawn" if found.state == "invited" else "ended"), 303)


def team_again(member: str) -> ResponseReturnValue:
    desk().require(Permission.TEAM_CHANGE)
    if request.method == "GET":
        return redirect(url_for(".team_one", member=member), 303)
    PlainForm().check_guard()
    invite_again(desk().scope(), find(member).id)
    return redirect(url_for(".team", done="invited"), 303)


def choices() -> list[tuple[str, Text]]:
    """The roles that this member may give."""
    return [
        (role, words) for role, words in ROLE_WORDS.items() if role != "owner" or desk().may(Permission.OWNERS_CHANGE)
    ]


def may_touch(found: Colleague) -> bool:
    return found.state != "ended" and (found.role != "owner" or desk().may(Permission.OWNERS_CHANGE))


def find(text: str) -> Colleague:
    found = {one.id: one for one in list_team(desk().scope())}.get(parse_uuid(text))  # type: ignore[arg-type]
    if found is None:
        raise Missing
    return found
