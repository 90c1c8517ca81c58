"""From an event to the words of a mail, in the recipient's language and the business's look. No database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, Template
from markupsafe import Markup, escape

from bookwidget.accounts.rules import region_of, shown_phone
from bookwidget.accounts.settings import INVITE_IN_CONFIRMATION, PORTAL_ENABLED
from bookwidget.accounts.support import support_of
from bookwidget.events.store import Happened
from bookwidget.kernel.actors import ActorKind
from bookwidget.kernel.text import Text, _
from bookwidget.notices.context import MailContext, Picture, difference, values_in, visit_of, waiting_of
from bookwidget.notices.kinds import CUSTOMER, MEMBER, SMS, UNSUBSCRIBE, Kind, Live, kind_of
from bookwidget.notices.lengths import MOST, length_of, simple
from bookwidget.notices.links import CustomerFacts, Links
from bookwidget.notices.series import other_dates
from bookwidget.notices.variables import ADDRESSES, placeholders, values_of
from bookwidget.notices.words import Words, block_in, filled, paragraph, pieces, plain, unmarked
from bookwidget.tenancy.base import EPOCH
from bookwidget.tenancy.scope import TenantFacts
from bookwidget.theming.branding import Branding
from bookwidget.theming.formats import formats_for
from bookwidget.theming.i18n import Catalogs, direction, speaking, translate
from bookwidget.theming.lookup import make_environment
from bookwidget.theming.styles import colours
from bookwidget.theming.themes import Themes

TEMPLATES = Path(__file__).parent / "templates"
SIGNATURE = "\n-- \n"
"""Begins the foot of every text, as mail programs know it."""
GAPS = re.compile(r"\n{3,}")
"""What a template leaves behind where it has nothing to say."""
COLOUR = re.compile(r"var\(--bw-color-([a-z-]+)\)")

RESET_LINK, BOOKING_LINK, WAITING_LINK = Live.RESET.value, Live.BOOKING.value, Live.WAITING.value
MEMBER_LINK, SIGN_UP_LINK = Live.MEMBER.value, Live.SIGN_UP.value


@dataclass(frozen=True)
class Letter:
    """A mail in words."""

    subject: str
    text: str
    html: str
    trouble: str = ""
    """Why the business's own words could not be used, so that these are the shipped ones; names no person."""


