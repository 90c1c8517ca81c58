"""Sends a stored message: at least once, always under the same Message-ID."""

from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from html import escape
from typing import Any
from uuid import UUID

from bookwidget.bookings.actions import CalendarFile
from bookwidget.events.jobs import GiveUp, JobContext, TryLater, handles
from bookwidget.notices.bouncing import mark_address
from bookwidget.notices.kinds import CUSTOMER, EMAIL, KINDS, SMS, UNSUBSCRIBE, Live, live_of
from bookwidget.notices.links import CustomerFacts
from bookwidget.notices.mail import mail_of
from bookwidget.notices.post import Post
from bookwidget.notices.store import StoredMessage, customer_of, link_version_of, mark_sent, member_of, message_of
from bookwidget.notices.texting import TextMessage
from bookwidget.notices.transport import Undeliverable, Unreachable
from bookwidget.notices.wording import SEND
from bookwidget.plugins import first_answer, is_any
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

ATTEMPTS = 30
"""About a day of trying."""


@handles(SEND, attempts=ATTEMPTS)
def send(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Between the server's yes and our writing it down the worker may die: then the mail goes out once more,
    and a receiver that knows Message-IDs sees one.
    """
    post = context.services[Post]
    with context.scope() as scope:
        message = message_of(scope.session, UUID(payload["message"]))
        if message is None:
            raise GiveUp("the message is gone")
        if message.sent_at is None:
            if payload.get("until") and scope.now >= datetime.fromisoformat(payload["until"]):
                raise GiveUp("too late")
            (_send_text if message.channel == SMS else _send_mail)(scope, post, message, payload)
        with writing(scope.session):
            mark_sent(scope.session, message.id, message.sent_at or context.clock())
            context.finish(scope.session)


def _send_mail(scope: Scope, post: Post, message: StoredMessage, payload: Mapping[str, Any]) -> None:
    text, html = _filled(scope, post, message, payload)
    link = _unsubscribe_link(scope, post, message, payload)
    if link:
        text, html = text.replace(UNSUBSCRIBE, link), html.replace(UNSUBSCRIBE, escape(link))
    make = partial(
        mail_of,
        message,
        text,
        html,
        sender=post.sender,
        host=post.host,
        calendar=calendar_in(payload),
        unsubscribe=link,
    )
    scope.session.rollback()  # no transaction stays open while the mail server thinks
    try:
        _deliver(post, make)
    except Undeliverable as refusal:
        _note_refusal(scope, message, payload, refusal.code)
        raise GiveUp(f"smtp {refusal.code}") from None


def _send_text(scope: Scope, post: Post, message: StoredMessage, payload: Mapping[str, Any]) -> None:
    text, _html = _filled(scope, post, message, payload)
    scope.session.rollback()
    if is_any() and _plugin_took(scope, message, text):
        return
    try:
        post.texting.send(TextMessage(message.id.hex, message.address, text))
    except Undeliverable as refusal:
        raise GiveUp(f"http {refusal.code}") from None
    except Unreachable as failure:
        raise TryLater(failure.reason) from None


def _plugin_took(scope: Scope, message: StoredMessage, text: str) -> bool:
    """`TryLater` if the one that should does not take it."""
    given = {"business": scope.tenant, "to": message.address, "text": text, "key": message.id.hex}
    answer = first_answer("send_text", scope.tenant.settings, False, given, is_page=False)
    if answer is False:
        raise TryLater("the plugin did not take it")
    return answer is True


def _filled(scope: Scope, post: Post, message: StoredMessage, payload: Mapping[str, Any]) -> tuple[str, str]:
    """Text and HTML with the live link, where the message has one: elsewhere its stand-in is just words."""
    live = live_of(message.template)
    if live is Live.NONE:
        return message.text, message.html
    if live in (Live.RESET, Live.INVITATION, Live.EMAIL):
        customer = customer_of(scope.session, UUID(payload["customer"]))
        if customer is None:
            raise GiveUp("the customer is gone")
        link = _customer_link(scope, post, live, customer, message.address)
    elif live is Live.MEMBER:
        member = member_of(scope.session, UUID(payload["customer"]))
        if member is None:
            raise GiveUp("the member has left")
        link = post.links.of_member(scope.tenant, member)
    elif live is Live.SIGN_UP:
        link = post.links.sign_up(scope.tenant)
    elif live is Live.BOOKING:
        link = _booking_link(scope, post, payload.get("booking"))
    else:
        link = post.links.waiting(scope.tenant, UUID(payload["entry"]))
    return message.text.replace(live.value, link), message.html.replace(live.value, escape(link))


def _customer_link(scope: Scope, post: Post, live: Live, customer: CustomerFacts, address: str) -> str:
    if live is Live.EMAIL:
        return post.links.new_email(scope.tenant, customer, address)
    make = post.links.password_reset if live is Live.RESET else post.links.invitation
    return make(scope.tenant, customer)


def _booking_link(scope: Scope, post: Post, booking: str | None) -> str:
    """Of the booking as it is now; where there is none, the way to all of them."""
    version = link_version_of(scope.session, UUID(booking)) if booking else None
    if booking is None or version is None:
        return post.links.bookings(scope.tenant)
    return post.links.booking(scope.tenant, UUID(booking), version)


def calendar_in(payload: Mapping[str, Any]) -> CalendarFile | None:
    """What goes along for the customer's calendar, as it was when the message was written."""
    return CalendarFile(payload["calendar"].encode(), payload["method"]) if "calendar" in payload else None


def _unsubscribe_link(scope: Scope, post: Post, message: StoredMessage, payload: Mapping[str, Any]) -> str:
    """Empty where customers cannot turn the message off."""
    kind = KINDS.get(f"{message.template}.{EMAIL}")
    if kind is None or not kind.is_theirs_to_turn_off:
        return ""
    return post.links.unsubscribe(scope.tenant, UUID(payload["customer"]), kind)


def _note_refusal(scope: Scope, message: StoredMessage, payload: Mapping[str, Any], code: int) -> None:
    """A customer whose address is refused has to correct it."""
    if message.template.endswith(f".{CUSTOMER}") and payload.get("customer"):
        mark_address(scope, UUID(payload["customer"]), message.address, str(code))


def _deliver(post: Post, make: Callable[[], EmailMessage]) -> None:
    try:
        mail = make()
    except (ValueError, IndexError):  # the standard library's ways to refuse an address
        raise GiveUp("no mail can be made for this address") from None
    try:
        post.transport.send(mail)
    except Unreachable as failure:
        raise TryLater(failure.reason) from None
