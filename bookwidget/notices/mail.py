"""From a stored message to a mail with its headers."""

import re
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bookwidget.bookings.actions import CalendarFile
from bookwidget.kernel.ids import uuid7
from bookwidget.notices.kinds import Kind
from bookwidget.notices.models import Message
from bookwidget.notices.store import StoredMessage
from bookwidget.tenancy.scope import Scope

if TYPE_CHECKING:
    from bookwidget.notices.compose import Letter

NAME_LENGTH, SUBJECT_LENGTH = 80, 300
BREAKING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\s]+")
"""Line breaks of any kind, which would begin a new header, and what turns the order of letters round."""


class MailPolicy(EmailPolicy):
    """Writes Subject and From by `email.header`: the policy's own folding loses or adds a space between two encoded
    words, which in a language without ASCII happens in every longer subject.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == "List-Unsubscribe":  # one long address, which folding would write as encoded words
            return f"{name}: {value}\r\n".encode()
        words = value.addresses[0].display_name if name == "From" else str(value)
        if name not in ("Subject", "From") or words.isascii():
            return super().fold_binary(name, value)
        written = Header(words, "utf-8", header_name=name).encode(linesep="\r\n")
        address = f"\r\n <{value.addresses[0].addr_spec}>" if name == "From" else ""
        return f"{name}: {written}{address}\r\n".encode()


# Base64 or quoted-printable where needed, so that no server on the way has to know 8BITMIME.
POLICY = MailPolicy(linesep="\r\n", cte_type="7bit")


def one_line(text: str, length: int) -> str:
    """Words that people typed, fit for a header."""
    return BREAKING.sub(" ", text).strip()[:length]


def with_ascii_domain(address: str) -> str:
    """`info@bücher.example` as any server understands it. ValueError for an impossible domain."""
    local, at, domain = address.rpartition("@")
    return local + at + (domain if domain.isascii() else domain.encode("idna").decode())


def new_message(scope: Scope, letter: "Letter", kind: Kind, event_id: UUID, *, to: str, reply_to: str) -> Message:
    """The row of a message as it is written now; it is not stored yet."""
    return Message(
        id=uuid7(),
        event_id=event_id,
        template=kind.template,
        recipient=kind.recipient,
        channel=kind.channel,
        address=to,
        reply_to=reply_to,
        sender_name=one_line(scope.tenant.name, NAME_LENGTH),
        subject=one_line(letter.subject or letter.text, SUBJECT_LENGTH if letter.subject else NAME_LENGTH),
        text=letter.text,
        html=letter.html,
        trouble=letter.trouble,
        created_at=scope.now,
    )


def addresses_in(line: str) -> tuple[Address, ...]:
    """Those of a line with commas between them; ValueError or IndexError for an impossible one."""
    return tuple(Address(addr_spec=with_ascii_domain(address)) for address in line.split(", "))


def message_id_of(message: StoredMessage, host: str) -> str:
    """The same at each attempt: by it a receiver knows a mail that comes twice."""
    return f"<{message.id.hex}@{host}>"


def mail_of(
    message: StoredMessage,
    text: str,
    html: str,
    *,
    sender: str,
    host: str,
    calendar: CalendarFile | None = None,
    unsubscribe: str = "",
) -> EmailMessage:
    """`sender` is the service's own address, shown under the business's name; `unsubscribe` turns such mails off in one
    click (RFC 8058). ValueError for an impossible address.
    """
    mail = EmailMessage(policy=POLICY)
    mail["From"] = Address(one_line(message.sender_name, NAME_LENGTH), addr_spec=sender)
    mail["To"] = addresses_in(message.address)
    if message.reply_to:
        mail["Reply-To"] = addresses_in(message.reply_to)
    mail["Subject"] = one_line(message.subject, SUBJECT_LENGTH)
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message_id_of(message, host)
    mail["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        mail["List-Unsubscribe"] = f"<{unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    if calendar is not None:
        mail.add_attachment(
            calendar.data.decode(),
            subtype="calendar",
            filename="booking.ics",
            params={"method": calendar.method},
        )
    return mail
