"""The history of the whole business: found, filtered, paged by key."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.team import list_team
from bookwidget.bookings.actions import HistoryEntry, HistoryQuery, Key, read_history
from bookwidget.console.forms import HistoryForm
from bookwidget.console.history import DOORS, KINDS, words_of
from bookwidget.console.pages import show
from bookwidget.console.team import ROLE_WORDS
from bookwidget.kernel.actors import ActorKind, Door
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.base import EPOCH, microseconds
from bookwidget.tenancy.settings import REGISTRY
from bookwidget.web.desk import desk


@dataclass(frozen=True)
class Group:
    """Kinds that belong together, by what stands before the dot."""

    title: Text
    things: tuple[str, ...]
    of_business: bool = False
    """They never concern a customer."""

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(kind for kind in KINDS if kind.partition(".")[0] in self.things)


GROUPS = {
    "bookings": Group(_("Bookings"), ("booking", "series", "waitlist")),
    "customers": Group(_("Customers"), ("customer", "password", "companion", "feed")),
    "offer": Group(
        _("Services, dates and hours"),
        ("service", "date", "dates", "provider", "location", "ticket_type", "question", "hours", "time_off"),
        of_business=True,
    ),
    "website": Group(_("Website"), ("branding", "portal", "site", "host", "message"), of_business=True),
    "business": Group(_("Team and settings"), ("member", "settings", "business", "import"), of_business=True),
}
NAMED_BY = ("name", "label", "origin", "business", "title", "service")
"""Facts that say what an event is about."""
MOST_MICROSECONDS = 10**17


@dataclass(frozen=True)
class Line:
    """An event on the page."""

    entry: HistoryEntry
    what: Text
    about: str
    """A name of what it is about, where that is no customer."""
    topics: list[Text]
    """The settings that were changed."""
    who: str | Text
    door: Text | None
    reason: str


def history() -> ResponseReturnValue:
    here = desk()
    here.require(Permission.HISTORY_READ)
    scope, form = here.scope(), HistoryForm(request.args)
    form.validate()
    query = query_of(form)
    try:
        page = read_history(scope, query)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        page = read_history(scope, HistoryQuery())
    kept: dict[str, Any] = {field.name: typed for field in form if (typed := request.args.get(field.name, "").strip())}
    older = url_for(".history", before=key_text(page.entries[-1].key), **kept) if page.has_more else ""
    return show(
        "history.html", status=422 if form.errors else 200, form=form, lines=[line_of(one) for one in page.entries],
        older=older, kept=kept, is_later_page=query.before is not None,
        groups=[("", _("Everything")), *((name, group.title) for name, group in GROUPS.items())],
        people=list_team(scope),
    )  # fmt: skip


def query_of(form: HistoryForm) -> HistoryQuery:
    """What is not right in the address is left out."""
    group = GROUPS.get(form.group.data or "")
    return HistoryQuery(
        text=form.q.data or "", first_day=form.first_day.data, last_day=form.last_day.data,
        kinds=group.kinds if group else (), of_business=group is not None and group.of_business,
        member_id=parse_uuid(form.who.data or ""), before=key_of(request.args.get("before", "")),
    )  # fmt: skip


def key_text(key: Key) -> str:
    return f"{microseconds(key.at)}-{key.id.hex}"


def key_of(text: str) -> Key | None:
    at, _dash, id_text = text.partition("-")
    id = parse_uuid(id_text)
    if id is None or not (at.isascii() and at.isdigit()) or int(at[:20]) > MOST_MICROSECONDS:
        return None
    return Key(EPOCH + timedelta(microseconds=int(at)), id)


def line_of(entry: HistoryEntry) -> Line:
    log = entry.log
    facts: dict[str, Any] = {**log.before, **log.after}
    about = "" if entry.customer_id else next((str(facts[name]) for name in NAMED_BY if facts.get(name)), "")
    topics = [REGISTRY[name].title for name in log.after if name in REGISTRY] if log.kind == "settings.changed" else []
    return Line(
        entry, what_of(entry), about, topics, who_of(entry), DOORS.get(Door(log.door)), str(facts.get("reason") or "")
    )


def what_of(entry: HistoryEntry) -> Text:
    before, after = (ROLE_WORDS.get(facts.get("role", "")) for facts in (entry.log.before, entry.log.after))
    if entry.log.kind == "member.role_changed" and before and after:
        return _("Role changed from %(before)s to %(after)s", before=before, after=after)
    return words_of(entry.log, entry.customer)


def who_of(entry: HistoryEntry) -> str | Text:
    by = entry.log.by
    if by == ActorKind.CUSTOMER:
        return entry.customer
    if by == ActorKind.MEMBER:
        return entry.log.member
    return "bookwidget" if by == ActorKind.SYSTEM else _("Somebody who is not logged in")
