"""Fields for days and times, which keep what was typed when it is none."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from wtforms import DateField, Field, StringField

from bookwidget.kernel.text import _

FIRST_YEAR, LAST_YEAR = 1900, 9000
"""Beyond any booking; near the ends of the calendar a time has no place in every zone."""


class DayField(DateField):
    """A day as date fields send it. What is no day stays in the field, with a message of ours."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: date | None = None
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            return
        try:
            self.data = date.fromisoformat(typed)
        except ValueError as error:
            raise ValueError(_("This is not a date. Write it like 2026-11-24.")) from error

    @property
    def input_type(self) -> str:
        """Browsers empty a date field that holds something else, so what was typed is shown as text."""
        return date_type("date", self)


class MonthField(DateField):
    """A month as month fields send it; its data is the first day. What is none stays in the field."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: date | None = None
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            return
        try:
            self.data = date.fromisoformat(f"{typed}-01")
        except ValueError as error:
            raise ValueError(_("This is not a month. Write it like 2026-11.")) from error

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return f"{self.data:%Y-%m}" if self.data else ""

    @property
    def input_type(self) -> str:
        return date_type("month", self)


class MomentField(StringField):
    """A day and a time on the business's clocks, as such fields send them."""

    def at(self, zone: ZoneInfo) -> datetime | None:
        """The instant; None if nothing was typed, or what is no time."""
        try:
            local = datetime.fromisoformat((self.data or "").strip())
        except ValueError:
            return None
        if local.tzinfo is not None or not FIRST_YEAR <= local.year <= LAST_YEAR:
            return None
        return local.replace(tzinfo=zone).astimezone(UTC)

    def fill(self, at: datetime, zone: ZoneInfo) -> None:
        """Shows an instant."""
        self.data = f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"

    @property
    def input_type(self) -> str:
        return date_type("datetime-local", self)


def date_type(wanted: str, field: Field) -> str:
    return "text" if field.errors or field.process_errors else wanted
