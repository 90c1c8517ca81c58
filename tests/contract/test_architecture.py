"""What must be true of all code: who may import whom, and how large a piece may be."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.imports import LEFT_OUT, check

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("bookwidget", "widgets", "scripts")
LONGEST_FILE, LONGEST_FUNCTION = 400, 40
MADE_BY_TOOLS = {"versions"}
SHAPELESS = {"utils", "util", "helpers", "helper", "common", "misc"}


def files(*suffixes: str, folders: tuple[str, ...] = (*PRODUCT, "tests", "themes")) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and not MADE_BY_TOOLS & set(path.parts):
                yield path


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, the docstring not counted."""
    words = (ast.get_docstring(function, clean=False) or "").count("\n") + 1 if ast.get_docstring(function) else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - words


def test_the_import_contracts_are_kept() -> None:
    outcome = check(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    ("file", "planted", "contract"),
    [
        ("bookwidget/kernel/money.py", "import bookwidget.tenancy.models", "Imports go leftwards only"),
        ("bookwidget/bookings/rules.py", "import flask", "Flask stands in web, console and widgets only"),
        ("bookwidget/bookings/policy.py", "import sqlalchemy", "SQLAlchemy stands in"),
        ("widgets/login/view.py", "import bookwidget.accounts.store", "Widgets know the web side"),
        ("bookwidget/web/entry.py", "import widgets.login.view", "bookwidget finds its widgets"),
    ],
)
def test_a_planted_import_breaks_its_contract(tmp_path: Path, file: str, planted: str, contract: str) -> None:
    for package in ("bookwidget", "widgets"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=LEFT_OUT)
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    with (tmp_path / file).open("a", encoding="utf-8") as code:
        code.write(f"\n{planted}\n")
    outcome = check(tmp_path)
    broken = [line for line in outcome.stdout.splitlines() if line.startswith(contract) and "BROKEN" in line]
    assert outcome.returncode != 0
    assert broken, outcome.stdout


def test_no_file_is_too_long() -> None:
    long = {named(path): path.read_text("utf-8").count("\n") for path in files(".py", ".js", ".html", ".css")}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    lines = {
        f"{named(path)}:{node.name}": length(node) for path in files(".py", folders=PRODUCT) for node in functions(path)
    }
    assert {name: count for name, count in lines.items() if count > LONGEST_FUNCTION} == {}


def test_no_module_is_a_drawer_for_everything() -> None:
    assert [named(path) for path in files(".py") if path.stem in SHAPELESS or path.parent.name in SHAPELESS] == []


def test_no_import_hides_inside_a_function() -> None:
    late = [
        f"{named(path)}:{inner.lineno}"
        for path in files(".py", folders=PRODUCT)
        for node in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert late == []


def test_nothing_is_left_to_be_done_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME")
    left = [
        named(path) for path in files(".py", ".js", ".html", ".css") if any(m in path.read_text("utf-8") for m in marks)
    ]
    assert left == []


def test_decisions_are_numbered_one_by_one() -> None:
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [path.name[:5] for path in decisions] == [f"{number:04}-" for number in range(1, len(decisions) + 1)]
    assert all(path.read_text("utf-8").startswith(f"# {path.name[:4]}: ") for path in decisions)
