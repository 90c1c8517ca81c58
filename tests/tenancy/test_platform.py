"""What is asked before a tenant is known."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import update

from bookwidget.kernel.errors import Refused
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Member, Tenant
from bookwidget.tenancy.platform import (
    REMEMBERED_FOR,
    Membership,
    checked_slug,
    create_tenant,
    find_tenant,
    list_tenants,
    tenants_of_member,
)  # fmt: skip
from tests.factories import World
from tests.fixtures import NOW


def make(database: Database, slug: str) -> UUID:
    return create_tenant(
        database, slug=slug, name="Salon Lindner", email="hello@example.com", locale="de_DE",
        timezone="Europe/Berlin", currency="EUR", now=NOW,
    )  # fmt: skip


def rename(database: Database, old: str, new: str) -> None:
    with database.all_tenants("test", writing=True) as connection:
        connection.execute(update(Tenant).where(Tenant.slug == old).values(slug=new))


def test_a_tenant_is_found_by_its_slug(database: Database) -> None:
    tenant = make(database, "salon-lindner")
    assert find_tenant(database, "salon-lindner") == tenant
    assert find_tenant(database, "Salon-Lindner") is None
    assert [(line.id, line.slug) for line in list_tenants(database)] == [(tenant, "salon-lindner")]


def test_a_found_slug_is_remembered_for_a_minute(database: Database) -> None:
    tenant, now = make(database, "before"), 1000.0
    assert find_tenant(database, "before", clock=lambda: now) == tenant
    rename(database, "before", "after")
    now += REMEMBERED_FOR - 1
    assert find_tenant(database, "before", clock=lambda: now) == tenant
    now += 1
    assert find_tenant(database, "before", clock=lambda: now) is None


def test_an_unknown_slug_is_not_remembered(database: Database) -> None:
    assert find_tenant(database, "soon") is None
    tenant = make(database, "soon")
    assert find_tenant(database, "soon") == tenant


def test_a_slug_is_had_once(database: Database) -> None:
    make(database, "twice")
    with pytest.raises(Refused, match="taken"):
        make(database, "twice")


@pytest.mark.parametrize("slug", ["abc", "harbour-yoga", "a1-2-b", "x" * 40])
def test_slugs_that_may_be_had(slug: str) -> None:
    assert checked_slug(slug) == slug


@pytest.mark.parametrize(
    "slug",
    ["", "ab", "x" * 41, "Abc", "a_b", "a--b", "-ab", "ab-", "a b", "a/b", "a.b", "münchen", "аdmin", "abc\n", "admin",
     "console", "preview"],
)  # fmt: skip
def test_slugs_that_may_not_be_had(slug: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_slug(slug)
    assert refused.value.field == "slug"


def test_a_member_is_found_at_every_active_business(yoga: World, other: World) -> None:
    yoga.add(Member(email="both@example.com", name="Both", created_at=NOW, password_hash="one"))
    other.add(Member(email="both@example.com", name="Both", created_at=NOW, password_hash="two"))
    found = tenants_of_member(yoga.database, "both@example.com")
    nobody = UUID(int=0)
    assert [replace(one, member_id=nobody) for one in found] == [
        Membership(other.tenant_id, "other", "Other", nobody, "two"),
        Membership(yoga.tenant_id, "yoga", "Yoga", nobody, "one"),
    ]
    with yoga.database.all_tenants("test", writing=True) as connection:
        connection.execute(update(Tenant).where(Tenant.id == other.tenant_id).values(is_active=False))
    assert [one.slug for one in tenants_of_member(yoga.database, "both@example.com")] == ["yoga"]
    assert tenants_of_member(yoga.database, "nobody@example.com") == []
