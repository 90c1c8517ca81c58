"""What the booking forms ask, with the form as customers see it beside."""

from collections.abc import Sequence
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import Asked
from bookwidget.bookings.settings import UPLOAD_MEGABYTES
from bookwidget.catalog.actions import (
    KeptQuestion,
    QuestionFacts,
    QuestionKind,
    ServiceFacts,
    WantedQuestion,
    add_question,
    change_question,
    cleaned,
    list_kept_questions,
    list_services,
    place_question,
    retire_question,
)
from bookwidget.console.forms import QuestionForm
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import parse_uuid, uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk
from bookwidget.web.guard import PlainForm
from bookwidget.web.questions import QuestionField, with_errors

KINDS = {
    QuestionKind.LINE: _("A line of text"),
    QuestionKind.TEXT: _("Several lines of text"),
    QuestionKind.CHOICE: _("One of several options"),
    QuestionKind.YES_NO: _("Yes or no"),
    QuestionKind.DATE: _("A day"),
    QuestionKind.FILE: _("A file"),
}
EVERY: Text = _("Every service")
NEWS = {
    "saved": _("The question has been saved. Bookings made so far keep the words they were asked in."),
    "retired": _("The question is no longer asked. Answers given so far stay where they are."),
    "restored": _("The question is asked again."),
}


def managing() -> Scope:
    """The scope of a member who may change what is offered."""
    desk().require(Permission.CATALOG_CHANGE)
    return desk().scope()


def questions() -> ResponseReturnValue:
    """The form of the service in the address, or of the first one."""
    scope = managing()
    services, everything = list_services(scope), list_kept_questions(scope)
    asked = parse_uuid(request.args.get("service", ""))
    chosen = next((one for one in services if one.id == asked), services[0] if services else None)
    mine = [one for one in everything if one.service_id in (None, chosen.id if chosen else None)]
    active = [one for one in mine if one.is_active]
    return show(
        "questions.html", services=services, chosen=chosen, questions=active, kinds=KINDS,
        retired=[one for one in mine if not one.is_active], news=NEWS.get(request.args.get("done", "")),
        fields=with_errors(Asked(one) for one in active), most_megabytes=scope.tenant.settings[UPLOAD_MEGABYTES],
    )  # fmt: skip


def questions_new() -> ResponseReturnValue:
    """GET shows an empty form, POST keeps the question, or shows it as customers would see it."""
    scope, form = managing(), QuestionForm()
    if request.method == "GET":
        form.question.data, form.service.data = uuid7().hex, request.args.get("service", "")
        form.kind.data = QuestionKind.LINE.value
        return show_question(scope, form)
    form.check_guard()
    try:
        wanted, question_id = wanted_of(form), parse_uuid(form.question.data or "")
        if "show" in request.form:
            return show_question(scope, form, sample=cleaned(wanted))
        add_question(scope, wanted, question_id)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_question(scope, form)
    return back(wanted.service_id, "saved")


def questions_edit(question: str) -> ResponseReturnValue:
    scope, form = managing(), QuestionForm()
    if request.method == "POST":
        form.check_guard()
    found = find(scope, question)
    if request.method == "GET":
        fill(form, found)
        return show_question(scope, form, found=found, sample=found)
    try:
        wanted = wanted_of(form)
        if "show" in request.form:
            return show_question(scope, form, found=found, sample=cleaned(wanted))
        change_question(scope, found.id, wanted, seen=form.seen.data or "")
    except Refused as refused:
        form.refuse_seen(refused, found.seen)
        return show_question(scope, form, found=found)
    return back(wanted.service_id, "saved")


def questions_place(question: str) -> ResponseReturnValue:
    """The pressed button names the neighbour and the side: `before.<id>` or `after.<id>`."""
    scope = managing()
    if request.method == "GET":
        return redirect(url_for(".questions"), 303)
    PlainForm().check_guard()
    side, _dot, neighbour = request.form.get("place", "").partition(".")
    neighbour_id = parse_uuid(neighbour)
    if neighbour_id is None or side not in ("before", "after"):
        raise Missing
    place_question(scope, find(scope, question).id, neighbour_id, is_before=side == "before")
    return back(parse_uuid(request.form.get("service", "")), "")


def questions_retire(question: str) -> ResponseReturnValue:
    """Without a question of ours back: the same button undoes it."""
    scope = managing()
    if request.method == "GET":
        return redirect(url_for(".questions"), 303)
    PlainForm().check_guard()
    is_asked = request.form.get("asked") == "1"
    retire_question(scope, find(scope, question).id, is_asked=is_asked)
    return back(parse_uuid(request.form.get("service", "")), "restored" if is_asked else "retired")


def back(service_id: UUID | None, deed: str) -> ResponseReturnValue:
    return redirect(url_for(".questions", service=service_id.hex if service_id else None, done=deed or None), 303)


def find(scope: Scope, text: str) -> KeptQuestion:
    wanted = parse_uuid(text)
    found = next((one for one in list_kept_questions(scope) if one.id == wanted), None)
    if found is None:
        raise Missing
    return found


def fill(form: QuestionForm, found: KeptQuestion) -> None:
    form.service.data = found.service_id.hex if found.service_id else ""
    form.kind.data, form.label.data, form.help.data = found.kind, found.label, found.help
    form.options.data, form.is_required.data = "\n".join(found.options), found.is_required
    form.seen.data = found.seen


def wanted_of(form: QuestionForm) -> WantedQuestion:
    """What was typed; `Refused("kind" or "service", …)` for what is not in the lists."""
    try:
        kind = QuestionKind(form.kind.data or "")
    except ValueError as error:
        raise Refused("kind", _("Choose one of the listed values.")) from error
    service_id = parse_uuid(form.service.data or "")
    if form.service.data and service_id is None:
        raise Refused("service", _("Choose one of the listed values."))
    options = tuple(line for line in (form.options.data or "").splitlines() if line.strip())
    return WantedQuestion(
        kind, form.label.data or "", form.help.data or "", options, bool(form.is_required.data), service_id
    )


def show_question(
    scope: Scope,
    form: QuestionForm,
    *,
    found: KeptQuestion | None = None,
    sample: WantedQuestion | QuestionFacts | None = None,
) -> ResponseReturnValue:
    """`sample` is what stands beside the form as customers see it."""
    asked = sample.facts(uuid7()) if isinstance(sample, WantedQuestion) else sample
    return show(
        "question.html", status=422 if form.errors else 200, form=form, found=found,
        field=QuestionField(Asked(asked)) if asked else None, services=choices_of(list_services(scope)),
        kinds=[(kind.value, title) for kind, title in KINDS.items()],
        most_megabytes=scope.tenant.settings[UPLOAD_MEGABYTES],
    )  # fmt: skip


def choices_of(services: Sequence[ServiceFacts]) -> list[tuple[str, Text | str]]:
    return [("", EVERY), *((service.id.hex, service.name) for service in services)]
