"""What customers' details must look like, and how they are shown."""

import pytest

from bookwidget.accounts.rules import region_of, shown_phone


@pytest.mark.parametrize(
    ("locale", "region"), [("en_GB", "GB"), ("en-US", "US"), ("zh_Hans_CN", "CN"), ("ar", "ZZ"), ("zh_Hans", "ZZ")]
)
def test_a_locale_names_a_country_or_none(locale: str, region: str) -> None:
    assert region_of(locale) == region


@pytest.mark.parametrize(
    ("number", "region", "shown"),
    [
        ("+441632960144", "GB", "01632 960144"),
        ("+441632960144", "US", "+44 1632 960144"),
        ("+441632960144", "ZZ", "+44 1632 960144"),
        ("ring twice", "GB", "ring twice"),
        ("", "GB", ""),
    ],
)
def test_a_number_is_shown_as_people_write_it(number: str, region: str, shown: str) -> None:
    assert shown_phone(number, region=region) == shown
