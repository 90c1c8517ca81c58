"""Files that a booking form asks for: known by what is inside, kept with the hold, and then with the booking."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookwidget.accounts import limits
from bookwidget.bookings import settings as choices
from bookwidget.bookings import store_answers as store
from bookwidget.bookings.models import Upload
from bookwidget.bookings.results import BookingDetails
from bookwidget.catalog.actions import list_questions
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import Text, _
from bookwidget.schedule.actions import lock_hold, still_kept
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing
from bookwidget.tenancy.settings import Settings

MEGABYTE = 1_000_000
MAX_STEM = 80
BEGINNINGS = ((b"%PDF-", ".pdf"), (b"\x89PNG\r\n\x1a\n", ".png"), (b"\xff\xd8\xff", ".jpg"))
"""The first bytes of what is allowed."""
NOT_IN_TEXT = bytes(code for code in range(32) if code not in b"\t\n\f\r") + b"\x7f"
NOT_IN_NAMES = frozenset('"*/:<>?\\|')
"""No system of any customer's or the business's likes these."""
UNKNOWN: Text = _("Only PDF, PNG, JPEG and WebP files and plain text can be sent. Save it as one of these.")
EMPTY: Text = _("This file is empty. Choose another one.")


@dataclass(frozen=True)
class UploadFacts:
    """A file that is kept for a form; its content is read only when somebody downloads it."""

    id: UUID
    question_id: UUID
    name: str
    size: int
    """Bytes."""


@dataclass(frozen=True)
class AnswerFile:
    """For a download."""

    name: str
    content: bytes


def ending_of(content: bytes) -> str:
    """The ending that fits what is inside, such as ".pdf"; empty for everything that is not allowed."""
    known = next((ending for beginning, ending in BEGINNINGS if content.startswith(beginning)), "")
    if known:
        return known
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return ".webp"
    return ".txt" if is_text(content) else ""


def is_text(content: bytes) -> bool:
    """Words and nothing else: UTF-8 without control signs."""
    if len(content.translate(None, NOT_IN_TEXT)) != len(content):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def file_name(sent: str, ending: str) -> str:
    """A name of ours from the one that was sent: no folder, no sign that hides or turns others, and the ending that
    is true.
    """
    last = unicodedata.normalize("NFC", sent).replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in NOT_IN_NAMES)
    stem, dot, _ending = plain.rpartition(".")
    words = " ".join((stem if dot else plain).split()).strip(" .")[:MAX_STEM].rstrip(" .")
    return f"{words or 'file'}{ending}"


def keep_upload(
    scope: Scope, hold_id: UUID, question_id: UUID, name: str, content: bytes, *, address: str = ""
) -> None:
    """Keeps the file for this question of the hold's form, in place of the one before, until the hold lapses.

    Raises `Missing` for what is no question for a file, `Refused("question-…", …)` for a file that is not allowed,
    `Refused("slot", …)` once nothing is kept. `address` is counted, so that nobody fills the disk.
    """
    field = field_of(question_id)
    ending = checked_content(scope.tenant.settings, field, content)
    if address:
        limits.count_attempt(scope.session, limits.UPLOAD_ADDRESS, address, scope.now)
    with writing(scope.session):
        hold = still_kept(lock_hold(scope, hold_id))
        if not any(one.is_file and one.id == question_id for one in list_questions(scope, hold.service_id)):
            raise Missing
        others = [one for one in uploads_of(scope, hold_id) if one.question_id != question_id]
        most = scope.tenant.settings[choices.UPLOAD_COUNT]
        if len(others) >= most:
            raise Refused(field, _("These are too many files. One booking takes at most: %(most)s", most=most))
        forget(scope, hold_id, question_id)
        scope.session.add(
            Upload(
                id=uuid7(),
                hold_id=hold_id,
                question_id=question_id,
                name=file_name(name, ending),
                size=len(content),
                content=content,
                until=hold.until,
            )
        )


def forget_upload(scope: Scope, hold_id: UUID, question_id: UUID) -> None:
    """Of a form that is still open; twice is the same as once."""
    with writing(scope.session):
        forget(scope, hold_id, question_id)


def forget(scope: Scope, hold_id: UUID, question_id: UUID) -> None:
    scope.session.rows(store.FORGET_UPLOAD, {"hold": hold_id, "question": question_id})


def checked_content(settings: Settings, field: str, content: bytes) -> str:
    """Its ending; `Refused` for a file that is empty, too large or of no kind that is allowed."""
    most = settings[choices.UPLOAD_MEGABYTES]
    if not content:
        raise Refused(field, EMPTY)
    if len(content) > most * MEGABYTE:
        raise Refused(field, _("This file is too large. Choose one of at most %(most)s MB.", most=most))
    ending = ending_of(content)
    if not ending:
        raise Refused(field, UNKNOWN)
    return ending


def field_of(question_id: UUID) -> str:
    """The name under which a form sends the answer, and under which it is refused."""
    return f"question-{question_id.hex}"


def most_bytes(settings: Settings) -> int:
    """What a form may send with all its files."""
    return (settings[choices.UPLOAD_MEGABYTES] * settings[choices.UPLOAD_COUNT] + 1) * MEGABYTE


def uploads_of(scope: Scope, hold_id: UUID) -> list[UploadFacts]:
    """Those of a form that is still open."""
    rows = scope.session.rows(store.UPLOADS, {"hold": hold_id, "now": scope.now})
    return [UploadFacts(*row) for row in rows]


def keep_uploads_until(scope: Scope, hold_id: UUID, until: datetime) -> None:
    """As long as their hold, inside the open write transaction."""
    scope.session.rows(store.KEEP_UPLOADS, {"hold": hold_id, "end": until, "now": scope.now})


def drop_uploads(scope: Scope, hold_id: UUID) -> None:
    """Of a form that is given up, inside the open write transaction."""
    scope.session.rows(store.FORGET_UPLOADS, {"hold": hold_id})


def read_answer_file(scope: Scope, booking: BookingDetails, answer_id: UUID) -> AnswerFile:
    """What was sent with it; who has the booking's details may read it. `Missing` if it is not this booking's."""
    row = scope.session.rows(store.ANSWER_FILE, {"booking": booking.id, "answer": answer_id}).one_or_none()
    if row is None:
        raise Missing
    return AnswerFile(*row)
