"""What comes again and again on one page: written once for each of its kinds, then filled in.

A template says `{% set line = pattern(line_of, is_next, has_place) %}` and `{{ line.filled(title=row.title) }}`, where
the macro `line_of` writes `{{ hole("title") }}` wherever the title belongs. The macro is called once for each
different set of values, which must be all that it branches on; so it is given kinds (yes or no, a status), never what
somebody typed. What fills a hole is escaped like everything a template puts out.

Nothing is kept from one page to the next: the words may hold addresses and names of one business.
"""

import secrets
from collections.abc import Callable, Hashable
from typing import Any

from markupsafe import Markup

from bookwidget.theming.compiling import escaped, escaped_text, marked

MARK = f"\0{secrets.token_hex(8)}"
"""Nobody can type it: it is another one in each process."""


def hole(name: str) -> Markup:
    """Where `Pattern.filled` puts the value of this name."""
    return Markup(f"{MARK}{name}\0")  # noqa: S704 - a name of ours


class Pattern:
    """HTML with holes."""

    def __init__(self, html: str) -> None:
        first, *others = str(html).split(MARK)
        named = [part.partition("\0") for part in others]
        self.names = [name for name, _end, _rest in named]
        self.pieces = [first, *(piece for _name, _end, rest in named for piece in ("", rest))]
        """Every second one is a hole."""

    def filled(self, **values: Any) -> Markup:
        """`KeyError` names a hole that got no value."""
        safe = {name: escaped_text(value) if type(value) is str else escaped(value) for name, value in values.items()}
        pieces = self.pieces.copy()
        pieces[1::2] = [safe[name] for name in self.names]
        return marked(Markup, "".join(pieces))


class Patterns:
    """Those of one page."""

    def __init__(self) -> None:
        self.made: dict[tuple[Hashable, ...], Pattern] = {}

    def of(self, macro: Callable[..., str], *kinds: Hashable) -> Pattern:
        """The macro's text for these kinds, as a pattern. Templates call it as `pattern`."""
        found = self.made.get((macro, kinds))
        if found is None:
            found = self.made[macro, kinds] = Pattern(macro(*kinds))
        return found
