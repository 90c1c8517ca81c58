"""A line written once, with holes: what comes again and again on pages is made once for each of its kinds.

A template says `{% set line = pattern(line_of, is_next, has_place) %}` and `{{ line.filled(title=row.title) }}`, where
the macro `line_of` writes `{{ hole("title") }}` wherever the title belongs. The macro is called once for each different
set of values, which must be all that it branches on; so it is given kinds (yes or no, a status), never what somebody
typed. What fills a hole is escaped like everything a template puts out.

Patterns are kept from page to page, and shared by all businesses that have the same theme and language. So nothing of
one business or person may be in them: the macro comes from a template that is imported *without* context, which is
refused otherwise, and what answers differently for each request (`of_request`) is refused while one is written.

A page goes out as bytes, and turning text into them costs more than all else that is done with it once a single sign of
it is not ASCII. What a pattern writes is known, so it keeps its pieces as bytes too: `laid` leaves only a mark in the
page's text, and puts bytes beside it, which `Laying.body` puts in its place.
"""

import secrets
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache, wraps
from gettext import NullTranslations
from typing import Any, Protocol, TypeVar, cast

from markupsafe import Markup

from bookwidget.kernel.picking import picker
from bookwidget.theming.compiling import PageMacro, escaped, escaped_text, marked
from bookwidget.theming.i18n import spoken

KEPT = 1024
"""Some ten kilobytes each at most. A theme has a few dozen in each language."""
MARK = f"\0{secrets.token_hex(8)}"
"""Nobody can type it: it is another one in each process."""

Asked = TypeVar("Asked", bound=Callable[..., Any])
_writing: ContextVar[bool] = ContextVar("writing a pattern", default=False)


NOTHING: Mapping[str, object] = {}


class Laying:
    """A page while it is written: what is put into it as bytes.

    `with Laying() as page:` around its template; its text is then given to `page.body`.
    """

    def __init__(self) -> None:
        self._laid: list[list[bytes]] = []

    def __enter__(self) -> "Laying":
        self._before = _laying.set(self)
        return self

    def __exit__(self, *_error: object) -> None:
        _laying.reset(self._before)

    def put(self, pieces: list[bytes]) -> Markup:
        """The mark that stands for them in the text."""
        self._laid.append(pieces)
        return LAID

    def body(self, text: str) -> bytes:
        """`ValueError` if the text has lost a mark, or has one twice."""
        pieces = [piece.encode() for piece in text.split(LAID)]
        if len(pieces) != len(self._laid) + 1:
            raise ValueError("what was laid into the page does not stand in it once each")
        every = pieces[:1]
        for laid, piece in zip(self._laid, pieces[1:], strict=True):
            every += laid
            every.append(piece)
        return b"".join(every)


LAID = Markup(f"{MARK}\0")  # noqa: S704 - of ours
_laying: ContextVar[Laying | None] = ContextVar("laying a page", default=None)


def hole(name: str) -> Markup:
    """Where `Pattern.filled` puts the value of this name."""
    return Markup(f"{MARK}{name}\0")  # noqa: S704 - a name of ours


class Pattern:
    """HTML with holes."""

    def __init__(self, html: str) -> None:
        first, *others = str(html).split(MARK)
        named = [part.partition("\0") for part in others]
        names = [name for name, _end, _rest in named]
        self.pieces = [first, *(piece for _name, _end, rest in named for piece in ("", rest))]
        """Every second one is a hole."""
        self._bytes = [piece.encode() for piece in self.pieces]
        different = list(dict.fromkeys(names))
        self._values = picker(different)
        self._in_order = picker([different.index(name) for name in names])
        """Of the values, which are made once each, those that the holes want."""

    def filled(self, given: Mapping[str, object] = NOTHING, /, **more: object) -> Markup:
        """`KeyError` names a hole that got no value."""
        values = self._values({**given, **more})
        safe = [escaped_text(value) if type(value) is str else escaped(value) for value in values]
        pieces = self.pieces.copy()
        pieces[1::2] = self._in_order(safe)
        return marked(Markup, "".join(pieces))

    def laid(self, given: Mapping[str, object], /, **more: object) -> Markup:
        """The same for long ones that stand in a page as they are: nothing can be done with what this gives."""
        page = _laying.get()
        if page is None:
            return self.filled(given, **more)
        return page.put(self.pieces_of({**given, **more}))

    def pieces_of(self, given: Mapping[str, object]) -> list[bytes]:
        values = self._values(given)
        safe = [(escaped_text(value) if type(value) is str else escaped(value)).encode() for value in values]
        pieces = self._bytes.copy()
        pieces[1::2] = self._in_order(safe)
        return pieces


def pattern(macro: PageMacro, *kinds: Hashable, keep: bool = True) -> Pattern:
    """The macro's text for these kinds, in the language of the page. `TypeError` for a macro that knows its page.

    A form may be a kind too: kept only if it is the blank one, `keep=form.is_blank`, and written anew otherwise.
    """
    return (_kept if keep else _written)(spoken(), macro, *kinds)


class Line(Protocol):
    """What is laid one below the other: of a kind, with what fills the pattern of that kind."""

    @property
    def kind(self) -> Hashable: ...
    @property
    def values(self) -> Mapping[str, object]: ...


def laid_lines(macro: PageMacro, lines: Sequence[Line]) -> Markup:
    """`pattern(macro, line.kind).laid(line.values)` for each, with one mark for all."""
    kinds = {kind: pattern(macro, kind) for kind in {line.kind for line in lines}}
    page = _laying.get()
    if page is None:
        return marked(Markup, "".join([kinds[line.kind].filled(line.values) for line in lines]))
    pieces: list[bytes] = []
    for line in lines:
        pieces += kinds[line.kind].pieces_of(line.values)
    return page.put(pieces)


def filled_lines(macro: PageMacro, lines: Iterable[Line]) -> Markup:
    """`pattern(macro, line.kind).filled(line.values)` for each: short ones, which go into another pattern."""
    return marked(Markup, "".join([pattern(macro, line.kind).filled(line.values) for line in lines]))


def _written(_words: NullTranslations, macro: PageMacro, *kinds: Hashable) -> Pattern:
    if not macro.knows_no_page:
        raise TypeError(f"{macro.name} is kept for other pages: import it without context, from a template of its own")
    before = _writing.set(True)
    try:
        return Pattern(macro(*kinds))
    finally:
        _writing.reset(before)


_kept = lru_cache(maxsize=KEPT, typed=True)(_written)


def of_request(answer: Asked) -> Asked:
    """For what templates call and what depends on the address or the person: refused inside a pattern."""

    @wraps(answer)
    def asked(*values: Any, **named: Any) -> Any:
        if _writing.get():
            raise TypeError(f"{answer.__name__} is another one on the next page: leave a hole for it")
        return answer(*values, **named)

    return cast(Asked, asked)
