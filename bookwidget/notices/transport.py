"""How a mail leaves: by SMTP, or into a Maildir that stands for every recipient's mailbox in development."""

import hashlib
import os
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 20
"""Seconds that one answer of the mail server may take."""


class Undeliverable(Exception):
    """The server will never take this mail; `code` is its answer (5xx)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"smtp {code}")
        self.code = code


class Unreachable(Exception):
    """The server cannot take it now; `reason` is a code or the class of an error, and names nobody."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Transport(Protocol):
    """Returns once the mail is in somebody else's safe hands."""

    def send(self, mail: EmailMessage) -> None:
        """Raises `Undeliverable` or `Unreachable`; after the latter the mail may have arrived all the same."""


@dataclass(frozen=True)
class Smtp:
    """One connection a mail: a worker that dies leaves nothing half-said behind."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False
    starttls: bool = False
    own_name: str = "localhost"
    """Said in EHLO. Given, because the library would look it up in the network."""
    timeout: float = TIMEOUT

    def __repr__(self) -> str:
        return f"Smtp({self.host}:{self.port})"

    def send(self, mail: EmailMessage) -> None:
        try:
            server = self._connected()
            try:
                server.send_message(mail)
            finally:
                with suppress(OSError, smtplib.SMTPException):  # accepted is accepted, even if QUIT fails
                    server.quit()
        except smtplib.SMTPRecipientsRefused as refusal:
            codes = [code for code, _answer in refusal.recipients.values()]
            raise _failure(min(codes)) from None  # as long as one of them may be taken later, it waits
        except smtplib.SMTPDataError as refusal:
            raise _failure(refusal.smtp_code) from None
        except smtplib.SMTPNotSupportedError:  # an address in another script, and a server that knows ASCII only
            raise Undeliverable(553) from None
        except smtplib.SMTPResponseException as refusal:  # our sender or password: to be mended, so it waits
            raise Unreachable(f"smtp {refusal.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        if self.tls:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, self.own_name, timeout=self.timeout, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, self.own_name, timeout=self.timeout)
        try:
            if self.starttls:
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _failure(code: int) -> Exception:
    return Undeliverable(code) if code >= 500 else Unreachable(f"smtp {code}")


@dataclass(frozen=True)
class Maildir:
    """A folder with a file a mail, named after its Message-ID: what comes twice is kept once."""

    path: Path

    def send(self, mail: EmailMessage) -> None:
        try:
            self._keep(mail)
        except OSError as error:
            raise Unreachable(type(error).__name__) from None

    def _keep(self, mail: EmailMessage) -> None:
        for folder in ("tmp", "new", "cur"):
            (self.path / folder).mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(mail["Message-ID"].encode()).hexdigest()[:32]
        if (self.path / "new" / name).exists() or any((self.path / "cur").glob(f"{name}*")):
            return
        unfinished = self.path / "tmp" / f"{name}.{os.getpid()}"
        with unfinished.open("wb") as file:
            file.write(mail.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path / "new" / name)


def transport_of(url: str, *, own_name: str = "localhost") -> Transport:
    """`smtp://user:password@host:port?starttls=1`, `smtps://…` or `maildir:///path`.

    User and password are percent-encoded. ValueError, without the URL in it, for all else.
    """
    parts = urlsplit(url)
    if parts.scheme == "maildir" and parts.path:
        return Maildir(Path(unquote(parts.path)))
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("mail_url is smtp://host:port, smtps://host:port or maildir:///path")
    tls = parts.scheme == "smtps"
    return Smtp(
        parts.hostname,
        parts.port or (465 if tls else 25),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        tls=tls,
        starttls=parse_qs(parts.query).get("starttls") == ["1"],
        own_name=own_name,
    )


@dataclass(frozen=True)
class ReceivedMail:
    """A mail out of a Maildir, as the mailbox page of the development service shows it."""

    id: str
    """The name of its file."""
    at: datetime
    sender: str
    recipient: str
    reply_to: str
    subject: str
    message_id: str
    text: str
    html: str


def recent_mail(path: Path, limit: int = 50) -> list[ReceivedMail]:
    """The newest mails first. Empty where there is no Maildir yet."""
    files = [file for folder in ("new", "cur") for file in (path / folder).glob("*")]
    newest = sorted(files, key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return [_received(file) for file in newest[:limit]]


def _received(file: Path) -> ReceivedMail:
    mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return ReceivedMail(
        id=file.name,
        at=parsedate_to_datetime(mail["Date"]),
        sender=str(mail["From"]),
        recipient=str(mail["To"]),
        reply_to=str(mail["Reply-To"] or ""),
        subject=str(mail["Subject"]),
        message_id=str(mail["Message-ID"]),
        text="" if text is None else text.get_content(),
        html="" if html is None else html.get_content(),
    )
