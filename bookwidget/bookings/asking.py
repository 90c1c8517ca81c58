"""The business's questions in a booking form: what was typed, what is wrong with it, and what is kept of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bookwidget.bookings import store_answers as store
from bookwidget.bookings.models import GivenAnswer
from bookwidget.bookings.results import BookingDetails
from bookwidget.bookings.rules import FIRST_DAY, LAST_DAY, checked_text
from bookwidget.bookings.uploads import UploadFacts, field_of, uploads_of
from bookwidget.catalog.actions import QuestionFacts, QuestionKind, list_questions
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.scope import Scope

MAX_LINE, MAX_LINES = 200, 2000
YES, NO = "yes", "no"
MISSING: dict[str, Text] = {
    QuestionKind.CHOICE: _("Please choose one of these."),
    QuestionKind.YES_NO: _("Please choose Yes or No."),
    QuestionKind.DATE: _("Please choose a day."),
    QuestionKind.FILE: _("Please choose a file."),
}
UNANSWERED: Text = _("Please fill this in.")
NO_DAY: Text = _("This is no day. Type the year, the month and the day, such as 2026-11-24.")


@dataclass(frozen=True)
class Asked:
    """A question of a form, with what has been answered so far."""

    question: QuestionFacts
    typed: str = ""
    upload: UploadFacts | None = None

    @property
    def field(self) -> str:
        return field_of(self.question.id)


@dataclass(frozen=True)
class ShownAnswer:
    """An answer of a booking, under the question as it was asked then."""

    id: UUID
    question_id: UUID
    kind: str
    """A `QuestionKind`; says how to read the value."""
    label: str
    value: str
    """The words; `yes` or `no`; a date as ISO writes it; the name of a file."""
    size: int | None = None
    """Of a file, in bytes."""

    @property
    def day(self) -> date | None:
        """The value, if it is a date."""
        return date.fromisoformat(self.value) if self.kind == QuestionKind.DATE else None


def asked(scope: Scope, service_id: UUID, hold_id: UUID, typed: Mapping[UUID, str]) -> tuple[Asked, ...]:
    """What the form of this service asks, in order: one statement, and one more if it asks for files."""
    questions = list_questions(scope, service_id)
    has_files = any(question.is_file for question in questions)
    uploads = {one.question_id: one for one in uploads_of(scope, hold_id)} if has_files else {}
    return tuple(
        Asked(question, "" if question.is_file else typed.get(question.id, ""), uploads.get(question.id))
        for question in questions
    )


def checked_answer(one: Asked) -> str:
    """The answer as it is stored, empty for none; `Refused("question-…", …)` under the field's name."""
    question, value = one.question, one.upload.name if one.upload else one.typed.strip()
    if not value:
        if question.is_required:
            raise Refused(one.field, MISSING.get(question.kind, UNANSWERED))
        return ""
    match question.kind:
        case QuestionKind.LINE:
            return " ".join(checked_text(one.field, value, MAX_LINE).split())
        case QuestionKind.TEXT:
            return checked_text(one.field, value, MAX_LINES)
        case QuestionKind.DATE:
            return checked_day(one.field, value)
        case QuestionKind.FILE:
            return value
    allowed = (YES, NO) if question.kind == QuestionKind.YES_NO else question.options
    if value not in allowed:
        raise Refused(one.field, MISSING[question.kind])
    return value


def checked_day(field: str, value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise Refused(field, NO_DAY) from error
    if not FIRST_DAY <= day < LAST_DAY:
        raise Refused(field, NO_DAY)
    return day.isoformat()


def answer_problems(form: Iterable[Asked]) -> Iterator[Refused]:
    """Everything that is wrong, each under its field."""
    for one in form:
        try:
            checked_answer(one)
        except Refused as refused:
            yield refused


def shown(form: Iterable[Asked]) -> tuple[ShownAnswer, ...]:
    """What will be stored, for the review of a form in which nothing is wrong."""
    return tuple(shown_answer(one, value) for one in form if (value := checked_answer(one)))


def shown_answer(one: Asked, value: str) -> ShownAnswer:
    question, size = one.question, one.upload.size if one.upload else None
    return ShownAnswer(question.id, question.id, question.kind, question.label, value, size)


def keep_answers(scope: Scope, booking_id: UUID, form: Sequence[Asked]) -> None:
    """Stores them with the booking that the hold has become, inside the open write transaction."""
    scope.session.add_all(
        GivenAnswer(
            booking_id=booking_id,
            question_id=one.question.id,
            position=position,
            kind=one.question.kind,
            label=one.question.label,
            value=value,
            upload_id=one.upload.id if one.upload else None,
        )
        for position, one in enumerate(form)
        if (value := checked_answer(one))
    )
    uploads = [one.upload.id for one in form if one.upload]
    if uploads:
        scope.session.rows(store.BOOK_UPLOADS, {"uploads": uploads})


def copy_answers(scope: Scope, booking_id: UUID, into: UUID) -> None:
    """For a booking that is split off, inside the open write transaction. A file is then read by both."""
    rows = scope.session.rows(store.GIVEN, {"booking": booking_id}).mappings()
    scope.session.add_all([GivenAnswer(booking_id=into, **row) for row in rows])


def answers_of(scope: Scope, booking: BookingDetails) -> tuple[ShownAnswer, ...]:
    """What was answered when it was booked, in one statement. Who has the booking's details may read it."""
    return tuple(ShownAnswer(*row) for row in scope.session.rows(store.ANSWERS, {"booking": booking.id}))
