"""What people type on one line."""

import unicodedata

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import _

CONTROL = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
MAX_TEXT = 120
"""Of what is looked for; more is left out."""
# Marks that turn the reading direction and could make a name read as another one.
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_line(text: str, field: str, *, longest: int, required: bool = False) -> str:
    """One line of text, trimmed and composed; control and direction characters are `Refused` under `field`."""
    line = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(c) in CONTROL or c in TURNING for c in line):
        raise Refused(field, _("This contains characters that cannot be used here."))
    if len(line) > longest:
        raise Refused(field, _("Use at most %(count)s characters.", count=longest))
    if required and not line:
        raise Refused(field, _("Please fill this in."))
    return line


def like_pattern(text: str) -> str:
    """For LIKE with the escape sign `/`: what contains `text`. Control characters match nothing anyway."""
    words = "".join(sign for sign in text[:MAX_TEXT] if sign.isprintable()).strip()
    for special in "/%_":
        words = words.replace(special, "/" + special)
    return f"%{words}%" if words else ""
