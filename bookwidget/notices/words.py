"""The words of a message as an owner writes them: paragraphs with variables in double braces, and `{% if %}`.

Little can be said in them, so little can go wrong: what is no variable, no `if` and no text is refused by its line when
it is saved. There are no loops, calls, attributes and sums, so a text takes as long as it is long. The sandbox stands
behind that, should a check ever have a hole.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import Text, _

LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_SMS = 200, 6_000, 600
LONGEST_WRITTEN = 60_000
"""Characters of a message with everything filled in."""
MOST_PARTS = 400
"""Variables and conditions in one text."""
FACTS, BUTTON = "facts", "button"
BLOCKS = {FACTS, BUTTON}
"""What the house writes; each stands alone on its line."""

PARTS_OF_IF = ("elif", "else", "endif")
UNKNOWN_TAG, UNCLOSED = re.compile(r"unknown tag '(\w+)'"), re.compile(r"needs to be closed is '(\w+)'")
NOT_HERE: Text = _(
    "Line %(line)s: “%(name)s” cannot be used. Only the variables listed here, and “if”, stand in braces."
)

OPEN, CLOSE, NOTHING = "\ue000", "\ue001", "\ue002"
"""Signs that nobody types. They stand around the name of a variable until the text has been made to HTML, so that what
a customer typed is never read as our marks.
"""
TOKEN = re.compile(f"{OPEN}([a-z_]+){CLOSE}")
BOLD = re.compile(r"\*\*(.+?)\*\*")
ADDRESS = re.compile(rf"https?://[^\s<>\"*{OPEN}]*[^\s<>\"*.,;:!?){OPEN}]")
GAP = re.compile(r"\n[ \t]*\n\s*")
ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or)


class Word(str):
    """What a variable writes: its sign, or nothing where there is nothing to say."""

    __slots__ = ()


def written(value: object) -> object:
    """Marks where a variable had nothing to say: a line of nothing else is left out."""
    return NOTHING if isinstance(value, Word) and not value else value


SANDBOX = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, finalize=written)


@dataclass(frozen=True)
class Words:
    """Subject and text of one message, in one language."""

    subject: str
    text: str


@dataclass(frozen=True)
class Known:
    """What may stand in the words of one message."""

    variables: frozenset[str]
    flags: frozenset[str]
    """Only for `{% if %}`."""
    is_text: bool = False
    """A text message, which has no subject and no marks."""


def clean_words(words: Words, known: Known) -> Words:
    """As they are stored; `Refused` under `subject` or `text`, with the line and the name of what is wrong."""
    subject = " ".join(words.subject.split())
    text = "\n".join(line.rstrip() for line in words.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
    fields = [("subject", subject, LONGEST_SUBJECT), ("text", text, LONGEST_TEXT)]
    if known.is_text:
        subject, fields = "", [("text", text, LONGEST_SMS)]
    for field, source, longest in fields:
        if not source:
            raise Refused(field, _("Please fill this in."))
        if len(source) > longest:
            raise Refused(field, _("Use at most %(count)s characters.", count=longest))
        if any(unicodedata.category(sign) in ("Cc", "Cs", "Co") and sign not in "\n\t" for sign in source):
            raise Refused(field, _("This contains characters that cannot be used here."))
    check(subject, "subject", Known(known.variables - BLOCKS, known.flags))
    check(text, "text", known)
    check_blocks(text)
    return Words(subject, text)


def check(source: str, field: str, known: Known) -> None:
    """`Refused` under `field` unless there are only text, known variables and `if`."""
    try:
        found = list(parts_of(SANDBOX.parse(source)))
    except TemplateSyntaxError as error:
        raise Refused(field, problem_in(error)) from None
    except RecursionError:
        raise Refused(field, _("Too many brackets or conditions stand inside each other.")) from None
    if len(found) > MOST_PARTS:
        raise Refused(field, _("There are too many variables and conditions."))
    for node, is_shown in found:
        problem = problem_of(node, known, is_shown=is_shown)
        if problem is not None:
            raise Refused(field, problem)


def problem_in(error: TemplateSyntaxError) -> Text:
    """Jinja's own words are for programmers, and English."""
    said, line = error.message or "", error.lineno
    unknown, unclosed = UNKNOWN_TAG.search(said), UNCLOSED.search(said)
    if unknown and unknown[1] in PARTS_OF_IF:
        return _("Line %(line)s: “%(name)s” stands where no “if” needs it.", line=line, name=unknown[1])
    if unclosed and unclosed[1] == "if":
        return _("Line %(line)s: an “if” has no end. Write {%% endif %%} behind what belongs to it.", line=line)
    other = unknown or unclosed
    if other:
        return Text(NOT_HERE.msgid, None, {"line": line, "name": other[1]})
    return _(
        "Line %(line)s: this cannot be read. A variable stands alone, with two braces on each side: {{ business }}.",
        line=line,
    )


