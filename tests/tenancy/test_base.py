"""The column types."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from bookwidget.tenancy.base import Instant, microseconds

DIALECT = sqlite.dialect()


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_comes_back_exactly(value: datetime) -> None:
    stored = Instant().process_bind_param(value, DIALECT)
    assert Instant().process_result_value(stored, DIALECT) == value.astimezone(UTC)


@given(st.datetimes(timezones=st.just(UTC)), st.timedeltas(timedelta(microseconds=1), timedelta(days=1)))
def test_instants_sort_as_they_are_stored(value: datetime, later: timedelta) -> None:
    if value < datetime.max.replace(tzinfo=UTC) - later:
        assert microseconds(value) < microseconds(value + later)


def test_a_zone_does_not_matter() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert microseconds(noon) == microseconds(datetime(2026, 7, 1, 10, tzinfo=UTC))


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TypeError):
        microseconds(datetime(2026, 7, 1))  # noqa: DTZ001 - that is what is tested
