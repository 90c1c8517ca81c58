"""From an event to the words of a mail, in the recipient's language and the business's look. No database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment

from bookwidget.accounts.rules import region_of, shown_phone
from bookwidget.events.store import Happened
from bookwidget.kernel.actors import ActorKind
from bookwidget.notices.links import CustomerFacts, Links
from bookwidget.notices.series import OtherDates, other_dates
from bookwidget.tenancy.scope import TenantFacts
from bookwidget.theming.branding import Branding
from bookwidget.theming.formats import Formats, formats_for
from bookwidget.theming.i18n import Catalogs, direction, speaking
from bookwidget.theming.lookup import make_environment
from bookwidget.theming.styles import colours
from bookwidget.theming.themes import Themes

TEMPLATES = Path(__file__).parent / "templates"
GAPS = re.compile(r"\n{3,}")
"""What a template leaves behind where it has nothing to say."""
COLOUR = re.compile(r"var\(--bw-color-([a-z-]+)\)")

RESET_LINK = "https://link.invalid/password-reset"
"""Stands in the stored message for the link with its token, which is made when the mail is sent."""

BOOKING_LINK = "https://link.invalid/booking"
"""Stands for the link that opens the one booking."""

WAITING_LINK = "https://link.invalid/waiting"
"""Stands for the link that opens the one entry of a waiting list."""

SIGN_UP_LINK = "https://link.invalid/sign-up"
"""Stands for the link that confirms a sign-up."""

CUSTOMER, BUSINESS, MEMBER, OWNER = "customer", "business", "member", "owner"


@dataclass(frozen=True)
class Visit:
    """Where and when, in words of the business's zone; empty where the event does not say."""

    service: str
    day: str
    time: str
    provider: str
    location: str
    places: int
    """How many tickets; 0 where the event does not say."""
    kinds: str
    """Names of their ticket types; empty for standard ones."""
    price: str


@dataclass(frozen=True)
class Waiting:
    """What an event says of a waiting list; nothing where it is of something else."""

    position: str
    places: int
    until: str
    """The end of an offer."""
    is_kept: bool
    """The offer is for this customer alone."""
    was_taken: bool
    """Somebody else was faster."""
    is_from_list: bool
    """A booking came from the list."""


@dataclass(frozen=True)
class Picture:
    """The business's logo; sizes in px."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class MailContext:
    """What the templates in `templates/mail/` may use. All of them get all of it."""

    business: str
    business_email: str
    business_phone: str
    logo: Picture | None
    lang: str
    dir: str
    given_name: str
    customer_name: str
    customer_email: str
    customer_phone: str
    by_business: bool
    """Whether the business itself did it."""
    reason: str
    note: str
    """What somebody wrote to the booking."""
    before: Visit | None
    after: Visit | None
    bookings_link: str
    reset_link: str
    booking_link: str
    waiting_link: str
    waiting: Waiting
    series: OtherDates
    attendee: str
    """Whose ticket was cancelled by itself; empty: the customer's own."""
    places_left: int
    price_left: str
    fee: str
    """Owed for cancelling late, and in percent; empty: nothing."""
    fee_percent: str
    dearer: str
    """By how much the price rose, or fell; empty: not in this direction."""
    cheaper: str
    is_split: bool
    """Only some of the tickets were transferred."""
    sign_up_link: str
    new_business: str
    """What somebody signed up."""
    is_known: bool
    """Whoever signed up works for a business already."""


@dataclass(frozen=True)
class Letter:
    """A mail in words."""

    subject: str
    text: str
    html: str


