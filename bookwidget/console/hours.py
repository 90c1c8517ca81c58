"""Opening hours with their breaks, and time off: of the business, or of one who performs services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from babel import Locale
from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.catalog.actions import list_everybody
from bookwidget.console.forms import TimeOffForm
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import known_uuid, parse_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.schedule.opening import (
    Booked,
    LeavesOutside,
    Stretch,
    add_time_off,
    all_hours,
    change_hours,
    end_time_off,
    own_hours,
    seen,
    time_off,
)
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk
from bookwidget.web.guard import PlainForm

NEWS = {
    "saved": _("The hours have been saved. Customers can choose these times from now on."),
    "same": _("Nothing was different, so nothing has changed."),
    "off": _("The time off has been saved. No appointments can be booked on these days."),
    "ended": _("These days are as any other again."),
}
SPARE = 1
"""Empty lines of a day beyond what it has, for one more stretch."""
LEAST = 2
"""Lines of a day: two make room for a break."""
MIDNIGHT = 1440


@dataclass(frozen=True)
class Day:
    """A weekday of the form."""

    number: int
    """0 is Monday."""
    name: str
    lines: Sequence[tuple[str, str]]
    """From and to, as time fields write them."""
    error: Text | None


def managing() -> Scope:
    desk().require(Permission.CATALOG_CHANGE)
    return desk().scope()


def hours() -> ResponseReturnValue:
    scope = managing()
    who = provider_in(scope, request.args.get("who", ""))
    if request.method == "GET":
        return show_hours(scope, who)
    PlainForm().check_guard()
    try:
        wanted, anyway = stretches_in(request.form), "anyway" in request.form
        is_changed = change_hours(scope, who, wanted, seen_as=request.form.get("seen", ""), anyway=anyway)
    except Refused as refused:
        return show_hours(scope, who, typed=request.form, refused=refused, status=422)
    except LeavesOutside as left:
        return show_hours(scope, who, typed=request.form, left=left.booked, status=422)
    return back(who, "saved" if is_changed else "same")


def hours_off() -> ResponseReturnValue:
    """Adds days off."""
    scope, form = managing(), TimeOffForm()
    if request.method == "GET":
        return redirect(url_for(".hours"), 303)
    form.check_guard()
    form.validate()
    who = provider_in(scope, form.who.data or "")
    try:
        if not form.errors:
            first, last = form.first_day.data, form.last_day.data
            add_time_off(scope, who, first, last, anyway="anyway" in request.form)
            return back(who, "off")
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
    except LeavesOutside as left:
        return show_hours(scope, who, off=form, off_left=left.booked, status=422)
    return show_hours(scope, who, off=form, status=422)


def hours_end(off: str) -> ResponseReturnValue:
    """Takes days off back."""
    scope = managing()
    if request.method == "GET":
        return redirect(url_for(".hours"), 303)
    PlainForm().check_guard()
    end_time_off(scope, known_uuid(off))
    return redirect(url_for(".hours", done="ended"), 303)


def back(who: UUID | None, deed: str) -> ResponseReturnValue:
    return redirect(url_for(".hours", who=who.hex if who else None, done=deed), 303)


def provider_in(scope: Scope, text: str) -> UUID | None:
    """None: everybody; `Missing` for nobody of ours."""
    if not text:
        return None
    id = parse_uuid(text)
    if id is None or id not in {one.id for one in list_everybody(scope)}:
        raise Missing
    return id


def stretches_in(sent: Mapping[str, str]) -> list[Stretch]:
    """Pairs of time fields, `<day>.<line>.opens` and `.closes`; empty pairs are none."""
    found: list[Stretch] = []
    for day in range(7):
        for opens, closes in pairs_in(sent, day):
            if opens or closes:
                ends = minutes_of(closes, day)
                found.append(Stretch(day, minutes_of(opens, day), ends or MIDNIGHT))
    return found


def pairs_in(sent: Mapping[str, str], day: int) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    while f"{day}.{len(pairs)}.opens" in sent and len(pairs) < 24:
        name = f"{day}.{len(pairs)}"
        pairs.append((sent[f"{name}.opens"].strip(), sent.get(f"{name}.closes", "").strip()))
    return pairs


def minutes_of(text: str, day: int) -> int:
    """After midnight; `Refused` under the weekday's number for what is no time."""
    hours, _colon, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes[:2].isdecimal()) or int(hours) > 23 or int(minutes[:2]) > 59:
        raise Refused(str(day), _("Give both times, such as 09:00 and 17:30."))
    return int(hours) * 60 + int(minutes[:2])


def clock(minutes: int) -> str:
    """As time fields write it; the end of the day is midnight."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def days_of(stretches: Sequence[Stretch], typed: Mapping[str, str] | None, refused: Refused | None) -> list[Day]:
    """In the order of the week where the business is."""
    locale: Locale = desk().formats.locale
    days = []
    for number in ((locale.first_week_day + n) % 7 for n in range(7)):
        own = [(clock(one.opens), clock(one.closes)) for one in stretches if one.weekday == number]
        lines = pairs_in(typed, number) if typed is not None else [*own, *[("", "")] * max(SPARE, LEAST - len(own))]
        error = refused.reason if refused and refused.field == str(number) else None
        days.append(Day(number, locale.days["stand-alone"]["wide"][number], lines, error))
    return days


def show_hours(
    scope: Scope,
    who: UUID | None,
    *,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
    left: Sequence[Booked] = (),
    off: TimeOffForm | None = None,
    off_left: Sequence[Booked] = (),
    status: int = 200,
) -> ResponseReturnValue:
    everybody, stored = list_everybody(scope), all_hours(scope)
    own = own_hours(stored, who)
    is_known = typed is not None and refused is not None and refused.field  # then nothing was said of somebody else
    shown = typed.get("seen", "") if typed and is_known else seen(own)
    form = off or TimeOffForm(formdata=None, who=who.hex if who else "")
    return show(
        "hours.html", status=status, form=PlainForm(formdata=None), off=form, who=who, everybody=everybody,
        person=next((one.name for one in everybody if one.id == who), ""), has_own=bool(own), seen=shown,
        days=days_of(own, typed, refused), general=words_of(own_hours(stored, None)) if who else [],
        trouble=refused.reason if refused and not refused.field else None, left=left, off_left=off_left,
        offs=time_off(scope), news=NEWS.get(request.args.get("done", "")) if status == 200 else None,
        people=[("", _("Everybody")), *((one.id.hex, one.name) for one in everybody)],
    )  # fmt: skip


def words_of(stretches: Sequence[Stretch]) -> list[tuple[str, str]]:
    """Weekday and times, of days that are open."""
    days = days_of(stretches, None, None)
    open_days = ((day.name, [f"{opens}–{closes}" for opens, closes in day.lines if opens]) for day in days)
    return [(name, ", ".join(lines)) for name, lines in open_days if lines]
