"""Nothing waits for a pointer: what `:hover` changes is decoration, and no script of ours listens to it."""

import re
from pathlib import Path

import tinycss2

ROOT = Path(__file__).parents[2]
SHEETS = [
    path for place in ("bookwidget/**/static", "widgets/*/static", "themes/*") for path in ROOT.glob(f"{place}/*.css")
]
SCRIPTS = [*ROOT.glob("bookwidget/**/static/*.js"), ROOT / "embed.js"]
DECORATION = {
    "background", "border-color", "color", "text-decoration", "text-decoration-color", "text-decoration-thickness",
    "transition",
}  # fmt: skip


def hovering(css: str) -> list[tuple[str, str]]:
    """Selector and property of what only a pointer changes, in order; rules may stand in others."""
    found: list[tuple[str, str]] = []
    for rule in tinycss2.parse_blocks_contents(css, skip_comments=True, skip_whitespace=True):
        if rule.type not in ("qualified-rule", "at-rule") or rule.content is None:
            continue
        inside, selector = tinycss2.serialize(rule.content), tinycss2.serialize(rule.prelude).strip()
        if rule.type == "qualified-rule" and ":hover" in selector and ":not(:hover)" not in selector:
            named = tinycss2.parse_blocks_contents(inside, skip_comments=True, skip_whitespace=True)
            found += [(selector, one.lower_name) for one in named if one.type == "declaration"]
        else:
            found += hovering(inside)
    return found


def test_what_a_pointer_changes_is_decoration() -> None:
    rules = [rule for sheet in SHEETS for rule in hovering(sheet.read_text("utf-8"))]
    assert len(rules) > 15
    assert [rule for rule in rules if rule[1] not in DECORATION] == []
    planted = "@media (width>1px){.a{display:none}.b:hover .a{display:block}}"
    assert hovering(planted) == [(".b:hover .a", "display")]


def test_no_script_listens_to_a_pointer_that_only_passes() -> None:
    listened = {name for path in SCRIPTS for name in re.findall(r"\"(mouse\w+|pointer\w+)\"", path.read_text("utf-8"))}
    assert listened <= {"pointerdown"}
