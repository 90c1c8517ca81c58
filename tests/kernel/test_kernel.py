"""Ids, money and text."""

import pytest

from bookwidget.kernel.ids import CODE_ALPHABET, booking_code, parse_uuid, uuid7
from bookwidget.kernel.keeping import Kept
from bookwidget.kernel.money import Money
from bookwidget.kernel.text import _, n_


def test_ids_are_ordered_by_time_and_of_version_7() -> None:
    ids = [uuid7() for _ in range(500)]
    assert len(set(ids)) == 500
    assert {id.version for id in ids} == {7}
    assert [id.int >> 80 for id in ids] == sorted(id.int >> 80 for id in ids)


def test_codes_are_readable_aloud() -> None:
    codes = {booking_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert set("".join(codes)) <= set(CODE_ALPHABET)


@pytest.mark.parametrize("text", ["", "x", "0" * 31, "g" * 32, "0" * 33, "{" + "0" * 30 + "}", "٣" * 32])
def test_what_is_no_uuid_is_none(text: str) -> None:
    assert parse_uuid(text) is None


def test_money_of_two_currencies_does_not_add_up() -> None:
    assert Money(1400, "GBP") + Money(50, "GBP") - Money(450, "GBP") == Money(1000, "GBP")
    with pytest.raises(ValueError, match="GBP and EUR"):
        Money(1, "GBP") + Money(1, "EUR")


def test_text_says_english_until_it_is_translated() -> None:
    assert str(_("Booked by %(name)s", name="Ada")) == "Booked by Ada"
    assert [str(n_("%(n)s place", "%(n)s places", n)) for n in (0, 1, 2)] == ["0 places", "1 place", "2 places"]
    assert str(_("100 % sure")) == "100 % sure"


def test_a_validator_fills_in_its_limits() -> None:
    limits: dict[str, object] = {"min": -1, "max": 200}
    assert str(_("At most %(max)s for %(name)s", name="Ada") % limits) == "At most 200 for Ada"
    assert str(_("100 % sure") % limits) == "100 % sure"
    assert str(_("At most %(max)s", max=5) % limits) == "At most 5"


def test_what_is_kept_is_made_once_and_never_more_than_there_is_room() -> None:
    made: list[int] = []

    def square(number: int) -> int:
        made.append(number)
        return number * number

    kept = Kept(square, most=3)
    assert [kept[number] for number in (1, 2, 1, 2)] == [1, 4, 1, 4]
    assert made == [1, 2]
    for number in range(20):
        assert kept[number] == number * number
        assert len(kept) <= 3
