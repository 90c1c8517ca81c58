"""A mail server on loopback, for tests: slow, moody or strict as it is told."""

import asyncio
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Receiver:
    """Keeps every mail that it takes, so also the second of two alike."""

    longest_pause: float = 0
    """Seconds that it may think before it takes a mail, and again before it says so."""
    at_recipient: Callable[[str], str] = lambda address: "250 OK"
    at_data: Callable[[], str] = lambda: "250 OK"
    mails: list[EmailMessage] = field(default_factory=list)
    users: list[tuple[bytes, bytes]] = field(default_factory=list)
    delivering: int = 0
    """How many deliveries are under way."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.at_recipient(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.delivering += 1
        try:
            await asyncio.sleep(random.uniform(0, self.longest_pause))
            answer = self.at_data()
            if answer.startswith("250"):
                assert isinstance(envelope.content, bytes)
                self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
            await asyncio.sleep(random.uniform(0, self.longest_pause))
            return answer
        finally:
            self.delivering -= 1


@contextmanager
def serving(receiver: Receiver, **options: Any) -> Iterator[int]:
    """The port on which it listens, in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    controller = Controller(receiver, "127.0.0.1", port, server_hostname="mx.example", **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
