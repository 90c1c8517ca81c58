"""A logo that somebody uploads: read by us, drawn anew, and kept as a small file of ours.

What is stored holds only pixels: no camera's data, no script behind the picture, no frame after the first.
"""

import hashlib
import os
import secrets
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.later import later
from bookwidget.kernel.text import Text, _
from bookwidget.theming.branding import Logo
from bookwidget.theming.colour import Oklch, from_hex

if TYPE_CHECKING:
    import PIL
    from PIL import Image, ImageOps
else:
    PIL, Image, ImageOps = later("PIL"), later("PIL.Image"), later("PIL.ImageOps")

FORMATS = ("PNG", "JPEG", "WEBP")
LONGEST_SIDE = 512  # px of what is kept
MOST_PIXELS = 16_000_000
"""Of what is read, by its header: 64 MB of memory. Pillow's own limit only warns at five times that."""
FLATTEST, TALLEST = 8, 3
"""Times as wide as high, and the reverse; beyond that a page has no place for it."""
PNG_UP_TO = 120_000
"""Bytes. Every mail program knows PNG, so WebP only where PNG would be heavy."""

SOLID, COLOURS, GREY, ALIKE = 200, 12, 0.04, 0.35
"""Of a logo's colours: opacity from which a pixel counts, how many are looked at, chroma below which one is grey, and
radians of hue below which two are one.
"""

FIELD = "logo"
UNREADABLE = _("This picture is damaged or incomplete. Save it again as PNG, JPEG or WebP.")
SVG = _("SVG pictures cannot be used, because they may hold scripts. Save the logo as PNG, at least 512 pixels wide.")
UNKNOWN = _("Only PNG, JPEG and WebP pictures can be used.")


class Drawn(NamedTuple):
    """A picture as it is stored."""

    data: bytes
    logo: Logo


def draw_logo(data: bytes) -> Drawn:
    """The upload as a PNG or WebP of at most `LONGEST_SIDE`. `Refused("logo")` says what is wrong with it."""
    if not data:
        raise Refused(FIELD, _("Choose a picture first."))
    if b"<svg" in data[:2000].lower():
        raise Refused(FIELD, SVG)
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            check_size(*image.size)
            image.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))  # a large JPEG is decoded small
            small = plain(image)
    except PIL.UnidentifiedImageError as error:
        raise Refused(FIELD, UNREADABLE if looks_known(data) else UNKNOWN) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise Refused(FIELD, too_large()) from error
    except Refused:
        raise
    except Exception as error:  # decoders raise whatever the bytes of strangers lead them to
        raise Refused(FIELD, UNREADABLE) from error
    suffix, encoded = encode(small)
    name = f"{hashlib.sha256(encoded).hexdigest()[:24]}.{suffix}"
    return Drawn(encoded, Logo(name, *small.size))


def check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Refused(FIELD, too_large())
    if width > FLATTEST * height:
        raise Refused(
            FIELD, _("This picture is too wide: it can be at most %(n)s times as wide as it is high.", n=FLATTEST)
        )
    if height > TALLEST * width:
        raise Refused(
            FIELD, _("This picture is too narrow: it can be at most %(n)s times as high as it is wide.", n=TALLEST)
        )


def too_large() -> Text:
    return _("This picture has too many pixels. It can have up to 4000 × 4000.")


def looks_known(data: bytes) -> bool:
    """Whether it begins as one of the formats does."""
    return data.startswith((b"\x89PNG", b"\xff\xd8")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def plain(image: "Image.Image") -> "Image.Image":
    """The first frame, upright, small, in a new picture that holds nothing but pixels."""
    image.load()
    upright = ImageOps.exif_transpose(image)
    see_through = "A" in upright.getbands() or "transparency" in upright.info
    pixels = upright.convert("RGBA" if see_through else "RGB")
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    fresh = Image.new(pixels.mode, pixels.size)
    fresh.paste(pixels)
    return fresh


def encode(image: "Image.Image") -> tuple[str, bytes]:
    """The file's ending and content."""
    png = BytesIO()
    image.save(png, "PNG", optimize=True)
    if png.tell() <= PNG_UP_TO:
        return "png", png.getvalue()
    webp = BytesIO()
    image.save(webp, "WEBP", quality=88, method=4)
    return "webp", webp.getvalue()


def main_colours(data: bytes, most: int = 4) -> list[str]:
    """The colours that a picture of ours mainly has, as `#aabbcc`, the strongest first; greys and what is see-through
    are none. Empty for what is no picture.
    """
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            pixels = image.convert("RGBA")
    except (OSError, ValueError):
        return []
    pixels.thumbnail((64, 64), Image.Resampling.NEAREST)
    raw = pixels.tobytes()
    solid = b"".join(raw[at : at + 3] for at in range(0, len(raw), 4) if raw[at + 3] > SOLID)
    if not solid:
        return []
    reduced = Image.frombytes("RGB", (len(solid) // 3, 1), solid).quantize(COLOURS)
    palette = bytes(reduced.getpalette() or ())
    found: list[tuple[float, str, Oklch]] = []
    for index, count in Counter(reduced.tobytes()).items():
        text = "#" + palette[index * 3 : index * 3 + 3].hex()
        colour = from_hex(text)
        if colour.chroma >= GREY and not any(abs(colour.hue - other.hue) < ALIKE for _weight, _text, other in found):
            found.append((count * colour.chroma, text, colour))
    return [text for _weight, text, _colour in sorted(found, reverse=True)[:most]]


def store_picture(folder: Path, name: str, data: bytes) -> None:
    """Writes it whole or not at all. Before the transaction that names it, so that a page never asks in vain."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{secrets.token_hex(8)}"
    try:
        beside.write_bytes(data)
        os.replace(beside, folder / name)  # noqa: PTH105 - the one call that is atomic on every system
    finally:
        beside.unlink(missing_ok=True)


def remove_picture(folder: Path, name: str) -> None:
    """After the commit that no longer names it."""
    (folder / name).unlink(missing_ok=True)
