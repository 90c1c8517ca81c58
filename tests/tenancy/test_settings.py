"""Declarations of settings: what may be stored, and that each says what it is."""

from dataclasses import replace
from typing import Any

import pytest

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import Text
from bookwidget.tenancy.settings import REGISTRY, Group, Pick, Setting, Settings, declare

NUMBER = Setting("test.number", 24, Text("Number"), Text("Of something"), Group.BOOKING, minimum=1, maximum=48)
SWITCH = Setting("test.switch", True, Text("Switch"), Text("On or off"), Group.BOOKING)
TEXT = Setting("test.text", "", Text("Text"), Text("A line"), Group.BOOKING, longest=5)
ADDRESS = Setting("test.address", "", Text("Address"), Text("A page"), Group.BOOKING, is_address=True)
WORDS = {"a": Text("A"), "b": Text("B"), "c": Text("C")}
ONE = Setting("test.one", "a", Text("One"), Text("Of three"), Group.BOOKING, choices=WORDS)
SOME = replace(ONE, name="test.some", pick=Pick.SOME)
ORDERED = replace(ONE, name="test.ordered", pick=Pick.ORDERED)


@pytest.mark.parametrize(
    ("setting", "good", "bad"),
    [
        (NUMBER, [1, 48], [0, 49, "24", True, None, 2.5]),
        (SWITCH, [True, False], [1, "true", None]),
        (TEXT, ["", "five5"], ["sixsix", " a", "a\n", "\u202ea", 1]),
        (ADDRESS, ["", "https://a.example/x"], ["http://a.example", "javascript:alert(1)", "https://" + "x" * 300]),
        (ONE, ["a", "c"], ["", "d", "a b", ["a"]]),
        (SOME, ["", "a", "a c"], ["c a", "a a", "a  c", "d"]),
        (ORDERED, ["a", "c a", "b c a"], ["", "a a", "c  a", "d"]),
    ],
    ids=lambda value: value.name if isinstance(value, Setting) else "",
)
def test_only_proper_values_may_be_stored_and_others_count_as_the_default(
    setting: Setting[Any], good: list[Any], bad: list[Any]
) -> None:
    for value in good:
        assert Settings({setting.name: value})[setting] == value
    for value in bad:
        with pytest.raises(Refused) as refused:
            setting.checked(value)
        assert refused.value.field == setting.name
        assert Settings({setting.name: value})[setting] == setting.default


@pytest.mark.parametrize(
    "setting",
    [
        replace(SWITCH, title=Text("")),
        replace(SWITCH, help=Text("")),
        replace(ONE, choices={**WORDS, "d": Text("")}),
        replace(NUMBER, maximum=None),
        replace(NUMBER, minimum=None),
    ],
)
def test_a_setting_that_nobody_could_understand_or_set_stops_the_start(setting: Setting[Any]) -> None:
    with pytest.raises(ValueError, match=setting.name):
        declare(setting)
    assert setting.name not in REGISTRY


def test_a_default_that_could_not_be_stored_stops_the_start() -> None:
    with pytest.raises(Refused):
        declare(replace(NUMBER, default=0))


def test_two_of_one_name_stop_the_start() -> None:
    taken = next(iter(REGISTRY.values()))
    with pytest.raises(ValueError, match="twice"):
        declare(replace(SWITCH, name=taken.name))
    assert REGISTRY[taken.name] is taken
