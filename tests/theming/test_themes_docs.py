"""docs/themes.md names each token with its value, each key and each shipped theme."""

import re
from pathlib import Path

from bookwidget.theming.themes import KEYS, find_themes, shipped_folder
from bookwidget.theming.tokensheet import KNOWN

DOCUMENT = Path(__file__).parents[2] / "docs/themes.md"
TEXT = DOCUMENT.read_text("utf-8")


def test_each_token_stands_there_with_its_value() -> None:
    rows = dict(re.findall(r"^\| `(--bw-[\w-]+)` \| `(.*?)` \|", TEXT, re.MULTILINE))
    assert rows == {name: " ".join(value.split()) for name, value in KNOWN.items()}


def test_no_token_is_without_words() -> None:
    rows = re.findall(r"^\| `(--bw-[\w-]+)` \| `.*?` \| *(.*?) *\|$", TEXT, re.MULTILINE)
    assert not [name for name, words in rows if not words]


def test_each_key_of_the_manifest_stands_there() -> None:
    table = TEXT[TEXT.index("## theme.toml") : TEXT.index("## tokens.css")]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(KEYS)


def test_each_shipped_theme_stands_there() -> None:
    table = TEXT[TEXT.index("## Those that are shipped") :]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(find_themes([shipped_folder()]).found)
