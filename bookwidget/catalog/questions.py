"""What a business asks in its booking forms."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from bookwidget.catalog import store
from bookwidget.catalog.models import Question, Service
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MAX_LABEL, MAX_HELP, MAX_OPTION, MAX_OPTIONS = 200, 300, 120, 30


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
class WantedQuestion:
    """A question as staff write it. Without a service it is asked for all of them."""

    kind: QuestionKind
    label: str
    help: str = ""
    options: tuple[str, ...] = ()
    is_required: bool = False
    position: int = 0
    is_active: bool = True
    service_id: UUID | None = None


def list_questions(scope: Scope, service_id: UUID) -> tuple[QuestionFacts, ...]:
    """The active ones of this service and of all services, in their order, in one statement."""
    rows = scope.session.rows(store.QUESTIONS, {"service": service_id})
    return tuple(
        QuestionFacts(id, kind, label, help, tuple(options), must) for id, kind, label, help, options, must in rows
    )


def save_question(scope: Scope, wanted: WantedQuestion, question_id: UUID | None = None) -> UUID:
    """Makes a question, or changes this one; its id. Answers that were given keep the words that were asked.

    Raises `Denied`, `Missing`, `Refused("label", "help" or "options", …)`. Event: `question.saved`.
    """
    label = clean_line(wanted.label, "label", longest=MAX_LABEL, required=True)
    words = clean_line(wanted.help, "help", longest=MAX_HELP)
    options = cleaned_options(wanted)
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        key = scope.tenant.id
        if wanted.service_id and session.get(Service, (key, wanted.service_id)) is None:
            raise Missing
        question = session.get(Question, (key, question_id)) if question_id else Question()
        if question is None:
            raise Missing
        question.service_id, question.kind, question.label = wanted.service_id, wanted.kind.value, label
        question.help, question.options, question.is_required = words, list(options), wanted.is_required
        question.position, question.is_active = wanted.position, wanted.is_active
        session.add(question)
        session.flush()
        record(scope, "question.saved", after={"question": question.id.hex, "label": label, "active": wanted.is_active})
        saved: UUID = question.id
    return saved


def cleaned_options(wanted: WantedQuestion) -> tuple[str, ...]:
    """At least two different ones for a choice, none for anything else."""
    if wanted.kind is not QuestionKind.CHOICE:
        return ()
    options = tuple(clean_line(one, "options", longest=MAX_OPTION, required=True) for one in wanted.options)
    if not 2 <= len(set(options)) == len(options) <= MAX_OPTIONS:
        raise Refused("options", _("Give from 2 to %(most)s different options.", most=MAX_OPTIONS))
    return options