def parts_of(node: nodes.Node) -> Iterator[tuple[nodes.Node, bool]]:
    """Each node, and whether its value is written."""
    for child in node.iter_child_nodes():
        yield child, isinstance(node, nodes.Output)
        if isinstance(child, ALLOWED):
            yield from parts_of(child)


def problem_of(node: nodes.Node, known: Known, *, is_shown: bool) -> Text | None:
    if not isinstance(node, ALLOWED):
        return Text(NOT_HERE.msgid, None, {"line": node.lineno, "name": name_of(node)})
    if not isinstance(node, nodes.Name):
        return None
    if node.ctx != "load" or node.name not in (known.variables if is_shown else known.variables | known.flags):
        return _("Line %(line)s: there is no “%(name)s” in this message.", line=node.lineno, name=node.name)
    return None


def name_of(node: nodes.Node) -> str:
    """What its writer calls it."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Call):
        return name_of(node.node)
    if isinstance(node, nodes.Name | nodes.Filter | nodes.Test):
        return node.name
    return "set" if isinstance(node, nodes.Assign) else type(node).__name__.lower()


def check_blocks(text: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        for name in re.findall(r"\{\{-?\s*(\w+)\s*-?\}\}", line):
            if name in BLOCKS and not re.fullmatch(r"\s*\{\{-?\s*\w+\s*-?\}\}\s*", line):
                raise Refused("text", _("Line %(line)s: “%(name)s” stands alone on its line.", line=number, name=name))


@lru_cache(maxsize=512)
def compiled(source: str) -> Template:
    return SANDBOX.from_string(source)


def filled(source: str, values: Mapping[str, object]) -> str:
    """The text with signs for its variables, without lines that have nothing to say. `flags` are booleans.

    Raises Jinja's errors, and ValueError if it is far too long.
    """
    signs = {name: value if isinstance(value, bool) else Word(f"{OPEN}{name}{CLOSE}" if value else "")
             for name, value in values.items()}  # fmt: skip
    text = compiled(source).render(signs)
    if len(text) > LONGEST_WRITTEN:
        raise ValueError("the message is too long")
    lines = (line for line in text.split("\n") if NOTHING not in line or OPEN in line)
    return "\n".join(line.replace(NOTHING, "") for line in lines)


def plain(text: str, values: Mapping[str, str]) -> str:
    """For people who read no HTML, and for subjects."""
    lines = (re.sub(r"^# ", "", BOLD.sub(r"\1", line)) for line in text.split("\n"))
    return unmarked("\n".join(lines), values)


def unmarked(text: str, values: Mapping[str, str]) -> str:
    """With the values in it, and everything else as it was typed."""
    return TOKEN.sub(lambda found: values[found[1]], text)


def pieces(text: str) -> list[str]:
    """Paragraphs, and between them `facts` and `button` by themselves."""
    apart = re.sub(rf"^[ \t]*({OPEN}(?:facts|button){CLOSE})[ \t]*$", r"\n\1\n", text, flags=re.M)
    return [one.strip("\n") for one in GAP.split(apart.strip()) if one.strip()]


def block_in(piece: str) -> str:
    """The name of the house's block that this piece is; empty: it is a paragraph."""
    found = TOKEN.fullmatch(piece.strip())
    return found[1] if found and found[1] in BLOCKS else ""


def paragraph(piece: str, values: Mapping[str, str], links: Iterable[str]) -> Markup:
    """HTML of one paragraph, a heading (`# …`) or a list (`- …`). Nothing that anybody typed is HTML."""
    links, lines = set(links), piece.split("\n")

    def inline(line: str) -> str:
        done, at = "", 0
        for found in ADDRESS.finditer(line):
            done += str(escape(line[at : found.start()])) + linked(*[str(escape(found[0]))] * 2)
            at = found.end()
        done += str(escape(line[at:]))
        return TOKEN.sub(lambda found: value(found[1]), BOLD.sub(r"<strong>\1</strong>", done))

    def value(name: str) -> str:
        said = str(escape(values[name]))
        return linked(said, said) if name in links else "<br>".join(said.split("\n"))

    if piece.startswith("# ") and len(lines) == 1:
        return Markup(f'<h1 class="bw-mail-title">{inline(piece[2:])}</h1>')  # noqa: S704 - escaped by `inline`
    if all(line.startswith("- ") for line in lines):
        items = "".join(f'<p class="bw-mail-line">• {inline(line[2:])}</p>' for line in lines)
        return Markup(items)  # noqa: S704 - the same
    return Markup(f'<p class="bw-mail-text">{"<br>".join(map(inline, lines))}</p>')  # noqa: S704 - the same


def linked(address: str, words: str) -> str:
    """Both escaped already."""
    return f'<a class="bw-mail-link" href="{address}">{words}</a>'
