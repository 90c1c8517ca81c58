"""How long a text message is for those who carry it, and signs that would make it longer for nothing."""

from typing import NamedTuple

from bookwidget.kernel.text import Text, n_

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The alphabet of GSM 03.38: a message of nothing else holds 160 of them."""
EXTENDED = frozenset("^{}\\[~]|€\f")
"""Count twice in it."""
PLAIN = str.maketrans(
    dict.fromkeys("–—‐‑−•", "-")
    | dict.fromkeys("‘’‚‹›", "'")
    | dict.fromkeys("“”„«»", '"')
    | dict.fromkeys("\u00a0\u2009\u202f\t", " ")
    | {"…": "...", "\r": ""}
)
MOST = 10
"""Messages that one may become; networks carry no more."""


class Length(NamedTuple):
    """`used` of `room` characters, as the network counts them."""

    messages: int
    used: int
    room: int

    @property
    def words(self) -> Text:
        return n_(
            "%(n)s message: %(used)s of %(room)s characters", "%(n)s messages: %(used)s of %(room)s characters",
            self.messages, used=self.used, room=self.room,
        )  # fmt: skip


def simple(text: str) -> str:
    """Without typographic signs outside of the alphabet: a single one of them would halve what a message holds."""
    return text.translate(PLAIN)


def length_of(text: str) -> Length:
    """A sign outside of the alphabet makes the whole message UCS-2. Parts of a longer one lose a few characters to what
    joins them, and no character stands in two.
    """
    is_gsm = all(sign in BASIC or sign in EXTENDED for sign in text)
    alone, joined = (160, 153) if is_gsm else (70, 67)
    sizes = [2 if (sign in EXTENDED if is_gsm else ord(sign) > 0xFFFF) else 1 for sign in text]
    if sum(sizes) <= alone:
        return Length(1, sum(sizes), alone)
    messages, used = 1, 0
    for size in sizes:
        if used + size > joined:
            messages, used = messages + 1, 0
        used += size
    return Length(messages, sum(sizes), messages * joined)