class Composer:
    """Writes letters by the templates `mail/<event>.<recipient>.txt` and `.html`, and text messages by
    `sms/<event>.<recipient>.txt`. A theme may override them.
    """

    def __init__(self, themes: Themes, catalogs: Catalogs, links: Links) -> None:
        self.themes, self.catalogs, self.links = themes, catalogs, links
        self._html = make_environment(themes, {}, TEMPLATES)
        self._text: Environment = self._html.overlay(autoescape=False)

    def letter(
        self, tenant: TenantFacts, event: Happened, recipient: str, customer: CustomerFacts, own: Words | None = None
    ) -> Letter:
        """`recipient` is one of those in `kinds`; `own` are the business's words, which give way to the shipped ones if
        they cannot be used. Raises if there is no such template or the event lacks a fact.
        """
        branding, locale = branding_of(tenant), self.locale_for(tenant, recipient, customer)
        trouble = ""
        with speaking(self.catalogs.translations(locale)):
            context = self._context(tenant, branding, event, customer, locale)
            if recipient == MEMBER:
                context = replace(context, reset_link=MEMBER_LINK)
            kind = kind_of(event.kind, recipient)
            if recipient != CUSTOMER:
                context = replace(context, first_password_link="", help_link="")
            elif kind.is_theirs_to_turn_off:
                context = replace(context, unsubscribe_link=UNSUBSCRIBE)
            if own is not None:
                try:
                    return self._finished(tenant, branding, *self._in_own_words(tenant, kind, context, own))
                except Exception as error:  # whatever it is, the message has to go out
                    trouble = type(error).__name__
            name = f"{tenant.theme}:mail/{event.kind}.{recipient}"
            values = values_in(context)
            written = self._text.get_template(f"{name}.txt")
            subject = block(written, "subject", values)
            text = tidy(written.render(values))
            html = self._html.get_template(f"{name}.html").render({**values, "subject": subject})
        return replace(self._finished(tenant, branding, subject, text, html), trouble=trouble)

    def text_message(self, tenant: TenantFacts, kind: Kind, event: Happened, customer: CustomerFacts,
                     own: Words | None = None) -> Letter:  # fmt: skip
        """The same by text message: no subject, no HTML, and signs that networks carry cheaply."""
        locale, trouble = self.locale_for(tenant, kind.recipient, customer), ""
        with speaking(self.catalogs.translations(locale)):
            context = self._context(tenant, branding_of(tenant), event, customer, locale, is_short=True)
            if own is not None:
                try:
                    signs = values_of(kind, context)
                    text = unmarked(filled(own.text, signs), {name: str(said) for name, said in signs.items()})
                    return Letter("", short(text, context), "")
                except Exception as error:  # whatever it is, the message has to go out
                    trouble = type(error).__name__
            shipped = self._text.get_template(f"{tenant.theme}:sms/{kind.template}.txt").render(values_in(context))
            return Letter("", short(shipped, context), "", trouble)

    def _finished(self, tenant: TenantFacts, branding: Branding, subject: str, text: str, html: str) -> Letter:
        palette = colours(self.themes, tenant.theme, branding)
        return Letter(subject, text, inliner(tuple(palette.items())).inline(html))

    def _in_own_words(self, tenant: TenantFacts, kind: Kind, context: MailContext, own: Words) -> tuple[str, str, str]:
        """Subject, text and HTML, with the facts and the button of the shipped message."""
        signs = values_of(kind, context)
        values = {name: value for name, value in signs.items() if isinstance(value, str)}
        subject = " ".join(plain(filled(own.subject, signs), values).split())
        parts = pieces(filled(own.text, signs))
        name, shared = f"{tenant.theme}:mail/", {**values_in(context), "subject": subject}
        text = [(block_in(piece), plain(piece, values)) for piece in parts]
        html = [(block_in(piece), paragraph(piece, values, ADDRESSES)) for piece in parts]
        as_text = {**shared, "pieces": text, "original": f"{name}{kind.template}.txt"}
        as_html = {**shared, "pieces": html, "original": f"{name}{kind.template}.html"}
        return (
            subject,
            tidy(self._text.get_template(f"{name}own.txt").render(as_text)),
            self._html.get_template(f"{name}own.html").render(as_html),
        )

    def values(
        self, tenant: TenantFacts, kind: Kind, event: Happened, customer: CustomerFacts
    ) -> dict[str, str | bool]:
        """What each variable of the message stands for."""
        locale, is_short = self.locale_for(tenant, kind.recipient, customer), kind.channel == SMS
        with speaking(self.catalogs.translations(locale)):
            context = self._context(tenant, branding_of(tenant), event, customer, locale, is_short=is_short)
            return values_of(kind, context)

    def preview(self, tenant: TenantFacts, letter: Letter) -> str:
        """A letter with its subject above and its plain text below, as a page."""
        above = f'<p class="bw-mail-above">{escape(letter.subject)}</p>'
        below = f'<pre class="bw-mail-below" dir="auto">{escape(letter.text)}</pre>'
        head, tag, rest = letter.html.partition("<body")
        attributes, end, body = rest.partition(">")
        page = head + tag + attributes + end + above + body.replace("</body>", f"{below}</body>")
        return self._finished(tenant, branding_of(tenant), "", "", page).html

    def text_preview(self, tenant: TenantFacts, letter: Letter) -> str:
        """A text message as a page, as a phone shows it, with its length in the business's language below."""
        words = self.catalogs.translations(tenant.locale)
        said = escape(translate(length_of(letter.text).words, words))
        bubble = f'<p class="bw-mail-bubble" dir="auto">{escape(letter.text)}</p>'
        return self._bare(tenant, f'{bubble}<p class="bw-mail-label">{said}</p>', str(said))

    def refusal(self, tenant: TenantFacts, reason: Text) -> str:
        """What stands in place of a preview that cannot be made, in the business's language."""
        written = escape(translate(reason, self.catalogs.translations(tenant.locale)))
        return self._bare(tenant, f'<p class="bw-mail-above">{written}</p>', written)

    def _bare(self, tenant: TenantFacts, body: str, title: str) -> str:
        page = (
            f'<!doctype html><html lang="{language_of(tenant.locale)}" dir="{direction(tenant.locale)}">'
            f'<head><title>{title}</title></head><body class="bw-mail">{body}</body></html>'
        )
        return self._finished(tenant, branding_of(tenant), "", "", page).html

    def shipped_words(self, tenant: TenantFacts, kind: Kind, language: str) -> Words:
        """The words that go out unless the business has its own, as it would write them."""
        nobody = CustomerFacts(tenant.id, "", "", "", "", language, is_blocked=False, password_hash="-")  # noqa: S106 - none, and not empty
        happened = Happened(tenant.id, kind.event, EPOCH, "", None, "", None, None, {})
        with speaking(self.catalogs.translations(language)):
            context = self._context(tenant, branding_of(tenant), happened, nobody, language)
            usual, other = (self._words(tenant, kind, placeholders(kind, context, flag=flag)) for flag in (False, True))
        return Words(merged(usual.subject, other.subject, kind.flag), merged(usual.text, other.text, kind.flag))

    def _words(self, tenant: TenantFacts, kind: Kind, context: MailContext) -> Words:
        values = values_in(context)
        if kind.channel == SMS:
            return Words("", self._text.get_template(f"{tenant.theme}:sms/{kind.template}.txt").render(values).strip())
        original = f"{tenant.theme}:mail/{kind.template}"
        text, html = self._text.get_template(f"{original}.txt"), self._html.get_template(f"{original}.html")
        title = Markup(block(html, "title", values)).unescape() if "title" in html.blocks else ""  # noqa: S704 - to read it
        words = self._text.get_template(f"{tenant.theme}:mail/words.txt")
        with_blocks = {**values, "original": f"{original}.txt"}
        body = "".join(words.root_render_func(words.new_context(with_blocks)))
        heading = f"# {title}\n\n" if title else ""
        return Words(block(text, "subject", values), f"{heading}{tidy(body.partition(SIGNATURE)[0]).strip()}")

    def language_for(self, tenant: TenantFacts, recipient: str, customer: CustomerFacts) -> str:
        """Which of the business's words a message is written with, such as `de`."""
        return language_of(self.locale_for(tenant, recipient, customer))

    def locale_for(self, tenant: TenantFacts, recipient: str, customer: CustomerFacts) -> str:
        return self._locale(customer.locale, tenant.locale) if recipient == CUSTOMER else tenant.locale

    def _locale(self, wanted: str, otherwise: str) -> str:
        """A language that we have no words in would give a mail in two languages."""
        language = language_of(wanted)
        known = {"en", *(name.partition("-")[0] for name in self.catalogs.languages)}
        return wanted if language in known else otherwise

    def _context(
        self, tenant: TenantFacts, branding: Branding, event: Happened, customer: CustomerFacts, locale: str, *,
        is_short: bool = False) -> MailContext:  # fmt: skip
        words, owed = formats_for(locale, tenant.timezone, tenant.currency), event.after.get("fee") or 0
        return MailContext(
            business=tenant.name,
            business_email=support_of(tenant).email,
            business_phone=shown_phone(support_of(tenant).phone, region=region_of(locale)),
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
            before=visit_of(words, event, event.before, is_short=is_short),
            after=visit_of(words, event, {"service": event.before.get("service"), **event.after}, is_short=is_short),
            bookings_link=self.links.bookings(tenant),
            help_link=self.links.help(tenant),
            first_password_link=self.links.first_password(tenant) if invites(tenant, event, customer) else "",
            invite_link=Live.INVITATION.value,
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
            **difference(words, event),
            is_split=event.before.get("code") != event.after.get("code"),
            sign_up_link=SIGN_UP_LINK,
            new_business=event.after.get("business") or "",
            is_known=bool(event.after.get("is_known")),
        )

    def _logo(self, tenant: TenantFacts, branding: Branding) -> Picture | None:
        logo = branding.logo
        return Picture(self.links.logo(tenant, logo.file), logo.width, logo.height) if logo else None


