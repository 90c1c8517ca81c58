"""Who takes an e-mail while somebody else is about to: the database knows first, and the refusal is a kind one."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest

from bookwidget.accounts import customers, new_email
from bookwidget.accounts.customers import add_customer, change_customer, read_customer
from bookwidget.accounts.guests import Guest
from bookwidget.accounts.models import Customer
from bookwidget.accounts.new_email import confirm_new_email
from bookwidget.accounts.tokens import Tokens
from bookwidget.kernel.actors import member
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import Text
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing
from tests.factories import World

NEW = "new@example.com"
NEW_ID = uuid7()
TOKENS = Tokens(["a secret of this test"])


def confirm(scope: Scope, ada: UUID) -> None:
    confirm_new_email(scope, TOKENS, TOKENS.new_email(scope.tenant.id, ada, "ada@example.com", NEW))


def change(scope: Scope, ada: UUID) -> None:
    change_customer(scope, ada, Guest(NEW, "Ada", "Byron"), version=read_customer(scope, ada).version)


def add(scope: Scope, ada: UUID) -> None:
    add_customer(scope, Guest(NEW, "Zoe"), NEW_ID)


@pytest.mark.parametrize(("act", "reason", "same_form"), [
    (confirm, new_email.TAKEN, False), (change, customers.TAKEN, False), (add, customers.TAKEN, False),
    (add, None, True),
])  # fmt: skip
def test_p4_who_comes_a_moment_too_late_is_refused_kindly(
    yoga: World, act: Callable[[Scope, UUID], None], reason: Text | None, same_form: bool
) -> None:
    refused: list[Denied | Refused] = []
    begun = threading.Event()

    def later() -> None:
        scope = yoga.scope(member(yoga.ids["owner"]))
        with scope.session:
            begun.set()
            try:
                act(scope, yoga.ids["ada"])
            except (Denied, Refused) as error:
                refused.append(error)

    thread = threading.Thread(target=later)
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.add(Customer(id=NEW_ID if same_form else uuid7(), email=NEW, given_name="Eve", created_at=yoga.now))
        session.flush()
        thread.start()
        begun.wait()
        thread.join(0.3)  # it has read that the e-mail is free, and waits for what we have not committed yet
        assert thread.is_alive()
    thread.join()
    assert [error.reason for error in refused] == ([reason] if reason else [])
