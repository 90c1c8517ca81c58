"""Password hashing (Argon2id) and what a new password must be."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import _

MINIMUM, MAXIMUM = 8, 256
"""Characters. ASVS 5.0 6.2.1 and 6.2.9: at least 8, at least 64 allowed."""

# 19 MiB, 2 passes, 1 lane: OWASP's recommendation, about 80 ms on one core.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# Too common to count as a password, whatever their length; compared in lower case.
COMMON = frozenset(
    "password password1 password123 passw0rd 12345678 123456789 1234567890 87654321 11111111 00000000 qwertyui"
    " qwertyuiop qwerty123 asdfghjk iloveyou sunshine princess football baseball superman welcome1 letmein1"
    " trustno1 abcd1234 abc12345 1q2w3e4r 1qaz2wsx changeme".split()
)

DUMMY_HASH = "$argon2id$v=19$m=19456,t=2,p=1$oJWamUD+PXaOiT87B0fRmw$TsYqZXrsScxlH7sQqm9FLO0YVL0koEvmdqN+mZHPdI0"
"""Of random bytes, thrown away. Verified in place of a missing account's, so that a known and an unknown e-mail take
the same time. Making one would be a fortieth of the start.
"""


def matches(stored: str, typed: str) -> bool:
    """Whether `typed` is the password; takes as long for an account without one. Never inside a transaction."""
    try:
        return hasher.verify(stored or DUMMY_HASH, typed[:MAXIMUM]) and bool(stored)
    except (VerifyMismatchError, InvalidHashError):
        return False


def hashed(password: str) -> str:
    return hasher.hash(password)


def check_new_password(password: str, *, email: str, field: str = "password") -> None:
    """`Refused` unless it may become a password."""
    if len(password) < MINIMUM:
        raise Refused(field, _("Use at least %(count)s characters.", count=MINIMUM))
    if len(password) > MAXIMUM:
        raise Refused(field, _("Use at most %(count)s characters.", count=MAXIMUM))
    simple = password.lower()
    if simple in COMMON or len(set(simple)) < 4 or simple in (email, email.partition("@")[0]):
        raise Refused(field, _("This password is too easy to guess. Choose another one."))
