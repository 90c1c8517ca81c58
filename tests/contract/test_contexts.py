"""docs/templates.md has words for each name that a page gives its template; the tour sees which they are."""

from tests.contract.contexts import documented, meanings


def test_each_name_has_words_and_no_word_is_of_nothing() -> None:
    named = {name for names in documented().values() for name in names}
    assert sorted(named - set(meanings())) == []
    assert sorted(set(meanings()) - named) == []
