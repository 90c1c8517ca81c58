"""Messages: which are sent, and the words of each, with a preview of the latest booking."""

import difflib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from bookwidget.catalog.choosing import Overtaken, Wish, change_settings
from bookwidget.console.forms import WordsForm
from bookwidget.console.languages import NAMES, customers_languages, named_languages, own_language
from bookwidget.console.pages import show
from bookwidget.events.store import Happened
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.later import later
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.notices.kinds import BUSINESS, KINDS, SMS, SORTS, UNSUBSCRIBE, Kind
from bookwidget.notices.lengths import Length, length_of
from bookwidget.notices.links import CustomerFacts
from bookwidget.notices.settings import OFF, TEXTS, is_sent
from bookwidget.notices.undelivered import queue_of
from bookwidget.notices.variables import known_of, variables_of
from bookwidget.notices.wording import OwnWords, list_written, read_own, reset_words, sample_of, save_words, send_test
from bookwidget.notices.words import BLOCKS, Words, clean_words
from bookwidget.tenancy.actions import facts_of
from bookwidget.web.desk import desk
from bookwidget.web.guard import PlainForm
from bookwidget.web.headers import LINKS_OPEN_OUTSIDE, MAIL_POLICY
from bookwidget.web.links import ServiceLinks
from bookwidget.web.services import services

if TYPE_CHECKING:
    from bookwidget.notices import compose
    from bookwidget.notices.compose import Letter
else:  # what writes letters is only needed here and in the worker
    compose = later("bookwidget.notices.compose")

NEWS = {
    "saved": _("Saved. The next message of this kind has these words."),
    "same": _("Nothing was different, so nothing has changed."),
    "reset": _("The words that we ship go out again."),
    "switched": _("Saved. What you have turned off is not sent from now on."),
}
SWITCHED_MEANWHILE = _("Somebody else has changed this meanwhile. It shows what holds now; please look again.")


@dataclass(frozen=True)
class Sheet:
    """One message in one language, as the page shows it."""

    kind: Kind
    language: str

    @cached_property
    def shipped(self) -> Words:
        return composer().shipped_words(desk().tenant, self.kind, self.language)

    @cached_property
    def own(self) -> OwnWords | None:
        return read_own(desk().scope(), self.kind, self.language)

    @cached_property
    def sample(self) -> tuple[Happened, CustomerFacts]:
        return sample_of(desk().scope(), self.kind, self.language)

    @property
    def is_text(self) -> bool:
        return self.kind.channel == SMS

    @property
    def length(self) -> Length:
        """Of the text message that goes out now."""
        return length_of(self.letter(self.own.words if self.own else None).text)

    @property
    def tests_go_to(self) -> str:
        """Empty: nowhere."""
        return desk().tenant.phone if self.is_text else desk().member.email

    @property
    def words(self) -> Words:
        """What goes out now."""
        return self.own.words if self.own else self.shipped

    def letter(self, words: Words | None) -> "Letter":
        """What would be sent now."""
        happened, customer = self.sample
        if self.is_text:
            made = composer().text_message(desk().tenant, self.kind, happened, customer, words)
        else:
            made = composer().letter(desk().tenant, happened, self.kind.recipient, customer, words)
        return replace(made, text=self.lifeless(made.text), html=self.lifeless(made.html))

    def lifeless(self, written: str) -> str:
        """No live link is made for a test: it leads to the customer's bookings."""
        stand_in, shown = self.kind.live.value, composer().links.bookings(desk().tenant)
        return (written.replace(stand_in, shown) if stand_in else written).replace(UNSUBSCRIBE, shown)

    def variables(self) -> list[tuple[str, Text, str]]:
        """Name, meaning, and what it would stand for now."""
        happened, customer = self.sample
        said = composer().values(desk().tenant, self.kind, happened, customer)
        return [(name, meaning, "" if name in BLOCKS else self.lifeless(str(said[name])))
                for name, meaning in variables_of(self.kind).items()]  # fmt: skip

    def languages(self) -> list[tuple[str, Text]]:
        """In which it can be written; what goes to the business is in its own."""
        return named_languages({own_language()}) if self.kind.recipient == BUSINESS else customers_languages()

    def changes(self) -> list[tuple[str, str]]:
        """What differs from the shipped words, line by line: `-` is gone, `+` is new."""
        ours, theirs = ([one.subject, *one.text.split("\n")] for one in (self.shipped, self.words))
        return [(line[0], line[2:]) for line in difflib.ndiff(ours, theirs) if line[0] in "+-" and line[2:].strip()]


def composer() -> "compose.Composer":
    """Made when the first owner asks."""
    own = services()
    if own.composer is None:
        own.composer = compose.Composer(own.themes, own.catalogs, ServiceLinks(own.config.public_url, own.tokens))
    return own.composer


