"""One list says what is personal and where; a new column of words is on it, or is said to be harmless."""

from sqlalchemy import JSON, LargeBinary, String

from bookwidget.notices import models  # noqa: F401 - the last of the models
from bookwidget.notices.forgetting import PERSONAL
from bookwidget.notices.store_personal import COLUMNS as OF_MESSAGES
from bookwidget.tenancy.base import Base
from bookwidget.tenancy.wall import tenant_key

GONE_OTHERWISE = {
    "message": OF_MESSAGES,  # before the events that they follow from
    "event": {"facts"},  # past the wall
    "job": {"key", "payload", "last_error"},  # with the events, bookings and series that they are about
    "customer_import": {"content", "header", "name"},  # the business's file; it goes by itself after 30 days
    "attempts": {"key"},  # digests; they go by themselves after two days
}
OF_THE_BUSINESS = {
    "acceptance", "host", "location", "member", "message_template", "onboarding", "provider", "question",
    "refused_site", "service", "site", "tenant", "ticket_type",
}  # fmt: skip
"""Tables that tell of the business, its team and what it offers."""
HARMLESS = {
    "booking": {"code", "status", "cancelled_by", "cancelled_from", "overridden"},
    "companion": set[str](),
    "customer": {"closing"},
    "customer_import": {"encoding", "delimiter", "mapping", "state", "kind", "options"},
    "closure_request": {"state"},
    "event": {"kind", "actor_kind", "door"},
    "given_answer": {"kind"},
    "hold": {"purpose"},
    "job": {"kind", "state"},
    "job_note": {"author_kind"},
    "message": {"template", "recipient", "channel", "sender_name", "trouble"},
    "occurrence": {"state"},
    "series": {"rhythm"},
    "series_date": {"left_out"},
    "sign_in": {"kind"},
    "ticket": {"attendance"},
}
"""Words of ours, codes and states."""


def test_p7_every_column_of_words_says_whether_it_is_personal() -> None:
    listed = {one.model.__tablename__: one.columns for one in PERSONAL}  # type: ignore[attr-defined]
    assert len(listed) == len(PERSONAL)
    unsaid: list[str] = []
    for table in Base.metadata.sorted_tables:
        if tenant_key(table) is None or table.name in OF_THE_BUSINESS:
            continue
        known = {*listed.get(table.name, ()), *GONE_OTHERWISE.get(table.name, ()), *HARMLESS.get(table.name, ())}
        words = [one.name for one in table.columns if isinstance(one.type, (String, JSON, LargeBinary))]
        unsaid += [f"{table.name}.{name}" for name in words if name not in known]
        assert known <= set(table.columns.keys()), f"{table.name} has not {known - set(table.columns.keys())}"
    assert unsaid == [], "say in the store_personal.py of the domain what becomes of it, or here why it is harmless"


def test_p7_every_table_that_refers_to_a_customer_is_emptied_of_them() -> None:
    tables = {one.model.__tablename__ for one in PERSONAL}  # type: ignore[attr-defined]
    for table in Base.metadata.sorted_tables:
        if "customer_id" in table.columns:
            assert table.name in tables | {"event"}, table.name
