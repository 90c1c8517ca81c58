"""People one books for: the list, and a page for each."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.companions import CompanionFacts, list_companions, remove_companion, save_companion
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.web import Widget, place, render

from .forms import PersonForm


def register(widget: Widget) -> None:
    widget.page("/people", people, methods=("GET", "POST"))
    widget.page("/people/<person>", one_person, methods=("GET", "POST"))


def people() -> ResponseReturnValue:
    """The list, and a form for one more."""
    form = PersonForm()
    if request.method == "POST":
        form.check_guard()
        if save(form, None):
            return redirect(url_for(".people", saved=1), 303)
    saved = next((deed for deed in ("saved", "removed") if deed in request.args), "")
    known = list_companions(place().scope())
    return render("people.html", status=422 if form.errors else 200, form=form, companions=known, saved=saved)


def one_person(person: str) -> ResponseReturnValue:
    """Changes or removes somebody."""
    found, form = companion_of(person), PersonForm()
    if request.method == "POST":
        form.check_guard()
        if request.form.get("do") == "remove":
            remove_companion(place().scope(), found.id)
            return redirect(url_for(".people", removed=1), 303)
        if save(form, found):
            return redirect(url_for(".people", saved=1), 303)
    else:
        form = PersonForm(formdata=None, name=found.name, is_child=found.is_child, birth_year=found.birth_year or "")
    return render("person.html", status=422 if form.errors else 200, form=form, person=found)


def save(form: PersonForm, found: CompanionFacts | None) -> bool:
    """Whether it was saved; the form shows what is wrong."""
    try:
        save_companion(
            place().scope(),
            form.name.data or "",
            is_child=bool(form.is_child.data),
            birth_year=form.birth_year.data or "",
            companion_id=found.id if found else None,
        )
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return False
    return True


def companion_of(text: str) -> CompanionFacts:
    found = next((one for one in list_companions(place().scope()) if one.id.hex == text), None)
    if found is None:
        raise Missing
    return found
