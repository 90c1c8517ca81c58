"""Mail on its whole way: from the event by the worker and real SMTP to a server that keeps it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from bookwidget.notices.compose import Composer
from bookwidget.notices.post import Post
from bookwidget.notices.transport import transport_of
from bookwidget.web.links import ServiceLinks
from tests.browser.stage import Stage
from tests.console.signing_up import WIRED_TOO
from tests.events.work import HandClock
from tests.notices.mailing import HOST, SENDER, mail_worker, text_of, work_off
from tests.notices.receiver import Receiver, serving

assert WIRED_TOO


@dataclass
class PostOffice:
    stage: Stage
    port: int
    receiver: Receiver = field(repr=False)

    def arrived(self) -> list[EmailMessage]:
        """What came since the last look, after all that is due was done."""
        own, before = self.stage.services, len(self.receiver.mails)
        links = ServiceLinks(self.stage.service_origin, own.tokens)
        composer = Composer(own.themes, own.catalogs, links)
        post = Post(transport_of(f"smtp://127.0.0.1:{self.port}"), composer, links, SENDER, HOST)
        work_off(mail_worker(self.stage.yoga, post, HandClock(self.stage.now())))
        return self.receiver.mails[before:]

    def one_to(self, address: str) -> EmailMessage:
        """The only one that came for them since the last look."""
        [mail] = [mail for mail in self.arrived() if mail["To"] == address]
        return mail

    def only_to(self, address: str) -> EmailMessage:
        """The same, and nothing came for anybody else."""
        [mail] = self.arrived()
        assert mail["To"] == address
        return mail


@contextmanager
def post_office(stage: Stage) -> Iterator[PostOffice]:
    receiver = Receiver()
    with serving(receiver) as port:
        yield PostOffice(stage, port, receiver)


def link_in(mail: EmailMessage, path: str) -> str:
    """The address in its text whose path contains this."""
    found = re.search(rf"https://\S*{path}\S*", text_of(mail))
    assert found, text_of(mail)
    return found[0]
