"""From a window of our own into the frame that asked for it: a code that only that frame can redeem.

The frame makes a verifier and gives the window its SHA-256, the challenge. Whoever signs in there gets two codes for
it: a long one, which the window sends to the frame by itself, and six digits, which people type where it cannot.
"""

import base64
import binascii
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bookwidget.accounts.actions import PORTAL_OFF, Browser, enter, own_id, proven
from bookwidget.accounts.models import Customer, HandOver
from bookwidget.accounts.settings import PORTAL_ENABLED
from bookwidget.accounts.signing_in import digest_of
from bookwidget.accounts.store import BURN_HAND_OVER, HAND_OVER, put_hand_over
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import TenantSession, writing

CODE_LIFETIME = timedelta(seconds=60)
TYPED_LIFETIME = timedelta(minutes=5)
MOST_TRIES = 5
CHALLENGE_BYTES = 32
CODE_LENGTH, DIGITS = 32, 6
SHORTEST_VERIFIER, LONGEST_VERIFIER = 32, 200

SIX_DIGITS = _("Type the six digits shown in the window.")
WRONG_CODE = _("This is not the code shown in the window. Check it and try again.")
SPENT_CODE = _("This code has expired or was already used. Open the window again to get a new one.")
TRIED_OUT = _("The code was wrong five times, so it no longer works. Open the window again to get a new one.")


@dataclass(frozen=True)
class Codes:
    """What the window gets for one sign-in."""

    code: str
    """For the frame's script; good for `CODE_LIFETIME`."""
    typed: str
    """Six digits; good for `TYPED_LIFETIME`."""


def parse_challenge(text: str) -> bytes | None:
    """The digest that a window's address names in base64; None if it is none."""
    try:
        challenge = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return challenge if len(challenge) == CHALLENGE_BYTES else None


def hand_over(scope: Scope, challenge: bytes) -> Codes:
    """Codes for the acting customer, who is signed in at our own address. `Denied` for nobody."""
    customer_id = own_id(scope)
    if not scope.tenant.settings[PORTAL_ENABLED]:
        raise Denied(PORTAL_OFF)
    with writing(scope.session) as session:
        return make_codes(scope, session, customer_id, challenge)


def sign_in_and_hand_over(
    scope: Scope, email: str, password: str, challenge: bytes, browser: Browser, *, stay: bool
) -> tuple[Codes, str]:
    """The same by password, under the rules of `sign_in`. With `stay` also the text for the window's browser to keep,
    so that next time one tap is enough; empty otherwise.
    """
    with proven(scope, email, password, address=browser.address) as customer_id:
        codes = make_codes(scope, scope.session, customer_id, challenge)
        return codes, enter(scope, customer_id, browser) if stay else ""


def make_codes(scope: Scope, session: TenantSession, customer_id: UUID, challenge: bytes) -> Codes:
    """Inside the open write transaction. Codes made before for this challenge are good no more."""
    codes = Codes(secrets.token_urlsafe(24), "".join(secrets.choice("0123456789") for _digit in range(DIGITS)))
    put_hand_over(
        session,
        challenge,
        customer_id=customer_id,
        digest=digest_of(codes.code),
        expires_at=scope.now + CODE_LIFETIME,
        typed_digest=digest_of(codes.typed),
        typed_expires_at=scope.now + TYPED_LIFETIME,
        tries=0,
    )
    return codes


def redeem(scope: Scope, verifier: str, code: str, browser: Browser) -> str:
    """The text for the frame's browser to keep. `Refused("code")` says what is wrong with the code.

    `Denied` for what cannot be a verifier: no frame of ours sends that.
    """
    if not SHORTEST_VERIFIER <= len(verifier) <= LONGEST_VERIFIER:
        raise Denied(SPENT_CODE)
    if not scope.tenant.settings[PORTAL_ENABLED]:
        raise Denied(PORTAL_OFF)
    code = code.strip()[: CODE_LENGTH + 1]
    if len(code) != CODE_LENGTH:
        code = digits_in(code)
    challenge = digest_of(verifier)
    with writing(scope.session) as session:
        row = session.scalars(HAND_OVER, {"challenge": challenge}).one_or_none()
        customer = session.get(Customer, (scope.tenant.id, row.customer_id)) if row else None
        refusal = SPENT_CODE if row is None or customer is None else refused_because(scope, row, code)
        if refusal is not WRONG_CODE:
            session.rows(BURN_HAND_OVER, {"spent": challenge})
        if refusal is None and customer and not customer.is_blocked:
            return enter(scope, customer.id, browser)
    raise Refused("code", refusal or SPENT_CODE)  # after the transaction, which keeps the count and the burning


def digits_in(typed: str) -> str:
    """Six digits of any script, with or without a gap between them; `Refused` for anything else."""
    kept = [sign for sign in typed if not (sign.isspace() or sign in "-‐‑–.")]
    if len(kept) != DIGITS or not all(sign.isdecimal() for sign in kept):
        raise Refused("code", SIX_DIGITS)
    return "".join(str(unicodedata.decimal(sign)) for sign in kept)


def refused_because(scope: Scope, row: HandOver, code: str) -> Text | None:
    """What speaks against this code; None if it is right. Counts the digits that were wrong."""
    if len(code) == CODE_LENGTH:
        is_right = hmac.compare_digest(row.digest, digest_of(code)) and scope.now < row.expires_at
        return None if is_right else SPENT_CODE
    if scope.now >= row.typed_expires_at:
        return SPENT_CODE
    if hmac.compare_digest(row.typed_digest, digest_of(code)):
        return None
    if row.tries + 1 >= MOST_TRIES:
        return TRIED_OUT
    row.tries += 1
    return WRONG_CODE
