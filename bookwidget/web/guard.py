"""Who may post here: one CSRF guard for every layer, and the request's own Origin.

The token is signed over tenant, person and form, not over the sign-in row: a form that was kept open must
survive a renewed token and a second sign-in. It needs no cookie, so it works where none comes back.
"""

import hmac
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar

from flask import abort
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Field, ValidationError
from wtforms.csrf.core import CSRF

from bookwidget.kernel.clock import is_fresh, utc_now
from bookwidget.kernel.text import Text, _
from bookwidget.web.current import application, g, request
from bookwidget.web.inputs import written
from bookwidget.web.visits import Place, own_origin

F = TypeVar("F", bound="Form")

LIFETIME = timedelta(hours=12)
"""How long a form may stay open."""
OPEN_TOO_LONG = _("This page was open for too long. Please send it again.")


class SignedCSRF(CSRF):
    """Raises the ValidationError that WTForms shows at the form."""

    def setup_form(self, form: FlaskForm) -> list[tuple[str, Field]]:
        self.purpose = type(form).__name__
        return super().setup_form(form)  # type: ignore[no-any-return]

    def generate_csrf_token(self, csrf_token_field: Field) -> str:
        """None: `Form.guard` makes it when a page is written, and many forms are made only to be read."""
        return ""

    def validate_csrf_token(self, form: FlaskForm, field: Field) -> None:
        if not is_good(field.data or "", self.purpose):
            raise ValidationError(OPEN_TOO_LONG)


def make_token(purpose: str) -> str:
    """The time and its signature for this purpose, the name of a form; on one page the same for each of its buttons."""
    made: dict[str, str] = g.setdefault("guards", {})
    if purpose not in made:
        made[purpose] = signed_now(purpose)
    return made[purpose]


def signed_now(purpose: str) -> str:
    at = f"{int(utc_now().timestamp()):x}"
    return f"{at}.{signature(at, purpose)}"


def is_good(token: str, purpose: str) -> bool:
    """Whether we made it for this purpose and this request's tenant and person, and not too long ago."""
    at, _dot, signed = token.partition(".")
    if not hmac.compare_digest(signed.encode("utf-8", "replace"), signature(at, purpose).encode()):
        return False
    return is_fresh(datetime.fromtimestamp(int(at, 16), UTC), LIFETIME, utc_now())


def signature(at: str, purpose: str) -> str:
    """Over tenant, person, purpose and time, which cannot hold the sign that stands between them; tenant and person are
    empty where there is none, as on the console's sign-in page.

    BLAKE2 takes a key of its own accord, so it needs no HMAC around it: a fifth of the time, on each button of a page.
    """
    here: Place | None = g.get("place")
    tenant, person = here.subject if here else ("", "")
    signed = f"{tenant}\0{person}\0{purpose}\0{at}".encode("utf-8", "replace")
    return blake2b(signed, key=key_of(application().secret_key), digest_size=32).hexdigest()


@lru_cache(maxsize=16)
def key_of(secret: str | bytes | None) -> bytes:
    """The guard's own, so that nothing else that is signed here can stand for a token."""
    given = secret.encode() if isinstance(secret, str) else secret or b""
    return hmac.digest(given, b"csrf", "sha256")


def hidden(token: str) -> Markup:
    """The token's field; without an id, as a page may hold several forms."""
    return Markup(f'<input type="hidden" name="csrf_token" value="{token}">')  # noqa: S704 - hexadecimal


class Form(FlaskForm):
    """Base of every form. Labels and errors are untranslated `Text`s; the template translates them."""

    class Meta:
        csrf = True
        csrf_class = SignedCSRF
        csrf_field_name = "csrf_token"

        def render_field(self, field: Field, render_kw: dict[str, object]) -> str:
            return written(field, render_kw)

    @property
    def guard(self) -> Markup:
        """The token's hidden field."""
        return guard_of(type(self))

    @property
    def is_blank(self) -> bool:
        """Whether it is the one that all pages share, so that what is written of it may be kept (`pattern`)."""
        form: Any = type(self)
        return self is blank(form)

    def refuse(self, field: str, reason: Text) -> None:
        """Shows an action's refusal beside its field, or above the form if there is no such field."""
        if field in self:
            self[field].errors = [*self[field].errors, reason]
        else:
            self.form_errors.append(reason)

    def check_guard(self) -> None:
        """403 for a post without a valid token, before anything else of it is looked at."""
        if not self.csrf_token.validate(self):
            abort(403)


class PlainForm(Form):
    """Only a button."""


def guard_of(form: type[Form]) -> Markup:
    """The hidden field of a form that has nothing else to show."""
    return hidden(make_token(form.__name__))


def plain_guard() -> Markup:
    """The guard of a `PlainForm`, for pages with a button that belongs to no form of theirs."""
    return guard_of(PlainForm)


@lru_cache(maxsize=256)
def blank(form: type[F]) -> F:
    """The form as it is first shown: empty, nothing refused. All pages share it, so it is never written to."""
    return form(formdata=None)


def refuse_foreign_posts() -> None:
    """A write comes from our own page: browsers name it in Origin, and a sandboxed frame says `null`."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and request.headers.get("Origin") != own_origin():
        abort(403)
