"""Reading tables that other programs wrote: encoding, delimiter, columns, rows. Pure: bytes in, words out."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import _, n_

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 60
LONGEST_CELL = 1000
SAMPLE = 64 * 1024
DELIMITERS = (",", ";", "\t", "|")
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
"""What a file begins with that says its own encoding."""


@dataclass(frozen=True)
class Table:
    """What was found out about a file."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: int
    """Without the header and empty ones."""


def read_table(content: bytes) -> Table:
    """`Refused("file", …)` for what is no table of text, or too large."""
    if not content:
        raise Refused("file", _("Choose a file."))
    if len(content) > MOST_BYTES:
        raise Refused("file", _("This file is too large. It may have %(mb)s MB.", mb=MOST_BYTES // 1024 // 1024))
    encoding = encoding_of(content)
    text = decoded(content, encoding)
    if "\0" in text:
        raise Refused("file", _("This is not a table of text. Save it as CSV and try again."))
    delimiter = delimiter_of(text[:SAMPLE])
    try:
        rows = rows_of(text, delimiter)
        _number, titles = next(rows, (0, []))
        header = tuple(cell.strip()[:LONGEST_CELL] for cell in titles)
        count = sum(1 for _row in rows)
    except csv.Error:
        raise Refused("file", _("This is not a table of text. Save it as CSV and try again.")) from None
    if len(header) > MOST_COLUMNS or not header:
        raise Refused("file", _("The first line has to name the columns, at most %(count)s.", count=MOST_COLUMNS))
    if not 0 < count <= MOST_ROWS:
        raise Refused("file", n_("The file needs a row.", "The file needs 1 to %(n)s rows.", MOST_ROWS))
    return Table(encoding, delimiter, header, count)


def encoding_of(content: bytes) -> str:
    """By its mark; without one UTF-8 if it is, UTF-16 if every second byte is zero, else what Windows writes."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return encoding
    head = content[:SAMPLE]
    if len(head) > 3 and head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if len(head) > 3 and head[0::2].count(0) > len(head) // 4:
        return "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def decoded(content: bytes, encoding: str) -> str:
    """Bytes that Windows-1252 has no letter for stay visible as one sign."""
    return content.decode(encoding, "replace")


def delimiter_of(sample: str) -> str:
    """The sign that parts the first line into most cells, quoted ones left whole."""
    lines = sample.splitlines()[:1] or [""]
    return max(DELIMITERS, key=lambda sign: len(next(csv.reader(lines, delimiter=sign), [])))


def rows_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """All that are not empty, the header first, each with the number that a spreadsheet shows beside it."""
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
        if any(cell.strip() for cell in row):
            yield number, row


def proposed_mapping(header: tuple[str, ...], headings: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """The column for each field, as far as its heading says; `headings` are what columns are called elsewhere."""
    names = [heading.strip().lower() for heading in header]
    found: dict[str, int] = {}
    for field, words in headings.items():
        column = next(
            (names.index(word) for word in words if word in names and names.index(word) not in found.values()), None
        )
        if column is not None:
            found[field] = column
    return found


def cell(row: list[str], column: int | None) -> str:
    """Empty where the row is too short, or nothing is mapped."""
    return row[column].strip()[:LONGEST_CELL] if column is not None and column < len(row) else ""


def plain_cell(text: str) -> str:
    """For a table that goes out: what a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
