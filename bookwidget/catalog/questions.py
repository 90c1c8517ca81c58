"""What a business asks in its booking forms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from bookwidget.catalog import store
from bookwidget.catalog.models import Question, Service
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import digest, uuid7
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MAX_LABEL, MAX_HELP, MAX_OPTION, MAX_OPTIONS = 200, 300, 120, 30
CHANGED: Text = _("Somebody else has changed this question in the meantime. Please look at it again.")


class QuestionKind(StrEnum):
    LINE = "line"
    """One line of text."""
    TEXT = "text"
    """Several lines."""
    CHOICE = "choice"
    """One of the options."""
    YES_NO = "yes_no"
    DATE = "date"
    FILE = "file"


@dataclass(frozen=True)
class QuestionFacts:
    """A question as a form asks it."""

    id: UUID
    kind: str
    """A `QuestionKind`."""
    label: str
    help: str
    options: tuple[str, ...]
    is_required: bool

    @property
    def is_file(self) -> bool:
        return self.kind == QuestionKind.FILE


@dataclass(frozen=True)
class KeptQuestion(QuestionFacts):
    """A question as staff see it."""

    service_id: UUID | None
    """None: asked for every service."""
    is_active: bool

    @property
    def seen(self) -> str:
        """Names how it stands; a form sends it back. Its place among the others is not part of that."""
        return digest((self.kind, self.label, self.help, *self.options, self.is_required, self.service_id))


@dataclass(frozen=True)
class WantedQuestion:
    """A question as staff write it. Without a service it is asked for all of them."""

    kind: QuestionKind
    label: str
    help: str = ""
    options: tuple[str, ...] = ()
    is_required: bool = False
    service_id: UUID | None = None

    def facts(self, id: UUID) -> QuestionFacts:
        """As a form would ask it."""
        return QuestionFacts(id, self.kind, self.label, self.help, self.options, self.is_required)


def list_questions(scope: Scope, service_id: UUID) -> tuple[QuestionFacts, ...]:
    """The active ones of this service and of all services, in their order, in one statement."""
    rows = scope.session.rows(store.QUESTIONS, {"service": service_id})
    return tuple(
        QuestionFacts(id, kind, label, help, tuple(options), must) for id, kind, label, help, options, must in rows
    )


def list_kept_questions(scope: Scope) -> tuple[KeptQuestion, ...]:
    """All of the business, those that are no longer asked too, in their order; `Missing` for all but staff."""
    if not scope.actor.is_staff:
        raise Missing
    return tuple(kept(row) for row in scope.session.rows(store.KEPT_QUESTIONS))


def kept(row: Sequence[Any]) -> KeptQuestion:
    id, kind, label, help, options, must, service_id, is_active = row
    return KeptQuestion(id, kind, label, help, tuple(options), must, service_id, is_active)


def add_question(scope: Scope, wanted: WantedQuestion, question_id: UUID | None = None) -> UUID:
    """Makes a question, which is asked last; its id. `question_id` is the form's: sent twice, it is one question.

    Raises `Denied`, `Missing`, `Refused("label", "help" or "options", …)`. Event: `question.saved`.
    """
    id, clean = question_id or uuid7(), cleaned(wanted)
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        if scope.session.rows(store.QUESTION, {"question": id}).one_or_none() is not None:
            return id
        last = scope.session.rows(store.LAST_POSITION).scalar_one()
        question = Question(id=id, position=last + 1)
        write(scope, question, clean)
        session.add(question)
        record(scope, "question.saved", after=facts_of(id, clean))
    return id


def change_question(scope: Scope, question_id: UUID, wanted: WantedQuestion, *, seen: str | None = None) -> None:
    """Writes a question anew. Answers that were given keep the words that were asked.

    `seen` is `KeptQuestion.seen` of the page that was shown; None does not compare. As it stands already is no
    change. Raises what `add_question` raises, and `Refused("", …)` for a page that is older.
    """
    clean = cleaned(wanted)
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        row = scope.session.rows(store.QUESTION, {"question": question_id}).one_or_none()
        if row is None:
            raise Missing
        before = kept(row)
        if (clean.facts(question_id), clean.service_id) == (as_asked(before), before.service_id):
            return
        if seen not in (None, before.seen):
            raise Refused("", CHANGED)
        write(scope, session.get_one(Question, (scope.tenant.id, question_id)), clean)
        session.flush()
        record(scope, "question.saved", before={"label": before.label}, after=facts_of(question_id, clean))


def retire_question(scope: Scope, question_id: UUID, *, is_asked: bool = False) -> None:
    """Asks it no longer, or again. What was answered stays. Raises `Denied`, `Missing`. Event: `question.retired` or
    `question.restored`, none if nothing changes.
    """
    with writing(scope.session):
        require(scope, Permission.CATALOG_CHANGE)
        row = scope.session.rows(store.QUESTION, {"question": question_id}).one_or_none()
        if row is None:
            raise Missing
        question = kept(row)
        if question.is_active is is_asked:
            return
        scope.session.rows(store.SET_ASKED, {"of": question_id, "asked": is_asked})
        kind = "question.restored" if is_asked else "question.retired"
        record(scope, kind, after={"question": question_id.hex, "label": question.label})


def place_question(scope: Scope, question_id: UUID, neighbour_id: UUID, *, is_before: bool) -> None:
    """Puts a question before or after another one, wherever that stands; there already, nothing changes.

    Questions of one service and of all services have one order. Raises `Denied`, `Missing`. Event: `question.placed`.
    """
    with writing(scope.session):
        require(scope, Permission.CATALOG_CHANGE)
        scope.session.rows(store.LOCK_QUESTIONS).all()
        order = [row.id for row in scope.session.rows(store.KEPT_QUESTIONS)]
        if not placed(order, question_id, neighbour_id, is_before=is_before):
            return
        for position, id in enumerate(order, 1):
            scope.session.rows(store.SET_POSITION, {"of": id, "position": position})
        record(scope, "question.placed", after={"question": question_id.hex, "position": order.index(question_id) + 1})


def placed(order: list[UUID], id: UUID, neighbour_id: UUID, *, is_before: bool) -> bool:
    """Puts one before or after another, in place; whether anything changed. `Missing` for what is not in the order."""
    if id not in order or neighbour_id not in order or id == neighbour_id:
        raise Missing
    if (order.index(id) < order.index(neighbour_id)) is is_before:
        return False
    order.remove(id)
    order.insert(order.index(neighbour_id) + (0 if is_before else 1), id)
    return True


def write(scope: Scope, question: Question, clean: WantedQuestion) -> None:
    """`Missing` for a service that there is not."""
    if clean.service_id and scope.session.get(Service, (scope.tenant.id, clean.service_id)) is None:
        raise Missing
    question.service_id, question.kind, question.label = clean.service_id, clean.kind.value, clean.label
    question.help, question.options, question.is_required = clean.help, list(clean.options), clean.is_required


def as_asked(question: KeptQuestion) -> QuestionFacts:
    return QuestionFacts(
        question.id, question.kind, question.label, question.help, question.options, question.is_required
    )


def facts_of(id: UUID, question: WantedQuestion) -> dict[str, Any]:
    """As an event keeps it."""
    return {"question": id.hex, "label": question.label, "kind": question.kind.value}


def cleaned(wanted: WantedQuestion) -> WantedQuestion:
    """As it is stored; raises `Refused("label", "help" or "options", …)`."""
    return replace(
        wanted,
        label=clean_line(wanted.label, "label", longest=MAX_LABEL, required=True),
        help=clean_line(wanted.help, "help", longest=MAX_HELP),
        options=cleaned_options(wanted),
    )


def cleaned_options(wanted: WantedQuestion) -> tuple[str, ...]:
    """At least two different ones for a choice, none for anything else."""
    if wanted.kind is not QuestionKind.CHOICE:
        return ()
    options = tuple(clean_line(one, "options", longest=MAX_OPTION, required=True) for one in wanted.options)
    if not 2 <= len(set(options)) == len(options) <= MAX_OPTIONS:
        raise Refused("options", _("Give from 2 to %(most)s different options.", most=MAX_OPTIONS))
    return options
