"""One's own details, and one's password."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.actions import (
    change_password,
    end_one_sign_in,
    end_other_sign_ins,
    list_sign_ins,
    read_profile,
    update_profile,
)
from bookwidget.bookings.actions import end_feed, feed_made_at, make_feed, offers_feeds, read_closing
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import known_uuid
from bookwidget.web import Form, PlainForm, Widget, blank, feed_url, place, render

from . import closing, email, messages, people, views
from .forms import DetailsForm, PasswordForm, SignInForm

OTHERS = "others"
MOST_SHOWN = 10
"""Sign-ins in the list; the button for all others ends the rest too."""


def register(widget: Widget) -> None:
    widget.page("/", profile)
    widget.page("/details", details, methods=("GET", "POST"))
    widget.page("/password", password, methods=("GET", "POST"))
    widget.page("/sign-ins", sign_ins, methods=("GET", "POST"))
    closing.register(widget)
    email.register(widget)
    people.register(widget)
    messages.register(widget)
    views.register(widget)
    widget.page("/calendar", calendar, methods=("GET", "POST"))


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
        if refused.field == "version":  # whoever has read that sends it on purpose
            form.version.data, form.version.raw_data = read_profile(place().scope()).version, None
        return show(details=form, status=422)
    return redirect(url_for(".profile", saved="details"), 303)


def calendar() -> ResponseReturnValue:
    """Makes the address of the calendar feed and shows it in this one answer, or ends it."""
    if request.method == "GET":
        return show()
    PlainForm().check_guard()
    if request.form.get("do") == "end":
        end_feed(place().scope())
        return redirect(url_for(".profile", saved="feed") + "#calendar", 303)
    return show(new_feed=feed_url(make_feed(place().scope())))


def password() -> ResponseReturnValue:
    if request.method == "GET":
        return show()
    form = PasswordForm()
    form.check_guard()
    try:
        change_password(place().scope(), this_sign_in(), form.current.data or "", form.new.data or "")
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show(password=form, status=422)
    return redirect(url_for(".profile", saved="password"), 303)


def sign_ins() -> ResponseReturnValue:
    """Ends one of one's own sign-ins, or all others."""
    if request.method == "GET":
        return show()
    form = SignInForm()
    form.check_guard()
    if form.sign_in.data == OTHERS:
        end_other_sign_ins(place().scope(), this_sign_in())
        return redirect(url_for(".profile", saved="others"), 303)
    sign_in_id = known_uuid(form.sign_in.data or "")
    end_one_sign_in(place().scope(), sign_in_id)
    return redirect(url_for(".profile", saved="sign-in"), 303)


def this_sign_in() -> UUID:
    person = place().signed_in
    if person is None:
        raise Missing
    return person.sign_in_id


def show(
    *,
    details: Form | None = None,
    password: Form | None = None,
    saved: str = "",
    new_feed: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    scope = place().scope()
    profile = read_profile(scope)
    open_ones = sorted(list_sign_ins(scope, this_sign_in()), key=lambda one: not one.is_this)
    return render(
        "profile.html",
        status=status,
        profile=profile,
        details=details or blank(DetailsForm),
        typed=details.data if details else vars(profile),
        password=password or blank(PasswordForm),
        sign_ins=open_ones[:MOST_SHOWN],
        more=max(0, len(open_ones) - MOST_SHOWN),
        sign_in_form=blank(SignInForm),
        others=OTHERS,
        saved=saved,
        offers_feeds=offers_feeds(scope),
        feed_made_at=feed_made_at(scope),
        new_feed=new_feed,
        closing=read_closing(scope),
    )
