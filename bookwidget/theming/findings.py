"""What the checks of themes and widgets find."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["manifest", "token", "contrast", "context", "template", "inline", "direction", "translation"]


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong in a file. Line 0: the file as a whole."""

    path: Path
    line: int
    kind: Kind
    message: str
