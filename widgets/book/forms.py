"""What people type when they book."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import request
from wtforms import BooleanField, EmailField, HiddenField, StringField, TelField, TextAreaField

from bookwidget.accounts.companions import CompanionFacts
from bookwidget.accounts.guests import Guest
from bookwidget.bookings.actions import Agreement, Details, NewTicket
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.text import _
from bookwidget.web import Form

MOST_ROWS = 50
"""People in one form, whatever somebody sends."""
MOST_QUESTIONS = 100
"""Likewise."""
OLDEST = 17
"""Years of a child."""
QUESTION = "question-"
"""Begins the names of the fields for the business's own questions; the question's id follows."""


class TimeForm(Form):
    slot = HiddenField()
    """Key of the time that was chosen; the template draws it as radio buttons."""
    hold = HiddenField()
    """Names the place that will be kept: the same form sent twice keeps one."""


class GuestForm(Form):
    """Who somebody is that is not logged in."""

    given_name = StringField(_("First name"))
    family_name = StringField(_("Last name"))
    email = EmailField(_("Email"))
    phone = TelField(_("Phone (optional)"))


class DetailsForm(GuestForm):
    where = StringField()
    """A location's id, or `AT_CUSTOMER`; the template draws it as radio buttons."""
    visit_address = StringField(_("Your address"))
    repeat = StringField(_("Repeat"))
    """Names a rhythm; the template draws it as a select."""
    seen = HiddenField()
    """Names the dates of the series that the review showed."""
    note = TextAreaField(_("Note (optional)"))
    terms = BooleanField()
    privacy = BooleanField()


@dataclass(frozen=True)
class Person:
    """A row of the form: for whom a place is."""

    number: int
    name: str = ""
    is_child: bool = False
    age: str = ""
    kind: str = ""
    """Id of a ticket type."""
    who: str = ""
    """Id of somebody whom the customer books for; then name and age are theirs."""
    is_remembered: bool = False

    @property
    def typed(self) -> Iterator[tuple[str, str]]:
        """Its fields, to be sent again."""
        values = (
            ("name", self.name),
            ("age", self.age),
            ("kind", self.kind),
            ("child", "1" if self.is_child else ""),
            ("who", self.who),
            ("remember", "1" if self.is_remembered else ""),
        )
        return ((f"{field}-{self.number}", value) for field, value in values if value)

    def ticket(self) -> NewTicket:
        """`Refused` for an age that is none, and for a ticket type that cannot be."""
        age = self.age.strip()
        if age and not (self.is_child and age.isascii() and age.isdigit() and int(age[:3]) <= OLDEST):
            raise Refused("people", _("Type a child's age as a number from 0 to %(oldest)s.", oldest=OLDEST))
        kind = parse_uuid(self.kind)
        if self.kind and kind is None:
            raise Refused("people", _("Choose one of the ticket types."))
        return NewTicket(self.name, self.is_child, int(age) if age else None, kind, self.is_remembered)


def people_of(sent: Mapping[str, str], places: int, known: Sequence[CompanionFacts] = ()) -> list[Person]:
    """The rows of the form that was sent, at most so many as there can be, with what is `known` of whom was chosen."""
    people = {one.id.hex: one for one in known}
    return [
        with_facts(
            Person(
                n,
                sent.get(f"name-{n}", ""),
                bool(sent.get(f"child-{n}")),
                sent.get(f"age-{n}", ""),
                sent.get(f"kind-{n}", ""),
                is_remembered=bool(sent.get(f"remember-{n}")),
            ),
            people.get(sent.get(f"who-{n}", "")),
        )
        for n in range(min(max(places, 1), MOST_ROWS))
    ]


def with_facts(person: Person, chosen: CompanionFacts | None) -> Person:
    if chosen is None:
        return person
    age = "" if chosen.age is None else str(min(chosen.age, OLDEST))
    return replace(person, name=chosen.name, is_child=chosen.is_child, age=age, who=chosen.id.hex, is_remembered=False)


def typed_answers(sent: Mapping[str, str]) -> dict[UUID, str]:
    """What was typed for the business's own questions."""
    found = ((question_of(name), typed) for name, typed in sent.items() if typed)
    return dict([(question, typed) for question, typed in found if question][:MOST_QUESTIONS])


def question_of(name: str) -> UUID | None:
    """The question whose field has this name."""
    return parse_uuid(name.removeprefix(QUESTION)) if name.startswith(QUESTION) else None


def details_of(form: DetailsForm, people: list[Person], *, is_guest: bool) -> Details:
    """`Refused("people", …)` for a row that cannot be read."""
    tickets = tuple(person.ticket() for person in people)
    guest = None
    if is_guest:
        words = (form.email.data, form.given_name.data, form.family_name.data, form.phone.data)
        guest = Guest(*(word or "" for word in words))
    return Details(
        tickets,
        form.note.data or "",
        guest,
        Agreement(bool(form.terms.data), bool(form.privacy.data)),
        typed_answers(request.form),
        form.where.data or "",
        form.visit_address.data or "",
    )


def typed_values(form: DetailsForm, people: list[Person]) -> list[tuple[str, str]]:
    """Everything that was typed, as hidden fields of the next page."""
    values: list[tuple[str, Any]] = [("people", str(len(people)))]
    values += [
        (field.name, field.data)
        for field in (
            form.given_name, form.family_name, form.email, form.phone, form.where, form.visit_address, form.repeat,
            form.note,
        )
        if field.data
    ]  # fmt: skip
    values += [(f"{QUESTION}{question.hex}", typed) for question, typed in typed_answers(request.form).items()]
    values += [(field.name, "y") for field in (form.terms, form.privacy) if field.data]
    for person in people:
        values += person.typed
    return values


def asked_for() -> tuple[str, int]:
    """The button that was pressed, and the number that it carries."""
    deed, _dash, number = request.form.get("do", "review").partition("-")
    return deed, int(number[:3]) if number.isascii() and number.isdigit() else -1
