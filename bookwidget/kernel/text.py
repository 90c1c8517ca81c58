"""Words that people read, kept untranslated until somebody's language is known.

Rules and actions say *what* to tell a person; the page, the mail or the command line that shows it
knows the language. So Python code makes a `Text`, and `theming.i18n.translate` turns it into words.
"""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Text:
    """A message of the catalogue with its values, e.g. `_("Booked by %(name)s", name=name)`.

    A tuple among the values is a list of choices, which each language strings together in its way.
    """

    msgid: str
    plural: str | None = None
    values: dict[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """The English words, for logs, tests and the command line."""
        chosen = self.plural if self.plural is not None and self.values["n"] != 1 else self.msgid
        values = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in self.values.items()}
        return chosen % values if values else chosen

    def __mod__(self, more: dict[str, object]) -> "Text":
        """With values that others know, as validators of forms know their limits; of those, what the message names."""
        named = {name: value for name, value in more.items() if f"%({name})" in self.msgid}
        return replace(self, values={**named, **self.values})


def _(msgid: str, **values: object) -> Text:
    """Marks a message for the catalogue."""
    return Text(msgid, None, values)


def n_(singular: str, plural: str, n: int, **values: object) -> Text:
    """Marks a message that depends on a number, which is its value `n`."""
    return Text(singular, plural, {"n": n, **values})
