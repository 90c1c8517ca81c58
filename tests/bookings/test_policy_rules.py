"""The policy and its oracle say the same, and would not if any rule were turned round."""

import ast
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from inspect import getsource
from types import ModuleType
from typing import Any

import pytest

from bookwidget.bookings import policy
from bookwidget.bookings.policy import Answer
from bookwidget.tenancy.settings import Settings
from tests.bookings.oracle import DAY, END, TICK, Case, cases, may_book, terms, verdict

NUMBER = 3000
SOURCE = getsource(policy)
TREE = ast.parse(SOURCE)
ANSWERS = {"yes": "no", "no": "yes"}
EDGES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
"""A limit that holds an instant longer or shorter, and the opposite of what has no edge."""


@cache
def asked() -> list[Case]:
    return cases(NUMBER)


def differs(engine: Any, case: Case) -> bool:
    """Whether it says otherwise than the oracle. What fails is a difference too."""
    try:
        answer = said(engine, case, case.now)
        if answer.allowed and not case.actor.is_staff and not ends_then(engine, case, answer):
            return True
        books = engine.may_book_for(case.actor, case.facts.customer_id), engine.may_book_as_guest(case.actor)
        agreed = answer.fee_percent, answer.free_until, engine.binds_value(answer, Settings(case.stored))
        return (answer.allowed, answer.rule, *books, *agreed) != (*verdict(case), *may_book(case), *terms(case))
    except (TypeError, AttributeError):
        return True


def said(engine: Any, case: Case, at: datetime) -> Answer:
    answer: Answer = engine.decide(case.permission, case.facts, Settings(case.stored), case.actor, at)
    return answer


def ends_then(engine: Any, case: Case, answer: Answer) -> bool:
    """Whether what a customer may ends exactly when the answer says so; without a word of it, never."""
    until = answer.until
    if until is None:
        return said(engine, case, END + 5000 * DAY).allowed
    after = said(engine, case, until)
    return said(engine, case, until - TICK).allowed and not (after.allowed and after.rule == answer.rule)


def test_B5_the_policy_is_what_the_decisions_say() -> None:
    for case in asked():
        assert not differs(policy, case), (verdict(case), case)


def test_B5_every_no_says_why_and_every_yes_says_nothing() -> None:
    for case in asked():
        answer = said(policy, case, case.now)
        assert answer.allowed is (answer.reason is None)


def rules_in_source() -> set[str]:
    """Names that are given to `yes`, to `no`, or to a function that hands them on."""
    calls = (node for node in ast.walk(TREE) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    firsts = [node.args[0] for node in calls if node.args and node.func.id != "_"]  # type: ignore[attr-defined]
    parts = (
        part for first in firsts for part in ([first.body, first.orelse] if isinstance(first, ast.IfExp) else [first])
    )
    return {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def test_B5_every_rule_of_the_source_decides_some_case() -> None:
    """A new rule needs cases, and its place in the oracle."""
    decided = {verdict(case)[1] for case in asked()}
    assert rules_in_source() - decided == set(), "add these rules to tests/bookings/oracle.py, and cases for them"
    assert decided - rules_in_source() == set(), "these are gone: take them out of tests/bookings/oracle.py"


def things_to_turn() -> Iterator[tuple[str, tuple[int, Callable[[Any], None]]]]:
    """Every thing that can be turned round: a name for it, the number of its node, and how. Every process that collects
    tests goes through these, so they are only named here.
    """
    lines = SOURCE.splitlines()
    for number, node in enumerate(ast.walk(TREE)):
        for name, change in changes_of(node):
            words = lines[node.lineno - 1][node.col_offset :][:50]
            yield f"{node.lineno}:{node.col_offset}: {name}: {words}", (number, change)


def turned(number: int, change: Callable[[Any], None]) -> ast.Module:
    """The policy with one thing turned round."""
    tree = ast.parse(SOURCE)
    change(list(ast.walk(tree))[number])
    return tree


def changes_of(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], None]]]:
    if isinstance(node, ast.If | ast.IfExp):
        yield "negated", negate
    if isinstance(node, ast.Compare):
        yield "moved", move_edge
    if isinstance(node, ast.BoolOp):
        yield "and for or", swap
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ANSWERS:
        yield "answered the other way", flip


def negate(node: Any) -> None:
    node.test = ast.fix_missing_locations(ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test))


def move_edge(node: ast.Compare) -> None:
    node.ops[0] = EDGES[type(node.ops[0])]()


def swap(node: ast.BoolOp) -> None:
    node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()


def flip(node: Any) -> None:
    """`yes` for `no` and `no` for `yes`; both are given a name first."""
    other = "False" if node.func.id == "yes" else "True"
    made = ast.parse(f"Answer({other}, None, None, rule)", mode="eval").body
    made.args[3] = node.args[0]  # type: ignore[attr-defined]
    node.func, node.args = made.func, made.args  # type: ignore[attr-defined]
    ast.fix_missing_locations(node)


TURNED = dict(things_to_turn())


@pytest.mark.parametrize("name", TURNED)
def test_B5_no_rule_can_be_turned_round_unnoticed(name: str) -> None:
    module = ModuleType("turned")
    exec(compile(turned(*TURNED[name]), policy.__file__, "exec"), module.__dict__)
    assert any(differs(module, case) for case in asked()), name