def branding_of(tenant: TenantFacts) -> Branding:
    return Branding.from_json({**tenant.branding, "name": tenant.name})


def language_of(locale: str) -> str:
    return locale.replace("_", "-").partition("-")[0].lower()


def block(template: Template, name: str, values: Mapping[str, Any]) -> str:
    """One block of a template by itself, on one line."""
    return " ".join("".join(template.blocks[name](template.new_context(dict(values)))).split())


def short(text: str, context: MailContext) -> str:
    """As it goes to the network. ValueError for what it would not carry."""
    text = simple(text).strip()
    if context.series.dates:
        text += " " + simple(translate(_("There are more dates: see our email.")))
    if length_of(text).messages > MOST:
        raise ValueError("the text message is too long")
    return text


def tidy(text: str) -> str:
    return GAPS.sub("\n\n", text.strip()) + "\n"


def merged(usual: str, other: str, flag: str) -> str:
    """One text for both states of the flag: lines that differ stand in a condition."""
    ours, theirs = usual.split("\n"), other.split("\n")
    if len(ours) != len(theirs):
        return usual
    return "\n".join(
        one if one == two else f"{{% if {flag} %}}{two}{{% else %}}{one}{{% endif %}}"
        for one, two in zip(ours, theirs, strict=True)
    )


def invites(tenant: TenantFacts, event: Happened, customer: CustomerFacts) -> bool:
    """Whether the confirmation tells this customer of the portal."""
    settings = tenant.settings
    is_on = settings[PORTAL_ENABLED] and settings[INVITE_IN_CONFIRMATION]
    return is_on and event.kind == "booking.made" and not customer.password_hash


@lru_cache(maxsize=256)
def inliner(palette: tuple[tuple[str, str], ...]) -> CSSInliner:
    """Puts our own style sheet, in these colours, onto the elements. It loads nothing, from nowhere."""
    named = dict(palette)
    sheet = (TEMPLATES / "mail" / "mail.css").read_text("utf-8")
    css = COLOUR.sub(lambda found: named[found[1]], sheet)
    return CSSInliner(load_remote_stylesheets=False, extra_css=css)