def messages() -> ResponseReturnValue:
    here = desk()
    here.require(Permission.SETTINGS_CHANGE)
    if request.method == "GET":
        return show_messages(NEWS.get(request.args.get("done", "")))
    PlainForm().check_guard()
    seen, texts_seen = request.form.get("seen", ""), request.form.get("texts_seen", "")
    sent, shown = set(request.form.getlist("sent")), set(request.form.getlist("shown"))
    off = " ".join(key for key in OFF.choices if (key not in sent if key in shown else key in OFF.picked(seen)))
    texts = " ".join(key for key in TEXTS.choices if (key in sent if key in shown else key in TEXTS.picked(texts_seen)))
    try:
        is_changed = change_settings(here.scope(), {OFF.name: Wish(seen, off), TEXTS.name: Wish(texts_seen, texts)})
    except Overtaken:
        return show_messages(trouble=SWITCHED_MEANWHILE, status=422)
    return redirect(url_for(".messages", done="switched" if is_changed else "same"), 303)


def show_messages(news: Text | None = None, *, trouble: Text | None = None, status: int = 200) -> ResponseReturnValue:
    here = desk()
    settings = (here.scope().tenant if trouble is None else facts_of(here.session)).settings
    return show(
        "messages.html", status=status, news=news, trouble=trouble, seen=settings[OFF], texts_seen=settings[TEXTS],
        sent={key for key, kind in KINDS.items() if is_sent(settings, kind)},
        has_gateway=bool(services().config.sms_url),
        written=list_written(here.scope()), names=NAMES, queue=queue_of(here.scope()),
        sorts=[(sort, [kind for kind in KINDS.values() if kind.event == sort.event]) for sort in SORTS],
    )  # fmt: skip


def messages_edit(message: str) -> ResponseReturnValue:
    sheet = find(message)
    if request.method == "GET":
        return show_sheet(sheet, filled(sheet), news=NEWS.get(request.args.get("done", "")))
    form = WordsForm()
    form.check_guard()
    try:
        version = -1 if form.version.data is None else int(form.version.data)
        is_changed = save_words(
            desk().scope(), sheet.kind, sheet.language, form.typed, shipped=sheet.shipped, version=version
        )
    except Refused as refused:
        if refused.field == "version":
            form.version.data, form.version.raw_data = sheet.own.version if sheet.own else 0, None
            return show_sheet(sheet, form, trouble=refused.reason, status=422)
        form.refuse(refused.field, refused.reason)
        return show_sheet(sheet, form, status=422)
    return back(sheet, "saved" if is_changed else "same")


def messages_preview(message: str) -> ResponseReturnValue:
    """What stands in the frame beside the words: the mail as it would be now, and its text. A post shows what is typed
    and keeps nothing.
    """
    sheet = find(message)
    if request.method == "GET":
        return framed(sheet, sheet.own.words if sheet.own else None)
    form = WordsForm()
    form.check_guard()
    try:
        return framed(sheet, clean_words(form.typed, known_of(sheet.kind)))
    except Refused as refused:
        return in_frame(composer().refusal(desk().tenant, refused.reason), 422)


def framed(sheet: Sheet, words: Words | None) -> Response:
    draw = composer().text_preview if sheet.is_text else composer().preview
    return in_frame(draw(desk().tenant, sheet.letter(words)))


def in_frame(html: str, status: int = 200) -> Response:
    """A mail in a page of ours: it styles itself as mails do, and can do nothing else."""
    response = make_response(html.replace("<head>", f"<head>{LINKS_OPEN_OUTSIDE}", 1), status)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def messages_reset(message: str) -> ResponseReturnValue:
    sheet = find(message)
    if request.method == "GET":
        return back(sheet)
    PlainForm().check_guard()
    reset_words(desk().scope(), sheet.kind, sheet.language)
    return back(sheet, "reset")


def messages_test(message: str) -> ResponseReturnValue:
    """Sends what is typed to the member who asks."""
    sheet = find(message)
    if request.method == "GET":
        return back(sheet)
    form = WordsForm()
    form.check_guard()
    try:
        letter = sheet.letter(clean_words(form.typed, known_of(sheet.kind)))
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_sheet(sheet, form, status=422)
    if not sheet.tests_go_to:
        raise Missing
    send_test(desk().scope(), sheet.kind, letter, sheet.tests_go_to)
    return show_sheet(sheet, form, news=_("A test is on its way to %(email)s.", email=sheet.tests_go_to))


def find(message: str) -> Sheet:
    """The message of the address, in the language that was asked for; `Missing` for what is none."""
    here = desk()
    here.require(Permission.SETTINGS_CHANGE)
    if message not in KINDS:
        raise Missing
    sheet = Sheet(KINDS[message], "")
    languages = [one for one, _name in sheet.languages()]
    asked = request.args.get("language", languages[0])
    if asked not in languages:
        raise Missing
    return Sheet(sheet.kind, asked)


def filled(sheet: Sheet) -> WordsForm:
    version = sheet.own.version if sheet.own else 0
    return WordsForm(formdata=None, subject=sheet.words.subject, text=sheet.words.text, version=version)


def show_sheet(
    sheet: Sheet, form: WordsForm, *, news: Text | None = None, trouble: Text | None = None, status: int = 200
) -> ResponseReturnValue:
    return show(
        "message.html", status=status, sheet=sheet, form=form, news=news, trouble=trouble,
        is_off=not is_sent(desk().tenant.settings, sheet.kind),
    )  # fmt: skip


def back(sheet: Sheet, done: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(".messages_edit", message=sheet.kind.key, language=sheet.language, done=done), 303)
