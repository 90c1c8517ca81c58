"""Tables of steps and the browsers or ways they were tried in: gathered from the tests' reports, also those of
pytest-xdist's workers.
"""

from collections.abc import Iterable, Sequence
from typing import Any

PROPERTY = "engine step"
BETWEEN = " | "
HEADING = "Step"
THEMES = ("quiet", "warm", "night", "clear")
AXE = [f"{theme}, {direction}" for theme in THEMES for direction in ("ltr", "rtl")]
"""Columns of what axe has found."""


def cell(mode: str, step: str, outcome: str) -> tuple[str, str]:
    """For `request.node.user_properties`."""
    return PROPERTY, BETWEEN.join(part.replace("|", "/") for part in (mode, step, outcome))


def gather(reports: Iterable[Any], modes: Sequence[str]) -> list[list[str]]:
    """Rows of the table with its heading; empty if no report has a step. `modes` are the columns, in their order."""
    steps: dict[str, dict[str, str]] = {}
    for report in reports:
        for name, value in getattr(report, "user_properties", ()):
            if name == PROPERTY and getattr(report, "when", "") == "call":
                mode, step, outcome = value.split(BETWEEN)
                if mode in modes:
                    steps.setdefault(step, {})[mode] = outcome
    seen = [mode for mode in modes if any(mode in outcomes for outcomes in steps.values())]
    if not seen:
        return []
    rows = [[step, *(outcomes.get(mode, "–") for mode in seen)] for step, outcomes in steps.items()]
    return [[HEADING, *seen], *rows]


def markdown(rows: list[list[str]]) -> str:
    heading, *body = rows
    lines = [heading, ["---"] * len(heading), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def plain(rows: list[list[str]]) -> str:
    """In columns, for a terminal."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def shown_in(document: str, name: str) -> list[list[str]]:
    """The table that a document shows between the comments `name` and `end of name`, with its heading."""
    table = document.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- end of {name}")[0]
    heading, _line, *rows = [line.strip("| ").split(" | ") for line in table.splitlines()]
    return [heading, *rows]
