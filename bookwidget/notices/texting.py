"""How a text message leaves: by the HTTP interface of a gateway, or, as long as there is none, only into the log."""

import json
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Protocol
from urllib.parse import SplitResult, urlencode, urlsplit

from bookwidget.logs import log
from bookwidget.notices.lengths import length_of
from bookwidget.notices.transport import Undeliverable, Unreachable

TIMEOUT = 10
"""Seconds that one answer of the gateway may take."""
TO_BE_MENDED = {401, 403, 407, 408, 425, 429}
"""Refusals of 4xx that may pass: our token is wrong, or it is too early or too much at once."""
BODIES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
FIELDS = "to text from"


@dataclass(frozen=True)
class TextMessage:
    """What a gateway is asked to send."""

    key: str
    """The same at each attempt: by it a gateway knows a message that comes twice."""
    to: str = field(repr=False)
    """E.164."""
    text: str = field(repr=False)


class Texting(Protocol):
    """Returns once the message is in somebody else's safe hands."""

    def send(self, message: TextMessage) -> None:
        """Raises `Undeliverable` or `Unreachable`; after the latter the message may have arrived all the same."""


@dataclass(frozen=True)
class LogOnly:
    """Says that there was a message, and neither to whom nor what."""

    def send(self, message: TextMessage) -> None:
        log.info("text_message", key=message.key, messages=length_of(message.text).messages)


@dataclass(frozen=True)
class HttpGateway:
    """One POST a message. Redirects are not followed: a POST that became a GET would look as if it had been taken."""

    url: SplitResult
    token: str = field(repr=False)
    """Sent as `Authorization: Bearer …`; empty: none."""
    sender: str
    """Shown to who gets it; empty: the gateway decides."""
    body: str
    """One of `BODIES`."""
    fields: tuple[str, str, str]
    """What the gateway calls number, text and sender."""
    timeout: float = TIMEOUT

    def send(self, message: TextMessage) -> None:
        make = HTTPSConnection if self.url.scheme == "https" else HTTPConnection
        connection = make(self.url.hostname or "", self.url.port, timeout=self.timeout)
        target = (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")
        try:
            connection.request("POST", target, self._written(message), self._headers(message))
            status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            raise Unreachable(type(error).__name__) from None
        finally:
            connection.close()
        if not 200 <= status < 300:
            is_final = 400 <= status < 500 and status not in TO_BE_MENDED
            raise Undeliverable(status) if is_final else Unreachable(f"http {status}")

    def _written(self, message: TextMessage) -> bytes:
        values = dict(zip(self.fields, (message.to, message.text, self.sender), strict=True))
        values = {name: value for name, value in values.items() if value}
        return (json.dumps(values) if self.body == "json" else urlencode(values)).encode()

    def _headers(self, message: TextMessage) -> dict[str, str]:
        headers = {"Content-Type": BODIES[self.body], "Idempotency-Key": message.key, "Accept": "application/json"}
        return headers | ({"Authorization": f"Bearer {self.token}"} if self.token else {})


def texting_of(url: str, *, token: str = "", sender: str = "", body: str = "json", fields: str = FIELDS) -> Texting:
    """`http(s)://host/path` of a gateway, or empty for none. ValueError, without the URL in it, for all else."""
    if not url:
        return LogOnly()
    parts, names = urlsplit(url), fields.split()
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError("sms_url is the address of a gateway, http://… or https://…")
    if body not in BODIES:
        raise ValueError("sms_body is json or form")
    if len(names) != 3:
        raise ValueError("sms_fields are three names: of the number, of the text, and of the sender")
    return HttpGateway(parts, token, sender, body, (names[0], names[1], names[2]))