class Composer:
    """Writes letters by the templates `mail/<event>.<recipient>.txt` and `.html`, which a theme may override."""

    def __init__(self, themes: Themes, catalogs: Catalogs, links: Links) -> None:
        self.themes, self.catalogs, self.links = themes, catalogs, links
        self._html = make_environment(themes, {}, TEMPLATES)
        self._text: Environment = self._html.overlay(autoescape=False)

    def letter(self, tenant: TenantFacts, event: Happened, recipient: str, customer: CustomerFacts) -> Letter:
        """`recipient` is one of the constants above. Raises if there is no such template or a fact is missing."""
        name = f"{tenant.theme}:mail/{event.kind}.{recipient}"
        branding = Branding.from_json({**tenant.branding, "name": tenant.name})
        locale = self._locale(customer.locale, tenant.locale) if recipient == CUSTOMER else tenant.locale
        with speaking(self.catalogs.translations(locale)):
            context = self._context(tenant, branding, event, customer, locale)
            values = {field.name: getattr(context, field.name) for field in fields(context)}
            written = self._text.get_template(f"{name}.txt")
            subject = " ".join("".join(written.blocks["subject"](written.new_context(values))).split())
            text = GAPS.sub("\n\n", written.render(values).strip()) + "\n"
            html = self._html.get_template(f"{name}.html").render({**values, "subject": subject})
        palette = colours(self.themes, tenant.theme, branding)
        return Letter(subject, text, inliner(tuple(palette.items())).inline(html))

    def _locale(self, wanted: str, otherwise: str) -> str:
        """A language that we have no words in would give a mail in two languages."""
        language = wanted.replace("_", "-").partition("-")[0].lower()
        known = {"en", *(name.partition("-")[0] for name in self.catalogs.languages)}
        return wanted if language in known else otherwise

    def _context(
        self, tenant: TenantFacts, branding: Branding, event: Happened, customer: CustomerFacts, locale: str
    ) -> MailContext:
        words = formats_for(locale, tenant.timezone, tenant.currency)
        owed = event.after.get("fee") or 0
        more = event.after["price"] - event.before["price"] if {"price"} <= event.before.keys() & event.after else 0
        return MailContext(
            business=tenant.name,
            business_email=tenant.email,
            business_phone=shown_phone(tenant.phone, region=region_of(locale)),
            logo=self._logo(tenant, branding),
            lang=str(words.locale).replace("_", "-"),
            dir=direction(locale),
            given_name=customer.given_name,
            customer_name=customer.name,
            customer_email=customer.email,
            customer_phone=shown_phone(customer.phone, region=region_of(locale)),
            by_business=event.actor_kind == ActorKind.MEMBER,
            reason=event.after.get("reason") or "",
            note=event.after.get("note") or "",
            before=visit_of(words, event.before),
            after=visit_of(words, {"service": event.before.get("service"), **event.after}),
            bookings_link=self.links.bookings(tenant),
            reset_link=RESET_LINK,
            booking_link=BOOKING_LINK,
            waiting_link=WAITING_LINK,
            waiting=waiting_of(words, event),
            series=other_dates(words, event),
            attendee=event.before.get("attendee") or "",
            places_left=event.after.get("places") or 0,
            price_left=words.money(event.after.get("price") or 0),
            fee=words.money(owed) if owed else "",
            fee_percent=words.percent(event.after.get("fee_percent") or 0),
            dearer=words.money(more) if more > 0 else "",
            cheaper=words.money(-more) if more < 0 else "",
            is_split=event.before.get("code") != event.after.get("code"),
            sign_up_link=SIGN_UP_LINK,
            new_business=event.after.get("business") or "",
            is_known=bool(event.after.get("is_known")),
        )

    def _logo(self, tenant: TenantFacts, branding: Branding) -> Picture | None:
        logo = branding.logo
        return Picture(self.links.logo(tenant, logo.file), logo.width, logo.height) if logo else None


def visit_of(words: Formats, facts: Mapping[str, Any]) -> Visit | None:
    """None where the event has no time."""
    if not facts.get("starts_at"):
        return None
    starts_at = datetime.fromisoformat(facts["starts_at"])
    ends_at = datetime.fromisoformat(facts["ends_at"]) if facts.get("ends_at") else None
    return Visit(
        service=facts.get("service") or "",
        day=words.day(starts_at),
        time=words.time(starts_at) if ends_at is None else words.time_range(starts_at, ends_at),
        provider=facts.get("provider") or "",
        location=facts.get("location") or "",
        places=facts.get("places") or 0,
        kinds=", ".join(facts.get("kinds") or ()),
        price=words.money(facts.get("price") or 0),
    )


def waiting_of(words: Formats, event: Happened) -> Waiting:
    after = event.after
    return Waiting(
        position=words.number(after.get("position") or 0),
        places=after.get("places") or 1,
        until=words.moment(datetime.fromisoformat(after["until"]), event.at) if after.get("until") else "",
        is_kept=bool(after.get("is_kept")),
        was_taken=after.get("ended") == "taken",
        is_from_list=bool(after.get("from_waiting_list")),
    )


@lru_cache(maxsize=256)
def inliner(palette: tuple[tuple[str, str], ...]) -> CSSInliner:
    """Puts our own style sheet, in these colours, onto the elements. It loads nothing, from nowhere."""
    named = dict(palette)
    sheet = (TEMPLATES / "mail" / "mail.css").read_text("utf-8")
    css = COLOUR.sub(lambda found: named[found[1]], sheet)
    return CSSInliner(load_remote_stylesheets=False, extra_css=css)
