"""What must be true of every table, so that no key of one tenant can meet a row of another."""

from typing import Any

import pytest
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint

import bookwidget.models  # noqa: F401 - fills the metadata
from bookwidget.tenancy.base import Base
from bookwidget.tenancy.wall import tenant_key

TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
ACROSS_TENANTS = {("tenant", "id"), ("tenant", "slug"), ("host", "name")}
"""Unique over the whole installation: the tenant's own row, and the host name that leads to it."""

each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


@each_table
def test_every_table_is_owned_or_says_that_it_is_shared(table: Table) -> None:
    key = tenant_key(table)
    assert key is None or (key in table.c and not table.c[key].nullable)
    assert set(table.info) <= {"shared", "tenant_key", "append_only"}
    assert key in (None, "tenant_id") or table.name == "tenant"
    assert table.schema is None


@each_table
def test_no_column_has_the_name_of_the_walls_parameter(table: Table) -> None:
    assert "tenant" not in table.c


@each_table
def test_every_unique_key_leads_with_the_tenant(table: Table) -> None:
    if tenant_key(table) is None:
        return
    keys = [list(key.columns) for key in table.constraints if isinstance(key, PrimaryKeyConstraint | UniqueConstraint)]
    keys += [list(index.columns) for index in table.indexes if index.unique]
    assert keys
    for columns in keys:
        assert columns[0].name == "tenant_id" or (table.name, columns[0].name) in ACROSS_TENANTS


@each_table
def test_every_reference_leads_with_the_tenant(table: Table) -> None:
    for key in table.foreign_key_constraints:
        assert pairs_of(key)[0] in (("tenant_id", "tenant.id"), ("tenant_id", f"{key.referred_table.name}.tenant_id"))
        if key.referred_table.name != "tenant":
            assert [target for _, target in pairs_of(key)][1:] == [f"{key.referred_table.name}.id"]


def pairs_of(key: ForeignKeyConstraint) -> list[tuple[str, Any]]:
    return [(element.parent.name, element.target_fullname) for element in key.elements]


@each_table
def test_every_constraint_has_a_name(table: Table) -> None:
    """SQLite's batch migrations can drop only what is named."""
    assert all(constraint.name for constraint in table.constraints)
