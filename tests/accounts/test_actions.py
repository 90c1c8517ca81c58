"""Signing in, passwords and the profile, without HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from bookwidget.accounts import actions, passwords
from bookwidget.accounts.models import Customer, SignIn
from bookwidget.accounts.settings import NAME_EDITABLE, PHONE_EDITABLE, PORTAL_ENABLED
from bookwidget.accounts.signing_in import Credential, Kind, note_seen, renew, who_and_where
from bookwidget.accounts.tokens import RESET_LIFETIME, Tokens
from bookwidget.events.models import Event
from bookwidget.kernel.actors import customer as customer_actor
from bookwidget.kernel.errors import Denied, Missing, Refused, TooMany
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests.factories import World

SECRET = "a secret of this test"
TYPED = "correct horse battery"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real algorithm with the smallest costs: 80 ms a hash would be most of the time of these tests."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", cheap)
    monkeypatch.setattr(passwords, "DUMMY_HASH", cheap.hash("nobody"))


@pytest.fixture
def ada(yoga: World) -> Iterator[World]:
    """The tenant, where Ada has a password."""
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.get_one(Customer, (yoga.tenant_id, yoga.ids["ada"])).password_hash = passwords.hashed(TYPED)
    return yoga


def browser(kind: Kind, replaces: UUID | None = None) -> actions.Browser:
    return actions.Browser(kind, "a browser", "192.0.2.1", "https://yoga.localhost", replaces)


def sign_in(world: World, email: str = "ada@example.com", password: str = TYPED, kind: Kind = Kind.FRAME) -> str:
    scope = world.scope()
    with scope.session:
        return actions.sign_in(scope, email, password, browser(kind))


def person(world: World, text: str, kind: Kind = Kind.FRAME, *, after: timedelta = timedelta()) -> str | None:
    """The e-mail of who is signed in with this secret."""
    with world.database.session(world.tenant_id) as session:
        visit = who_and_where(session, world.ids["site"], Credential.parse(kind, text), world.now + after)
    return visit.signed_in and visit.signed_in.email


def use(world: World, text: str, *, after: timedelta) -> None:
    credential = Credential.parse(Kind.FRAME, text)
    assert credential
    with world.database.session(world.tenant_id) as session:
        note_seen(session, credential.sign_in_id, world.now + after)


def customer(world: World, name: str = "ada") -> Customer:
    with world.database.session(world.tenant_id) as session:
        return session.get_one(Customer, (world.tenant_id, world.ids[name]))


def settings(world: World, **values: object) -> None:
    with world.database.session(world.tenant_id) as session, writing(session):
        session.get_one(Tenant, world.tenant_id).settings = values


def test_L1_a_password_opens_the_door(ada: World) -> None:
    text = sign_in(ada, " ADA@Example.com ")
    assert person(ada, text) == "ada@example.com"


def test_a_sign_in_opens_only_its_own_way(ada: World) -> None:
    text = sign_in(ada)
    assert person(ada, text, Kind.BEARER) is None
    assert person(ada, text, Kind.HOSTED) is None
    assert person(ada, text[:-1] + ("A" if text[-1] != "A" else "B")) is None


def test_a_sign_in_opens_only_its_own_tenant(ada: World, other: World) -> None:
    assert person(other, sign_in(ada)) is None


def test_a_sign_in_ends_by_time(ada: World) -> None:
    text = sign_in(ada)
    assert person(ada, text, after=timedelta(days=13)) is not None
    assert person(ada, text, after=timedelta(days=14)) is None, "not used for so long"
    use(ada, text, after=timedelta(days=13))
    assert person(ada, text, after=timedelta(days=26)) is not None
    use(ada, text, after=timedelta(days=26))
    assert person(ada, text, after=timedelta(days=30)) is None, "the absolute limit"


@pytest.mark.parametrize(
    ("email", "password"),
    [("ada@example.com", "wrong"), ("nobody@example.com", TYPED), ("ada@example.com", ""), ("", ""), ("x" * 9999, "y")],
)
def test_L1_what_is_wrong_is_not_said(ada: World, email: str, password: str) -> None:
    with pytest.raises(Refused) as refused:
        sign_in(ada, email, password)
    assert refused.value.field == "password"
    assert refused.value.reason == actions.WRONG_CREDENTIALS


def test_an_unknown_email_costs_the_same_hash(ada: World, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    monkeypatch.setattr(passwords, "matches", lambda stored, typed: bool(verified.append(stored)))
    for email in ("ada@example.com", "nobody@example.com"):
        with pytest.raises(Refused):
            sign_in(ada, email)
    assert len(verified) == 2


def test_a_guest_without_password_cannot_sign_in(yoga: World) -> None:
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.get_one(Customer, (yoga.tenant_id, yoga.ids["ada"])).password_hash = ""
    with pytest.raises(Refused):
        sign_in(yoga, password="")


def test_a_blocked_customer_is_let_in_by_nothing(ada: World) -> None:
    text = sign_in(ada)
    with ada.database.session(ada.tenant_id) as session, writing(session):
        session.get_one(Customer, (ada.tenant_id, ada.ids["ada"])).is_blocked = True
    assert person(ada, text) is None
    with pytest.raises(Refused):
        sign_in(ada)


def test_too_many_attempts_are_stopped_even_with_the_right_password(ada: World) -> None:
    for _ in range(10):
        with pytest.raises(Refused):
            sign_in(ada, password="wrong")
    with pytest.raises(TooMany) as stopped:
        sign_in(ada)
    assert 0 < stopped.value.retry_after <= 15 * 60
    assert sign_in(ada.__class__(ada.database, ada.tenant_id, ada.slug, ada.now + timedelta(minutes=16), ada.ids))


def test_a_switched_off_portal_lets_nobody_in(ada: World) -> None:
    settings(ada, **{PORTAL_ENABLED.name: False})
    with pytest.raises(Denied):
        sign_in(ada)


def test_a_renewed_bearer_leaves_the_old_one_for_a_moment(ada: World) -> None:
    old = sign_in(ada, kind=Kind.BEARER)
    credential = Credential.parse(Kind.BEARER, old)
    assert credential
    scope = ada.scope()
    with scope.session:
        new = renew(scope, credential.sign_in_id)
    assert new
    assert person(ada, new, Kind.BEARER) == person(ada, old, Kind.BEARER, after=timedelta(seconds=29))
    assert person(ada, old, Kind.BEARER, after=timedelta(seconds=31)) is None


def test_a_bearer_is_renewed_for_hours_but_not_for_ever(ada: World) -> None:
    text: str | None = sign_in(ada, kind=Kind.BEARER)
    for minutes in range(20, 13 * 60, 20):
        now = ada.now + timedelta(minutes=minutes)
        credential = Credential.parse(Kind.BEARER, text or "")
        assert credential
        with ada.database.session(ada.tenant_id) as session:
            signed_in = who_and_where(session, None, credential, now).signed_in
        if signed_in is None:
            break
        if signed_in.is_due_for_renewal(now):
            scope = ada.scope(now=now)
            with scope.session:
                text = renew(scope, credential.sign_in_id)
    assert timedelta(hours=12) <= timedelta(minutes=minutes) <= timedelta(hours=12, minutes=20)


def test_a_new_sign_in_takes_the_place_of_the_browsers_old_one(ada: World) -> None:
    old = sign_in(ada)
    credential = Credential.parse(Kind.FRAME, old)
    assert credential
    scope = ada.scope()
    with scope.session:
        new = actions.sign_in(scope, "ada@example.com", TYPED, browser(Kind.FRAME, credential.sign_in_id))
    assert person(ada, new) == "ada@example.com"
    assert person(ada, old) is None


def test_one_sees_and_ends_ones_own_sign_ins(ada: World, other: World) -> None:
    here, there = (Credential.parse(Kind.FRAME, sign_in(ada)) for _ in "ab")
    assert here
    assert there
    scope = ada.scope()
    with scope.session:
        listed = actions.list_sign_ins(scope, here.sign_in_id)
        assert {(row.id, row.is_this) for row in listed} == {(here.sign_in_id, True), (there.sign_in_id, False)}
        assert listed[0].site == "https://yoga.localhost"
        actions.end_one_sign_in(scope, there.sign_in_id)
        assert [row.id for row in actions.list_sign_ins(scope, here.sign_in_id)] == [here.sign_in_id]
    for world, actor in ((ada, customer_actor(ada.ids["ben"])), (other, None)):
        stranger = world.scope(actor)
        with stranger.session, pytest.raises(Missing):
            actions.end_one_sign_in(stranger, here.sign_in_id)


def test_all_other_sign_ins_end_together(ada: World) -> None:
    texts = [sign_in(ada) for _ in range(3)]
    mine = Credential.parse(Kind.FRAME, texts[0])
    assert mine
    scope = ada.scope()
    with scope.session:
        assert actions.end_other_sign_ins(scope, mine.sign_in_id) == 2
    assert [person(ada, text) for text in texts] == ["ada@example.com", None, None]


def test_a_cookie_row_is_never_renewed_as_a_bearer(ada: World) -> None:
    credential = Credential.parse(Kind.FRAME, sign_in(ada))
    assert credential
    scope = ada.scope()
    with scope.session:
        assert renew(scope, credential.sign_in_id) is None


def test_the_last_use_is_remembered(ada: World) -> None:
    credential = Credential.parse(Kind.FRAME, sign_in(ada))
    assert credential
    later = ada.now + timedelta(minutes=5)
    with ada.database.session(ada.tenant_id) as session:
        note_seen(session, credential.sign_in_id, later)
        assert session.get_one(SignIn, (ada.tenant_id, credential.sign_in_id)).seen_at == later


def reset_token(world: World) -> str:
    return Tokens(SECRET).reset(world.tenant_id, world.ids["ada"], customer(world).password_hash)


def reset(world: World, token: str, password: str = "a new long one") -> str:
    scope = world.scope()
    with scope.session:
        return actions.reset_password(scope, Tokens(SECRET), token, password, browser(Kind.HOSTED))


def test_L4_a_reset_link_sets_the_first_password(ada: World) -> None:
    before = sign_in(ada)
    text = reset(ada, reset_token(ada))
    assert person(ada, text, Kind.HOSTED) == "ada@example.com"
    assert person(ada, before) is None, "a changed password ends every other sign-in"
    assert customer(ada).email_proven_at == ada.now
    assert sign_in(ada, password="a new long one")


def test_a_reset_link_works_once(ada: World) -> None:
    token = reset_token(ada)
    reset(ada, token)
    with pytest.raises(Denied):
        reset(ada, token, "another long one")


def test_looking_at_a_reset_link_spends_nothing(ada: World) -> None:
    token, scope = reset_token(ada), ada.scope()
    with scope.session:
        assert actions.reset_is_open(scope, Tokens(SECRET), token)
        assert actions.reset_is_open(scope, Tokens(SECRET), token)
    assert reset(ada, token)


def test_a_reset_link_is_its_tenants_only(ada: World, other: World) -> None:
    with pytest.raises(Denied):
        reset(other, reset_token(ada))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é" * 500])
def test_a_made_up_reset_link_is_refused(ada: World, token: str) -> None:
    with pytest.raises(Denied):
        reset(ada, token)


def test_an_old_reset_link_is_refused(ada: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = reset_token(ada)
    monkeypatch.setattr("bookwidget.accounts.tokens.RESET_LIFETIME", timedelta(seconds=-1))
    with pytest.raises(Denied):
        reset(ada, token)
    assert timedelta(hours=1) == RESET_LIFETIME


@pytest.mark.parametrize("password", ["short", "x" * 257, "password123", "aaaaaaaaaaaa", "ada@example.com"])
def test_a_bad_new_password_spends_no_link(ada: World, password: str) -> None:
    token = reset_token(ada)
    with pytest.raises(Refused):
        reset(ada, token, password)
    assert reset(ada, token)


def test_a_reset_is_asked_for_alike_by_known_and_unknown(ada: World) -> None:
    for email in ("ada@example.com", "nobody@example.com"):
        scope = ada.scope()
        with scope.session:
            actions.request_password_reset(scope, email, address="192.0.2.1")
    with ada.database.session(ada.tenant_id) as session:
        found = session.execute(
            select(Event.customer_id).where(Event.kind == "password.reset_requested").order_by(Event.id)
        )
        assert found.scalars().all() == [ada.ids["ada"], None]


def test_reset_mails_are_limited(ada: World) -> None:
    scope = ada.scope()
    with scope.session:
        for _ in range(3):
            actions.request_password_reset(scope, "ada@example.com", address="192.0.2.1")
        with pytest.raises(TooMany):
            actions.request_password_reset(scope, "ada@example.com", address="192.0.2.1")


def test_P5_a_changed_password_ends_the_other_sign_ins(ada: World) -> None:
    mine, elsewhere = sign_in(ada), sign_in(ada)
    credential, scope = Credential.parse(Kind.FRAME, mine), ada.scope()
    assert credential
    with scope.session:
        with pytest.raises(Refused) as wrong:
            actions.change_password(scope, credential.sign_in_id, "wrong", "a new long one")
        assert wrong.value.field == "current"
        with pytest.raises(Refused) as weak:
            actions.change_password(scope, credential.sign_in_id, TYPED, "short")
        assert weak.value.field == "new"
        assert actions.change_password(scope, credential.sign_in_id, TYPED, "a new long one") == 1
    assert person(ada, mine) == "ada@example.com"
    assert person(ada, elsewhere) is None
    with pytest.raises(Refused):
        sign_in(ada)
    assert sign_in(ada, password="a new long one")


def update(world: World, **changes: object) -> bool:
    values = {"given_name": "Ada", "family_name": "Byron", "phone": "", "version": 1, **changes}
    scope = world.scope()
    with scope.session:
        return actions.update_profile(scope, **values)  # type: ignore[arg-type]


def test_P1_details_are_saved_once_cleaned(yoga: World) -> None:
    assert update(yoga, given_name=" Augusta ", phone="01632 960144")
    saved = customer(yoga)
    assert (saved.given_name, saved.phone, saved.version) == ("Augusta", "+441632960144", 2)
    scope = yoga.scope()
    with scope.session:
        assert actions.read_profile(scope).phone == "01632 960144"


def test_saving_the_same_again_changes_nothing(yoga: World) -> None:
    assert not update(yoga)
    assert customer(yoga).version == 1


def test_who_was_faster_wins_and_the_other_is_told(yoga: World) -> None:
    update(yoga, given_name="First")
    with pytest.raises(Refused) as refused:
        update(yoga, given_name="Second")
    assert refused.value.field == "version"
    assert customer(yoga).given_name == "First"


def test_P1_a_locked_field_is_ignored(yoga: World) -> None:
    settings(yoga, **{NAME_EDITABLE.name: False, PHONE_EDITABLE.name: False})
    assert not update(yoga, given_name="Eve", phone="01632 960999")
    assert customer(yoga).given_name == "Ada"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", ""),
        ("given_name", "x" * 81),
        ("given_name", "A\x00da"),
        ("family_name", "line\nbreak"),
        ("family_name", "\u202egnp"),
        ("phone", "call me"),
        ("phone", "1"),
        ("phone", "+44" + "1" * 60),
    ],
)
def test_bad_details_are_refused_at_their_field(yoga: World, field: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        update(yoga, **{field: value})
    assert refused.value.field == field
    assert customer(yoga).version == 1


def test_staff_and_visitors_have_no_profile(yoga: World) -> None:
    scope = yoga.staff_scope()
    with scope.session, pytest.raises(Denied):
        actions.read_profile(scope)
