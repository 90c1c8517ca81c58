"""What stands in the source about passwords."""

from bookwidget.accounts import passwords


def test_the_hash_that_stands_in_for_a_missing_one_costs_as_much_as_any() -> None:
    assert not passwords.hasher.check_needs_rehash(passwords.DUMMY_HASH)
    assert not passwords.matches("", "nobody has this password")
