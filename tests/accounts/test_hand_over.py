"""Sign-ins on their way from a window into the frame that asked for them."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from bookwidget.accounts import actions, hand_over, passwords
from bookwidget.accounts.actions import Browser
from bookwidget.accounts.hand_over import Codes, parse_challenge
from bookwidget.accounts.models import Customer, HandOver
from bookwidget.accounts.settings import PORTAL_ENABLED
from bookwidget.accounts.signing_in import Credential, Kind, who_and_where
from bookwidget.events.housekeeping import keep_house
from bookwidget.kernel.actors import customer, visitor
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests import factories
from tests.factories import PASSWORD, World

VERIFIER = "4294967295-1-22-333-4444-55555-666666-7777777"
CHALLENGE = hashlib.sha256(VERIFIER.encode()).digest()
FRAME = Browser(Kind.FRAME, "a browser", "192.0.2.1", "https://yoga.localhost")
WINDOW = Browser(Kind.HOSTED, "a browser", "192.0.2.1", "")


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", cheap)
    monkeypatch.setattr(passwords, "DUMMY_HASH", cheap.hash("nobody"))
    monkeypatch.setattr(factories, "PASSWORD_HASH", cheap.hash(PASSWORD))


@pytest.fixture
def codes(cheap_hashes: None, yoga: World) -> Iterator[Codes]:
    """Ada, signed in in a window, made a hand-over for the frame that knows VERIFIER."""
    scope = yoga.scope()
    with scope.session:
        yield hand_over.hand_over(scope, CHALLENGE)


def redeem(world: World, code: str, verifier: str = VERIFIER, *, after: timedelta = timedelta()) -> str:
    scope = world.scope(visitor(), world.now + after)
    with scope.session:
        return hand_over.redeem(scope, verifier, code, FRAME)


def refusal(world: World, code: str, verifier: str = VERIFIER, *, after: timedelta = timedelta()) -> str:
    with pytest.raises(Refused) as refused:
        redeem(world, code, verifier, after=after)
    assert refused.value.field == "code"
    return str(refused.value.reason)


def who(world: World, text: str, kind: Kind = Kind.FRAME) -> str | None:
    with world.database.session(world.tenant_id) as session:
        visit = who_and_where(session, world.ids["site"], Credential.parse(kind, text), world.now)
    return visit.signed_in and visit.signed_in.email


def waiting(world: World) -> int:
    with world.database.session(world.tenant_id) as session:
        return len(session.scalars(select(HandOver)).all())


def another(code: str) -> str:
    """The same length, but not the same."""
    return ("A" if code[0] != "A" else "B") + code[1:] if len(code) > 6 else f"{(int(code) + 1) % 10**6:06}"


def test_L1_the_code_opens_a_sign_in_in_the_frame(yoga: World, codes: Codes) -> None:
    text = redeem(yoga, codes.code)
    assert who(yoga, text) == "ada@example.com"
    assert who(yoga, text, Kind.HOSTED) is None
    assert waiting(yoga) == 0
    assert "expired or was already used" in refusal(yoga, codes.code)


@pytest.mark.parametrize("shape", ["{}", " {} ", "{0:.3} {1}", "{0:.3}-{1}"])
def test_six_digits_do_too_however_they_are_typed(yoga: World, codes: Codes, shape: str) -> None:
    assert len(codes.typed) == 6
    assert who(yoga, redeem(yoga, shape.format(codes.typed, codes.typed[3:]))) == "ada@example.com"
    assert waiting(yoga) == 0


def test_digits_of_other_scripts_are_digits(yoga: World, codes: Codes) -> None:
    arabic = "".join(chr(0x660 + int(digit)) for digit in codes.typed)
    assert who(yoga, redeem(yoga, arabic)) == "ada@example.com"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12345x", "\x00" * 6, "½" * 6, "9" * 5000])
def test_what_is_no_code_costs_nothing(yoga: World, codes: Codes, typed: str) -> None:
    assert "six digits" in refusal(yoga, typed)
    assert redeem(yoga, codes.code)


def test_only_the_frame_that_asked_can_redeem(yoga: World, codes: Codes) -> None:
    for code in (codes.code, codes.typed):
        refusal(yoga, code, "somebody else's verifier, long enough")
    assert redeem(yoga, codes.code), "a stranger's attempt burns nothing"


def test_another_tenants_frame_finds_nothing(yoga: World, other: World, codes: Codes) -> None:
    refusal(other, codes.code)
    refusal(other, codes.typed)
    assert redeem(yoga, codes.code)


def test_a_wrong_long_code_burns_it(yoga: World, codes: Codes) -> None:
    refusal(yoga, another(codes.code))
    assert waiting(yoga) == 0
    refusal(yoga, codes.code)


def test_five_wrong_typed_codes_burn_it(yoga: World, codes: Codes) -> None:
    for _attempt in range(4):
        assert "not the code" in refusal(yoga, another(codes.typed))
    assert "wrong five times" in refusal(yoga, another(codes.typed))
    assert waiting(yoga) == 0
    refusal(yoga, codes.typed)


def test_four_wrong_typed_codes_do_not(yoga: World, codes: Codes) -> None:
    for _attempt in range(4):
        refusal(yoga, another(codes.typed))
    assert redeem(yoga, codes.typed)


def test_the_long_code_lives_a_minute_and_the_digits_five(yoga: World, codes: Codes) -> None:
    with pytest.raises(Refused):
        redeem(yoga, codes.code, after=timedelta(seconds=60))
    scope = yoga.scope()
    with scope.session:
        fresh = hand_over.hand_over(scope, CHALLENGE)
    assert "expired" in refusal(yoga, fresh.typed, after=timedelta(minutes=5))
    with scope.session:
        fresh = hand_over.hand_over(scope, CHALLENGE)
    assert redeem(yoga, fresh.typed, after=timedelta(minutes=4, seconds=59))


def test_a_second_window_for_the_same_frame_replaces_the_first(yoga: World, codes: Codes) -> None:
    for _attempt in range(4):
        refusal(yoga, another(codes.typed))
    scope = yoga.scope(customer(yoga.ids["ben"]))
    with scope.session:
        fresh = hand_over.hand_over(scope, CHALLENGE)
    assert waiting(yoga) == 1
    assert who(yoga, redeem(yoga, fresh.typed)) == "ben@example.com"


def test_nobody_hands_over_nothing(yoga: World) -> None:
    scope = yoga.scope(visitor())
    with scope.session, pytest.raises(Denied):
        hand_over.hand_over(scope, CHALLENGE)


@pytest.mark.parametrize("stay", [False, True])
def test_by_password_the_window_stays_signed_in_only_if_asked(yoga: World, stay: bool) -> None:
    scope = yoga.scope(visitor())
    with scope.session:
        codes, kept = hand_over.sign_in_and_hand_over(scope, " ADA@example.com", PASSWORD, CHALLENGE, WINDOW, stay=stay)
    assert (who(yoga, kept, Kind.HOSTED) == "ada@example.com") is stay
    assert bool(kept) is stay
    assert who(yoga, redeem(yoga, codes.code)) == "ada@example.com"


def test_a_wrong_password_hands_over_nothing(yoga: World) -> None:
    scope = yoga.scope(visitor())
    with scope.session, pytest.raises(Refused):
        hand_over.sign_in_and_hand_over(scope, "ada@example.com", "wrong", CHALLENGE, WINDOW, stay=True)
    assert waiting(yoga) == 0


def test_logging_out_everywhere_stops_what_is_on_its_way(yoga: World, codes: Codes) -> None:
    scope = yoga.scope()
    with scope.session:
        actions.end_other_sign_ins(scope, yoga.ids["site"])
    refusal(yoga, codes.code)


def test_a_customer_who_was_blocked_meanwhile_stays_out(yoga: World, codes: Codes) -> None:
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.get_one(Customer, (yoga.tenant_id, yoga.ids["ada"])).is_blocked = True
    refusal(yoga, codes.code)
    assert waiting(yoga) == 0


def test_where_logging_in_is_switched_off_no_code_is_made_or_taken(yoga: World, codes: Codes) -> None:
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.get_one(Tenant, yoga.tenant_id).settings = {PORTAL_ENABLED.name: False}
    scope = yoga.scope()
    with scope.session:
        for attempt in (
            lambda: hand_over.hand_over(scope, CHALLENGE),
            lambda: hand_over.redeem(scope, VERIFIER, codes.code, FRAME),
        ):
            with pytest.raises(Denied):
                attempt()


@pytest.mark.parametrize("verifier", ["", "short", "x" * 201])
def test_what_cannot_be_a_verifier_is_denied(yoga: World, verifier: str) -> None:
    with pytest.raises(Denied):
        redeem(yoga, "123456", verifier)


def test_old_ones_are_swept_away(yoga: World, codes: Codes) -> None:
    keep_house(yoga.database, yoga.now + timedelta(minutes=30))
    assert waiting(yoga) == 1
    assert keep_house(yoga.database, yoga.now + timedelta(hours=2))["hand_overs"] == 1
    assert waiting(yoga) == 0


@pytest.mark.parametrize("text", ["", "x", "!" * 44, "é" * 44, base64.b64encode(b"x" * 31).decode(), "A" * 4000])
def test_what_is_no_challenge(text: str) -> None:
    assert parse_challenge(text) is None
    assert parse_challenge(base64.b64encode(CHALLENGE).decode()) == CHALLENGE
