"""Looking for words in columns. The pattern is `kernel.lines.like_pattern`'s."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_


def contains(*names: Any) -> ColumnElement[bool]:
    """The words in one of the names. SQLite's lower() knows ASCII only, so they are also sought as typed."""
    together: Any = names[0]
    for name in names[1:]:
        together = together + "\n" + func.coalesce(name, "")
    return or_(
        func.lower(together).like(bindparam("lowered"), escape="/"), together.like(bindparam("typed"), escape="/")
    )
