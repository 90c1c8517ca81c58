"""Blocks of documents: files that they have in full, and commands; what is neither is a mistake."""

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^(?:`([\w./-]+)`\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = ("sh", "console")
ENDINGS = {"css": "css", "html": "html", "po": "po", "python": "py", "toml": "toml"}
"""By the language of a block: how the names of its files end."""
PROMPT = "$ "


@dataclass(frozen=True)
class Block:
    path: str
    """Of the file that it is; empty for commands."""
    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        lines = self.text.splitlines() if self.language in COMMANDS else []
        return [line.removeprefix(PROMPT) for line in lines]


def blocks_of(name: str) -> list[Block]:
    """All of docs/NAME.md, in their order."""
    return blocks_in((DOCS / f"{name}.md").read_text("utf-8"))


def blocks_in(text: str) -> list[Block]:
    """`AssertionError` for one that can be neither run nor written down."""
    blocks = [Block(*found) for found in BLOCK.findall(text)]
    assert len(blocks) == len(re.findall("^```", text, re.MULTILINE)) / 2, "a block that does not end, or not with ```"
    for block in blocks:
        if block.path:
            assert Path(block.path).suffix == f".{ENDINGS.get(block.language)}", block
        else:
            assert block.language in COMMANDS, f"neither a file with its name above nor commands: {block}"
    return blocks


def write(block: Block, folder: Path) -> None:
    path = folder / block.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, "utf-8")
