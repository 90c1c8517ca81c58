"""What was measured, beside what was promised."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Visited:
    """A page on one database; medians of the rounds."""

    page: str
    where: str
    microseconds: float
    """CPU of the server's process tree for one request."""
    ratio: float
    """CPU of the bare page in the same round, divided by this page's."""
    per_second: float
    target: float | None = None
    """Of the ratio."""
    by_round: Sequence[float] = ()
    """The CPU microseconds of each round."""


@dataclass(frozen=True)
class Measured:
    """One number with what was promised of it, if anything."""

    what: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def promise(self) -> str:
        if self.most is not None:
            return f"at most {self.most:,g} {self.unit}"
        return f"at least {self.least:,g} {self.unit}" if self.least is not None else ""

    @property
    def is_kept(self) -> bool:
        """Also where nothing was promised."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)


@dataclass(frozen=True)
class Results:
    made_at: str
    rounds: int
    seconds: float
    visits: Sequence[Visited]
    numbers: Sequence[Measured]
    left_out: Sequence[str]

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")


def show(results: Results, console: Console) -> None:
    console.print(visits_table(results))
    console.print(numbers_table(results))
    for reason in results.left_out:
        console.print(f"left out: {reason}")


def visits_table(results: Results) -> Table:
    table = Table(title=f"CPU of a page, {results.rounds} rounds of {results.seconds:g} s", title_justify="left")
    for heading in ("page", "database", "CPU µs", "ratio to bare", "target", "", "requests/s"):
        table.add_column(heading, justify="left" if heading in ("page", "database", "") else "right")
    for one in results.visits:
        target = f"{one.target:.0%}" if one.target else ""
        verdict = "" if one.target is None else word(is_kept=one.ratio >= one.target)
        numbers = (f"{one.microseconds:,.0f}", f"{one.ratio:.1%}", target, verdict, f"{one.per_second:,.0f}")
        table.add_row(one.page, one.where, *numbers)
    return table


def numbers_table(results: Results) -> Table:
    table = Table(title="Everything else", title_justify="left")
    for heading in ("what", "measured", "target", ""):
        table.add_column(heading, justify="right" if heading in ("measured", "target") else "left")
    for one in results.numbers:
        verdict = word(is_kept=one.is_kept) if one.promise else ""
        table.add_row(one.what, f"{one.value:,g} {one.unit}", one.promise, verdict)
    return table


def word(*, is_kept: bool) -> str:
    return "[green]kept[/]" if is_kept else "[red]missed[/]"
