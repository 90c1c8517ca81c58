"""Who may post here: one CSRF guard for every layer, and the request's own Origin.

The token is signed over tenant, person and form, not over the sign-in row: a form that was kept open must
survive a renewed token and a second sign-in. It needs no cookie, so it works where none comes back.
"""

from flask import abort, current_app, g, request
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup
from wtforms import Field, ValidationError
from wtforms.csrf.core import CSRF

from bookwidget.kernel.text import Text, _
from bookwidget.web.visits import Place, own_origin

LIFETIME = 12 * 3600
"""Seconds that a form may stay open."""
OPEN_TOO_LONG = _("This page was open for too long. Please send it again.")


class SignedCSRF(CSRF):
    """Raises the ValidationError that WTForms shows at the form."""

    def setup_form(self, form: FlaskForm) -> list[tuple[str, Field]]:
        self.subject = [*subject_of_request(), type(form).__name__]
        return super().setup_form(form)  # type: ignore[no-any-return]

    def generate_csrf_token(self, csrf_token_field: Field) -> str:
        token = _signer().dumps(self.subject)
        return token if isinstance(token, str) else token.decode()

    def validate_csrf_token(self, form: FlaskForm, field: Field) -> None:
        try:
            if _signer().loads(field.data or "", max_age=LIFETIME) == self.subject:
                return
        except BadData:
            pass
        raise ValidationError(OPEN_TOO_LONG)


def subject_of_request() -> tuple[str, str]:
    """Tenant and person; empty where there is none, as on the console's sign-in page."""
    here: Place | None = g.get("place")
    if here is None:
        return "", ""
    return here.tenant.slug, here.signed_in.person_id.hex if here.signed_in else ""


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="csrf")


class Form(FlaskForm):
    """Base of every form. Labels and errors are untranslated `Text`s; the template translates them."""

    class Meta:
        csrf = True
        csrf_class = SignedCSRF
        csrf_field_name = "csrf_token"

        def render_field(self, field: Field, render_kw: dict[str, object]) -> str:
            return field.widget(field, **{k: v for k, v in render_kw.items() if v is not None})  # type: ignore[no-any-return]

    @property
    def guard(self) -> Markup:
        """The token's hidden field; without an id, as a page may hold several forms."""
        return Markup('<input type="hidden" name="csrf_token" value="{}">').format(self.csrf_token.current_token)

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


def refuse_foreign_posts() -> None:
    """A write comes from our own page: browsers name it in Origin, and a sandboxed frame says `null`."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and request.headers.get("Origin") != own_origin():
        abort(403)
