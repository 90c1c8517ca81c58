"""One's own details, and one's password."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.actions import Profile, change_password, read_profile, update_profile
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.web import Form, Widget, place, render

from .forms import DetailsForm, PasswordForm


def register(widget: Widget) -> None:
    widget.page("/", profile)
    widget.page("/details", details, methods=("GET", "POST"))
    widget.page("/password", password, methods=("GET", "POST"))


def profile() -> ResponseReturnValue:
    return show(saved=request.args.get("saved", ""))


def details() -> ResponseReturnValue:
    if request.method == "GET":
        return show()
    form = DetailsForm()
    form.check_guard()
    try:
        update_profile(
            place().scope(),
            given_name=form.given_name.data or "",
            family_name=form.family_name.data or "",
            phone=form.phone.data or "",
            version=form.version.data or 0,
        )
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        form.version.data, form.version.raw_data = read_profile(place().scope()).version, None
        return show(details=form, status=422)
    return redirect(url_for(".profile", saved="details"), 303)


def password() -> ResponseReturnValue:
    person = place().signed_in
    if person is None:
        raise Missing
    if request.method == "GET":
        return show()
    form = PasswordForm()
    form.check_guard()
    try:
        change_password(place().scope(), person.sign_in_id, form.current.data or "", form.new.data or "")
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show(password=form, status=422)
    return redirect(url_for(".profile", saved="password"), 303)


def show(
    *, details: Form | None = None, password: Form | None = None, saved: str = "", status: int = 200
) -> ResponseReturnValue:
    profile = read_profile(place().scope())
    return render(
        "profile.html",
        status=status,
        profile=profile,
        details=details or filled(profile),
        password=password or PasswordForm(formdata=None),
        saved=saved,
    )


def filled(profile: Profile) -> DetailsForm:
    return DetailsForm(
        formdata=None,
        given_name=profile.given_name,
        family_name=profile.family_name,
        phone=profile.phone,
        version=profile.version,
    )
