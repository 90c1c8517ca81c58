"""An owner's own words: what may stand in them, and what becomes of them."""

import time

import pytest

from bookwidget.kernel.errors import Refused
from bookwidget.notices.kinds import BUSINESS, CUSTOMER, KINDS, Live
from bookwidget.notices.variables import known_of
from bookwidget.notices.words import Words, clean_words, filled, paragraph, plain
from bookwidget.theming.i18n import Catalogs
from tests.contract.messages import translations
from tests.notices.test_letters import ADA, cancelled, made_at, moved, noted, tenant, words_of, writer

MADE = KINDS["booking.made.customer.email"]


@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        ("Hi\n\n{% for a in range(10**9) %}x{% endfor %}", 3, "for"),
        ("Hi\n{% for a in b recursive %}{{ loop(b) }}{% endfor %}", 2, "for"),
        ("{{ ''.__class__ }}", 1, "__class__"),
        ("Hi\n{{ business.__class__.__mro__ }}", 2, "__mro__"),
        ("{{ range(10**9) }}", 1, "range"),
        ("{{ 'a' * 10**9 }}", 1, "mul"),
        ("{{ business|attr('x') }}", 1, "attr"),
        ("{{ [1] }}", 1, "list"),
        ("{% set a = 1 %}", 1, "set"),
        ("{% include 'mail/layout.txt' %}", 1, "include"),
        ("{% macro a() %}{% endmacro %}", 1, "macro"),
        ("Hello {{ given_name }},\n\n{{ custommer_name }}", 3, "custommer_name"),
        ("{{ reset_link }}", 1, "reset_link"),
        ("{{ by_business }}", 1, "by_business"),
        ("{% if nobody %}a{% endif %}", 1, "nobody"),
        ("one\ntwo {{ given_name", 2, "two braces on each side"),
        ("one\n{% if given_name %}", 2, "Write {% endif %}"),
        ("one\n{% endif %}", 2, "“endif” stands where no “if” needs it"),
        ("{% for a in business %}", 1, "“for” cannot be used"),
        ("{% shout %}", 1, "“shout” cannot be used"),
        ("Hello {{ facts }}", 1, "facts"),
        ("(" * 3 + "\n{{ " + "(" * 3000 + "business" + ")" * 3000 + " }}", None, ""),
    ],
)
def test_what_is_no_text_variable_or_if_is_refused_with_line_and_name(text: str, line: int | None, name: str) -> None:
    began = time.monotonic()
    with pytest.raises(Refused) as refused:
        clean_words(Words("Booked", text), known_of(MADE))
    assert refused.value.field == "text"
    assert line is None or f"Line {line}:" in str(refused.value.reason)
    assert name in str(refused.value.reason)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("text", ["", "x" * 6001, "a\ue000b", "a\x00b", "{{ given_name }}" * 500])
def test_words_have_their_limits(text: str) -> None:
    with pytest.raises(Refused):
        clean_words(Words("Booked", text), known_of(MADE))
    with pytest.raises(Refused, match="subject"):
        clean_words(Words(text[:900] and "{{ facts }}", "fine"), known_of(MADE))


def test_nothing_that_was_typed_is_html_and_no_value_is_read_as_our_marks() -> None:
    values = {
        "name": "# <b>**Eve**</b>\n- {{ x }} \ue000link\ue001",
        "link": 'https://a.example/?a=1&b="2"',
        "empty": "",
    }
    text = filled("**Hi** {{ name }} <i>\n{{ empty }}\nSee {{ link }} or https://b.example/<x>.", values)
    html = paragraph(text, values, ("link",))
    assert html == (
        '<p class="bw-mail-text"><strong>Hi</strong> # &lt;b&gt;**Eve**&lt;/b&gt;<br>- {{ x }} \ue000link\ue001 '
        '&lt;i&gt;<br>See <a class="bw-mail-link" href="https://a.example/?a=1&amp;b=&#34;2&#34;">'
        "https://a.example/?a=1&amp;b=&#34;2&#34;</a> or "
        '<a class="bw-mail-link" href="https://b.example/">https://b.example/</a>&lt;x&gt;.</p>'
    )
    assert plain("# T\n**b** \ue000name\ue001", {"name": "**x**"}) == "T\nb **x**"


def test_the_shipped_words_of_every_message_can_be_edited_in_every_language() -> None:
    """And say, as the business's own, what the shipped message says."""
    composer = writer(Catalogs(translations()))
    for kind in KINDS.values():
        for language in ("en", "de", "ar"):
            words = composer.shipped_words(tenant(), kind, language)
            assert clean_words(words, known_of(kind)) == words
    for happened in (made_at(), made_at("member"), moved(), cancelled("The boiler"), noted("member")):
        for to in (CUSTOMER, BUSINESS):
            own = composer.shipped_words(tenant(), KINDS[f"{happened.kind}.{to}.email"], "en")
            shipped, written = (composer.letter(tenant(), happened, to, ADA, words) for words in (None, own))
            assert (written.trouble, written.subject) == ("", shipped.subject)
            lines = [line for line in written.text.splitlines() if line]
            assert lines[1:] == [line for line in shipped.text.splitlines() if line]


def test_own_words_with_the_house_s_facts_and_button() -> None:
    own = Words("{{ service }} is on", "# Yes!\n\nDear {{ given_name }},\n\n{{ facts }}\n{{ button }}\n\n- a\n- b")
    made = writer().letter(tenant(), made_at(), CUSTOMER, ADA, own)
    assert made.subject == "Slow Flow is on"
    assert "Yes!\n\nDear Ada,\n\nSlow Flow\nThursday, 26 November 2026 · 09:00–10:15" in made.text
    assert f"View booking: {Live.BOOKING.value}" in made.text
    assert 'class="bw-mail-button"' in made.html
    assert "Thursday, 26 November 2026" in words_of(made.html)


def test_words_that_fail_when_a_message_is_written_give_way_to_the_shipped_ones() -> None:
    made = writer().letter(tenant(), made_at(), CUSTOMER, ADA, Words("{{ gone }}", "{{ gone }}"))
    assert made.trouble == "UndefinedError"
    assert made == writer().letter(tenant(), made_at(), CUSTOMER, ADA).__class__(
        **{**vars(writer().letter(tenant(), made_at(), CUSTOMER, ADA)), "trouble": made.trouble}
    )
