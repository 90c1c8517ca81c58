"""Signing a business up: what its owner types, and the mail that comes."""

import re
from dataclasses import dataclass
from email.message import EmailMessage

from bookwidget.notices import signing_up
from bookwidget.notices.compose import Composer
from bookwidget.notices.post import Post
from bookwidget.tenancy.platform import find_tenant
from bookwidget.web.links import ServiceLinks
from tests.events.work import HandClock
from tests.factories import World
from tests.notices.mailing import HOST, SENDER, WIRED, Outbox, mail_worker, text_of, work_off
from tests.web_fixtures import HERE, Visitor, Web

WIRED_TOO = (*WIRED, signing_up)
PASSWORD = "a new day for us"


def stranger(web: Web, language: str = "en-GB") -> Visitor:
    visitor = Visitor(web.app, "/signup/")
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return visitor


def sign_up(visitor: Visitor, email: str = "Noor@Harbour.example", business: str = "Harbour Yoga") -> None:
    answer = visitor.send("/signup/", email=email, business=business)
    assert (answer.status_code, answer.location) == (303, "/signup/sent"), answer.text


def mails(web: Web) -> list[EmailMessage]:
    """What the worker sends of all that is to be done."""
    outbox, links = Outbox(), ServiceLinks(HERE, web.services.tokens)
    post = Post(outbox, Composer(web.services.themes, web.services.catalogs, links), links, SENDER, HOST)
    work_off(mail_worker(web.yoga, post, HandClock(web.now)))
    return outbox.mails


def link_in(mail: EmailMessage) -> str:
    """Without scheme and host."""
    found = re.search(rf"{HERE}(/signup/confirm/\S+)", text_of(mail))
    assert found, text_of(mail)
    return found[1]


@dataclass
class Newcomer:
    """An owner whose business is there, signed in to its console."""

    visitor: Visitor
    world: World


def newcomer(web: Web, business: str = "Harbour Yoga", language: str = "en-GB") -> Newcomer:
    visitor = stranger(web, language)
    sign_up(visitor, business=business)
    [mail] = mails(web)
    answer = visitor.send(link_in(mail), password=PASSWORD)
    assert answer.location == "/console/", answer.text
    slug = "-".join(business.lower().split())
    tenant_id = find_tenant(web.database, slug)
    assert tenant_id
    visitor.base = "/console/"
    return Newcomer(visitor, World(web.database, tenant_id, slug, web.now, {}))
