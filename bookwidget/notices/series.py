"""What an event tells of other dates than its own, in words for a mail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bookwidget.bookings.actions import rhythm_words
from bookwidget.events.store import Happened
from bookwidget.theming.formats import Formats
from bookwidget.theming.i18n import translate


@dataclass(frozen=True)
class OtherDates:
    """Empty where the event is about one date only."""

    repeats: str
    dates: tuple[str, ...]
    """What happened to this one happened to these too."""
    staying: tuple[str, ...]
    """What stays as it was."""
    left_out: tuple[str, ...]
    """What could not be booked."""
    resumes: str
    """When a series that was postponed goes on."""


def is_told_by_another(event: Happened) -> bool:
    """One mail tells of all dates of a series: the other events are quiet."""
    return bool(event.after.get("quiet"))


def other_dates(words: Formats, event: Happened) -> OtherDates:
    """In the language of the mail that is being written."""
    after = event.after
    repeats = translate(rhythm_words(after["repeats"])) if after.get("repeats") else ""
    return OtherDates(
        repeats,
        moments(words, after.get("dates")),
        moments(words, after.get("staying")),
        moments(words, after.get("left_out")),
        words.moment(datetime.fromisoformat(after["next_at"])) if after.get("next_at") else "",
    )


def moments(words: Formats, dates: Iterable[Mapping[str, Any]] | None) -> tuple[str, ...]:
    return tuple(words.moment(datetime.fromisoformat(one["starts_at"])) for one in dates or ())
