"""Host names of the businesses' own."""

from typing import Any

import pytest
from sqlalchemy import event

from bookwidget.kernel.errors import Missing, Refused
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.hosts import (
    MOST_REMEMBERED,
    REMEMBERED_FOR,
    OwnHost,
    add_host,
    clean_host,
    find_tenant_of_host,
    list_hosts,
    remove_host,
)
from tests.factories import World

PUBLIC = "https://widgets.example"


def add(world: World, name: str = "book.yoga.example") -> str:
    return add_host(world.database, world.tenant_id, name, public_url=PUBLIC, now=world.now)


@pytest.fixture
def statements(database: Database) -> list[str]:
    """What the platform's engine is sent from now on."""
    seen: list[str] = []
    event.listen(database._platform, "before_cursor_execute", lambda *given: seen.append(given[2]))
    return seen


def test_a_name_leads_to_its_tenant(yoga: World, other: World) -> None:
    assert add(yoga, " Book.Yoga.example. ") == "book.yoga.example"
    for asked in ("book.yoga.example", "BOOK.yoga.example:8443", "book.yoga.example."):
        assert find_tenant_of_host(yoga.database, asked) == yoga.tenant_id
    assert list_hosts(yoga.database, yoga.tenant_id) == [OwnHost("book.yoga.example", yoga.now)]
    assert list_hosts(yoga.database, other.tenant_id) == []


def test_a_name_belongs_to_one(yoga: World, other: World) -> None:
    add(yoga)
    for world in (yoga, other):
        with pytest.raises(Refused, match="already leads to a business"):
            add(world)
    with pytest.raises(Missing):
        remove_host(other.database, other.tenant_id, "book.yoga.example")
    remove_host(yoga.database, yoga.tenant_id, "Book.yoga.example")
    assert find_tenant_of_host(yoga.database, "book.yoga.example") is None
    assert add(other) == "book.yoga.example"


def test_names_are_remembered_for_a_while_also_nobodys(yoga: World, statements: list[str]) -> None:
    add(yoga)
    statements.clear()
    for at in (0.0, 1.0, REMEMBERED_FOR - 1):
        assert find_tenant_of_host(yoga.database, "book.yoga.example", clock=lambda at=at: at) == yoga.tenant_id  # type: ignore[misc]
        assert find_tenant_of_host(yoga.database, "nobody.example", clock=lambda at=at: at) is None  # type: ignore[misc]
    assert len(statements) == 2
    find_tenant_of_host(yoga.database, "nobody.example", clock=lambda: REMEMBERED_FOR + 1)
    assert len(statements) == 3


def test_made_up_names_do_not_fill_the_memory(yoga: World) -> None:
    yoga.database.tenants_by_host.update({f"{n}.example": (None, 1e9) for n in range(MOST_REMEMBERED)})
    find_tenant_of_host(yoga.database, "one-more.example")
    assert len(yoga.database.tenants_by_host) == 1
    for odd in ("", ":80", ".", "x" * 254, "\x00", "[::1]:80", "a:b:c", "%s' OR 1=1"):
        assert find_tenant_of_host(yoga.database, odd) is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("book.shop.example", "book.shop.example"),
        ("Bücher.example", "xn--bcher-kva.example"),
        ("a.localhost", "a.localhost"),
    ],
)
def test_what_can_be_a_name(typed: str, name: str) -> None:
    assert clean_host(typed, public_url=PUBLIC) == name


@pytest.mark.parametrize(
    "typed",
    ["", "shop", "https://book.shop.example", "book.shop.example/x", "book.shop.example:8443", "192.0.2.1", "[::1]",
     "localhost", "*.shop.example", "a@shop.example", "widgets.example", "WIDGETS.example", "-.example",
     ".".join(["x" * 60] * 5)],
)  # fmt: skip
def test_what_cannot(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        clean_host(typed, public_url=PUBLIC)
    assert refused.value.field == "name"


def test_the_tenant_has_to_be_there(yoga: World) -> None:
    given: dict[str, Any] = {"public_url": PUBLIC, "now": yoga.now}
    with pytest.raises(Refused):
        add_host(yoga.database, yoga.ids["ada"], "book.nobody.example", **given)
