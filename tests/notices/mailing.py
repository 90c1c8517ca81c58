"""What the tests of mails share."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from bookwidget.events.jobs import Services
from bookwidget.events.worker import Worker
from bookwidget.notices import delivery, forgetting, reminding, subscribers
from bookwidget.notices.compose import Composer
from bookwidget.notices.kinds import Kind
from bookwidget.notices.links import CustomerFacts, MemberFacts
from bookwidget.notices.post import Post
from bookwidget.tenancy.scope import TenantFacts
from bookwidget.theming.i18n import Catalogs
from bookwidget.theming.themes import Themes, find_themes, shipped_folder
from tests.events.work import HandClock, happen
from tests.factories import World

HOST = "mail.service.example"
SENDER = f"no-reply@{HOST}"
WIRED = (delivery, forgetting, reminding, subscribers)
"""Importing them registers the handler and the subscribers."""


class FixedLinks:
    """Links of a service at service.example; each reset link is a new one."""

    def __init__(self) -> None:
        self.made = 0

    def password_reset(self, tenant: TenantFacts, customer: CustomerFacts) -> str:
        self.made += 1
        return f"https://service.example/w/{tenant.slug}/0/login/reset/token-{self.made}?a=1&b=2"

    def invitation(self, tenant: TenantFacts, customer: CustomerFacts) -> str:
        return self.password_reset(tenant, customer)

    def new_email(self, tenant: TenantFacts, customer: CustomerFacts, email: str) -> str:
        return f"https://service.example/w/{tenant.slug}/0/login/email/token?a=1&b=2"

    def first_password(self, tenant: TenantFacts) -> str:
        return f"https://service.example/w/{tenant.slug}/0/login/forgot"

    def of_member(self, tenant: TenantFacts, member: MemberFacts) -> str:
        self.made += 1
        return f"https://service.example/console/password/token-{self.made}?a=1&b=2"

    def booking(self, tenant: TenantFacts, booking_id: UUID, version: int) -> str:
        return f"https://service.example/w/{tenant.slug}/0/booking/{booking_id.hex}.{version}?a=1&b=2"

    def waiting(self, tenant: TenantFacts, entry_id: UUID) -> str:
        return f"https://service.example/w/{tenant.slug}/0/booking/waiting/{entry_id.hex}?a=1&b=2"

    def sign_up(self, tenant: TenantFacts) -> str:
        return f"https://service.example/signup/confirm/{tenant.id.hex}.x"

    def unsubscribe(self, tenant: TenantFacts, customer_id: UUID, kind: Kind) -> str:
        return f"https://service.example/unsubscribe/{tenant.slug}/{customer_id.hex}:{kind.key}"

    def bookings(self, tenant: TenantFacts) -> str:
        return f"https://service.example/p/{tenant.slug}/"

    def help(self, tenant: TenantFacts) -> str:
        return f"https://{HOST}/w/{tenant.slug}/0/help/"

    def logo(self, tenant: TenantFacts, file: str) -> str:
        return f"https://service.example/media/{tenant.slug}/{file}"


@dataclass
class Outbox:
    """A transport that keeps the mails, or fails as it is told."""

    mails: list[EmailMessage] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def send(self, mail: EmailMessage) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.mails.append(mail)


def shipped_themes() -> Themes:
    return find_themes([shipped_folder()])


def composer(catalogs: Catalogs | None = None) -> Composer:
    return Composer(shipped_themes(), catalogs or Catalogs([]), FixedLinks())


@cache
def writer(catalogs: Catalogs | None = None) -> Composer:
    """One for all who only look at letters: it keeps its templates, and compiling them was most of the time."""
    return composer(catalogs)


def post_with(transport: Any, catalogs: Catalogs | None = None) -> Post:
    made = composer(catalogs)
    return Post(transport, made, made.links, SENDER, HOST)


def mail_worker(world: World, post: Post, clock: HandClock) -> Worker:
    return Worker(world.database, Services(post), clock)


def work_off(worker: Worker) -> None:
    """Until nothing is due."""
    while worker.run_once():
        pass


def place(at: datetime, **changes: Any) -> dict[str, Any]:
    """Where and when, as the bookings' events write it."""
    times = {"starts_at": at.isoformat(), "ends_at": (at + timedelta(minutes=75)).isoformat()}
    return {**times, "service": "Slow Flow", "provider": "Mara Oduya", "location": "Studio 1", **changes}


def cancel(world: World, at: datetime, reason: str = "", **changes: Any) -> str:
    return happen(world, "booking.cancelled", before=place(at, **changes), after={"reason": reason})


def move(world: World, at: datetime, to: datetime, **changes: Any) -> str:
    return happen(world, "booking.moved", before=place(at, **changes), after=place(to, **changes))


def catalogs_with(folder: Path, language: str, words: dict[str, str]) -> Catalogs:
    """A catalogue of a few words."""
    path = folder / language / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path.write_text(head + "".join(f'msgid "{one}"\nmsgstr "{other}"\n\n' for one, other in words.items()), "utf-8")
    return Catalogs([folder])


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def html_of(mail: EmailMessage) -> str:
    return str(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]
