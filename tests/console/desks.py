"""Members at the console, and what they find there."""

import re
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select

from bookwidget.events.jobs import Services
from bookwidget.events.models import Event
from bookwidget.events.worker import Worker
from bookwidget.notices.compose import Composer
from bookwidget.notices.post import Post
from bookwidget.tenancy.models import Member, Site, Tenant
from bookwidget.theming.i18n import Catalogs
from bookwidget.web.links import ServiceLinks
from tests import factories
from tests.factories import PASSWORD, World
from tests.notices.mailing import HOST, SENDER, WIRED, Outbox, shipped_themes, text_of, work_off
from tests.web_fixtures import HERE, Visitor, Web


def nobody(web: Web) -> Visitor:
    return Visitor(web.app, "/console/")


def sign_in(visitor: Visitor, email: str, password: str = PASSWORD) -> Visitor:
    answer = visitor.send("login", email=email, password=password)
    assert answer.status_code == 303, answer.text
    return visitor


def owner(web: Web, world: World | None = None) -> Visitor:
    return sign_in(nobody(web), f"owner@{(world or web.yoga).slug}.example")


def hire(world: World, email: str, role: str) -> None:
    world.add(Member(email=email, name="Sam", role=role, password_hash=factories.PASSWORD_HASH, created_at=world.now))


def events(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Kind and facts of what happened at the console after the sign-in."""
    with world.database.session(world.tenant_id) as session:
        found = session.scalars(select(Event).order_by(Event.id))
        return [(event.kind, event.facts) for event in found if event.kind != "member.signed_in"]


def tenant(world: World) -> Tenant:
    with world.database.session(world.tenant_id) as session:
        return session.get_one(Tenant, world.tenant_id)


def origins(world: World) -> list[str]:
    with world.database.session(world.tenant_id) as session:
        return sorted(session.scalars(select(Site.origin)))


HOSTILE_LINES = ("x" * 5000, "Yoga\x00", "Yoga\r\nBcc: all@example.com", "Yo\u202ega")
"""What may stand in no line of ours."""


def mails(web: Web) -> list[EmailMessage]:
    """What the worker sends now, with the links that people get."""
    assert WIRED
    outbox, links = Outbox(), ServiceLinks(HERE, web.services.tokens)
    post = Post(outbox, Composer(shipped_themes(), Catalogs([]), links), links, SENDER, HOST)
    work_off(Worker(web.database, Services(post), lambda: web.now))
    return outbox.mails


def link_in(mail: EmailMessage) -> str:
    """The path of the console's link."""
    return re.findall(rf"{HERE}(/console/\S+)", text_of(mail))[0]  # type: ignore[no-any-return]
