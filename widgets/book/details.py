"""The second half of booking: who comes, the review, and what happens when the place is not kept any more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.actions import read_profile
from bookwidget.accounts.companions import list_companions
from bookwidget.bookings.actions import (
    AT_CUSTOMER,
    Details,
    Held,
    KeptPlace,
    asked,
    booking_token,
    check_details,
    confirm_hold,
    documents_of,
    extend_place,
    hold_slot,
    kept_token,
    link_of_hold,
    most_bytes,
    most_places,
    read_held,
    read_kept_token,
    resize_place,
    shown,
    slot_start,
    slots_to_book,
    wherever,
    who_was_offered,
)
from bookwidget.bookings.settings import UPLOAD_MEGABYTES
from bookwidget.catalog.actions import ServiceFacts, list_ticket_types, read_service
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import Text, _
from bookwidget.web import address, allow_body, choose_times, place, render, services
from bookwidget.web.questions import with_errors

from . import again, repeating
from .forms import QUESTION, DetailsForm, Person, asked_for, details_of, people_of, typed_answers, typed_values
from .questions import forget_file, take_files

CHANGES = ("add", "remove", "longer", "edit", "forget")
"""Buttons that change the form and check nothing else of it."""
AROUND = timedelta(days=7)
"""How far from a time that is gone the nearest are looked for."""


def address_of(wanted: KeptPlace) -> str:
    return url_for("book.kept_place", kept=kept_token(services().tokens, place().tenant.id, wanted))


def kept_place(kept: str) -> ResponseReturnValue:
    """All of one form: it is sent here for every button."""
    allow_body(most_bytes(place().tenant.settings))
    form = DetailsForm()
    if request.method == "POST":
        form.check_guard()
    wanted, scope = read_kept_token(services().tokens, place().tenant.id, kept), place().scope()
    held = read_held(scope, wanted.hold_id)  # before the next line: another click may make the booking in between
    made = link_of_hold(scope, wanted.hold_id)
    if made:
        return done(*made)
    if request.method != "POST":
        return begin(wanted, held) if held else show_gone(wanted, form, [])
    return answer(
        wanted, held, form, people_of(request.form, request.form.get("people", 1, type=int), list_companions(scope))
    )


def begin(wanted: KeptPlace, held: Held) -> ResponseReturnValue:
    """The form at its first showing: empty, or filled as it was for the booking that is wanted again."""
    old = again.wanted(wanted.service_id)
    if old is None:
        form = DetailsForm()
        fill_in(form, wanted)
        return show_details(wanted, held, form, people_of({}, held.places))
    return show_details(wanted, held, again.form(old), again.people(old, held.places), answers=old.answers)


def fill_in(form: DetailsForm, wanted: KeptPlace) -> None:
    """What we know of who came by the link in their own mail about a waiting list."""
    guest = who_was_offered(place().scope(), wanted.entry_id, wanted.hold_id) if wanted.entry_id else None
    if guest is not None:
        form.email.data, form.phone.data = guest.email, guest.phone
        form.given_name.data, form.family_name.data = guest.given_name, guest.family_name


def answer(wanted: KeptPlace, held: Held | None, form: DetailsForm, people: list[Person]) -> ResponseReturnValue:
    deed, number = asked_for()
    if deed == "slot":
        return take_another(wanted, form, people)
    if held is None:
        return show_gone(wanted, form, people, status=422)
    wrong = [*take_files(held.id)]
    if wrong:
        return (show_details if deed in CHANGES else review)(wanted, held, form, people, wrong=wrong)
    if deed in ("add", "remove"):
        others = [one for one in people if one.number != number]
        return resize(wanted, form, people, others or people if deed == "remove" else [*people, Person(len(people))])
    if deed in ("longer", "edit", "forget"):
        kept = extend_place(place().scope(), held.id) if deed == "longer" else held
        if deed == "forget":
            forget_file(held.id)
        return show_details(wanted, kept, form, people)
    return (confirm if deed == "confirm" else review)(wanted, held, form, people)


def take_another(wanted: KeptPlace, form: DetailsForm, people: list[Person]) -> ResponseReturnValue:
    """Another time for the same form, in place of one that is gone. What was typed is shown again."""
    key = request.form.get("slot", "")
    other = KeptPlace(wanted.hold_id, wanted.service_id, key)
    try:
        held = hold_slot(place().scope(), wanted.hold_id, wanted.service_id, key, len(people), address=address())
    except Refused as refused:
        return show_gone(wanted, form, people, reason=refused.reason, status=422)
    return show_details(other, held, form, people)


def resize(wanted: KeptPlace, form: DetailsForm, old: list[Person], new: list[Person]) -> ResponseReturnValue:
    """One place more or fewer, kept at once; the rows move up."""
    scope = place().scope()
    rows = [replace(one, number=n) for n, one in enumerate(new)]
    try:
        return show_details(wanted, resize_place(scope, wanted.hold_id, len(rows)), form, rows)
    except Refused as refused:
        held = read_held(scope, wanted.hold_id)
        if held is None:
            return show_gone(wanted, form, old, status=422)
        return show_details(wanted, held, form, old, wrong=[Refused("people", refused.reason)])


def review(
    wanted: KeptPlace, held: Held, form: DetailsForm, people: list[Person], *, wrong: Sequence[Refused] = ()
) -> ResponseReturnValue:
    """What will be booked, and what it costs; or the form again, with everything that is wrong in it, `wrong` too."""
    scope = place().scope()
    service = read_service(scope, wanted.service_id)
    try:
        details = read_form(service, form, people)
        repeats = repeating.planned(service, held, details)
    except Refused as refused:
        return show_details(wanted, held, form, people, wrong=[refused, *wrong])
    checked = check_details(scope, wanted.hold_id, wanted.service_id, details)
    said = {refused.field for refused in wrong}
    everything = [*wrong, *(refused for refused in checked.wrong if refused.field not in said)]
    if everything:
        return show_details(wanted, held, form, people, wrong=everything)
    return render(
        "review.html",
        service=service,
        held=held,
        form=form,
        people=people,
        kinds={kind.id.hex: kind for kind in list_ticket_types(scope, wanted.service_id)},
        price=checked.price,
        repeats=repeats,
        given=shown(checked.asked),
        location=next((one for one in wherever(scope, service).locations if one.id == checked.where.location_id), None),
        visit_address=checked.where.address,
        typed=typed_values(form, people),
        action=address_of(wanted),
    )


def read_form(service: ServiceFacts, form: DetailsForm, people: list[Person]) -> Details:
    """`Refused` for what cannot be read. Of a series, only the dates that were seen are booked."""
    details = details_of(form, people, is_guest=place().signed_in is None)
    return replace(details, repeat=repeating.chosen(service, form.repeat.data or ""), seen=form.seen.data or "")


def confirm(wanted: KeptPlace, held: Held, form: DetailsForm, people: list[Person]) -> ResponseReturnValue:
    try:
        details = read_form(read_service(place().scope(), wanted.service_id), form, people)
        return done(*confirm_hold(place().scope(), wanted.hold_id, details, address=address()))
    except Refused as refused:
        if refused.field == "slot":
            return show_gone(wanted, form, people, reason=refused.reason, status=422)
        return show_details(wanted, held, form, people, wrong=[refused])


def done(booking_id: UUID, version: int) -> ResponseReturnValue:
    """The page of the booking, in this very frame."""
    token = booking_token(services().tokens, place().tenant.id, booking_id, version)
    return redirect(url_for("booking.show", token=token, made=1), 303)


def show_details(
    wanted: KeptPlace,
    held: Held,
    form: DetailsForm,
    people: list[Person],
    *,
    wrong: Sequence[Refused] = (),
    answers: Mapping[UUID, str] | None = None,
) -> ResponseReturnValue:
    """The form; `wrong` stands beside its fields."""
    scope = place().scope()
    service = read_service(scope, wanted.service_id)
    for refused in wrong:
        if not refused.field.startswith(QUESTION):
            form.refuse(refused.field, refused.reason)
    typed = typed_answers(request.form) if answers is None else answers
    form_asked = asked(scope, service.id, wanted.hold_id, typed)
    return render(
        "details.html",
        status=422 if wrong else 200,
        service=service,
        questions=with_errors(form_asked, wrong),
        most_megabytes=scope.tenant.settings[UPLOAD_MEGABYTES],
        places=wherever(scope, service),
        rhythms=repeating.choices(service, held),
        at_customer=AT_CUSTOMER,
        held=held,
        form=form,
        people=people,
        most=most_places(scope, service),
        kinds=list_ticket_types(scope, service.id),
        documents=documents_of(scope.tenant.settings),
        companions=list_companions(scope),
        profile=read_profile(scope) if place().signed_in else None,
        action=address_of(wanted),
        times_url=url_for("book.times", service=service.id.hex, slot=wanted.slot_key, again=request.args.get("again")),
    )


def show_gone(
    wanted: KeptPlace, form: DetailsForm, people: list[Person], *, reason: Text | None = None, status: int = 200
) -> ResponseReturnValue:
    """The place is not kept any more: the nearest free times, and everything that was typed goes along."""
    here, scope = place(), place().scope()
    service = read_service(scope, wanted.service_id)
    at = slot_start(scope, wanted.slot_key) or here.now
    first = here.formats.local(at - AROUND).date() if at - AROUND > here.now else here.formats.local(here.now).date()
    pages = slots_to_book(scope, service.id, first, 2 * AROUND.days)
    return render(
        "gone.html",
        status=status,
        service=service,
        choice=choose_times(pages, here.formats, here.now, by_date=service.is_class, day=None, key="", gone=at),
        reason=reason or _("Your place was held for a while and is now free for others. Please choose a time."),
        form=form,
        typed=typed_values(form, people),
        action=address_of(wanted),
        times_url=url_for("book.times", service=service.id.hex),
    )
