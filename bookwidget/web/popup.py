"""The log-in window on our own address, and how the frame that opened it redeems its code.

Where no cookie comes back in a frame, or people rather see an address bar before they type a password, a window of
our own signs them in. It knows only a challenge; the verifier behind it never leaves the frame.
"""

from flask import Blueprint, abort, make_response, redirect
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from wtforms import BooleanField, EmailField, PasswordField

from bookwidget.accounts.hand_over import Codes, hand_over, parse_challenge, redeem, sign_in_and_hand_over
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import _
from bookwidget.web.current import request
from bookwidget.web.guard import Form, PlainForm
from bookwidget.web.rendering import render
from bookwidget.web.services import services
from bookwidget.web.signing import browser, keep, own_path, signed_in
from bookwidget.web.visits import HOSTED, place
from bookwidget.web.widgets import in_frame

blueprint = in_frame(Blueprint("popup", __name__, url_prefix="/w/<tenant>/<site>/-"))


class WindowForm(Form):
    email = EmailField(_("Email"))
    password = PasswordField(_("Password"))
    stay = BooleanField(_("Stay logged in in this browser, and just tap “Continue” next time"))


@blueprint.route("/popup", methods=["GET", "POST"])
def window() -> ResponseReturnValue:
    """Asks for a sign-in, or for one tap, and answers with codes for the frame that named the challenge."""
    challenge = challenge_of_request()
    if request.method == "GET":
        if challenge is None or not place().is_hosted:
            return redirect(f"/w/{place().tenant.slug}/{HOSTED}/login/", 303)
        return show_window(WindowForm(formdata=None))
    form = WindowForm() if "email" in request.form else PlainForm()
    form.check_guard()
    if challenge is None or not place().is_hosted:
        abort(403)
    if not isinstance(form, WindowForm):
        return show_codes(hand_over(place().scope(), challenge))
    email, password = form.email.data or "", form.password.data or ""
    try:
        codes, kept = sign_in_and_hand_over(
            place().scope(), email, password, challenge, browser(), stay=bool(form.stay.data)
        )
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_window(form, status=422)
    response = show_codes(codes)
    return keep(response, kept) if kept else response


def challenge_of_request() -> bytes | None:
    """What the frame asked for. None also where a page of somebody else's opened the window, or a link in a mail:
    the codes would lead to a frame that they chose.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return None
    return parse_challenge(request.args.get("challenge", ""))


def show_window(form: Form, *, status: int = 200) -> Response:
    person = place().signed_in
    one_tap = person is not None and "other" not in request.args and status == 200
    challenge = request.args["challenge"]
    return render("popup.html", status=status, form=form, one_tap=one_tap, challenge=challenge, host=request.host)


def show_codes(codes: Codes) -> Response:
    return render("popup_code.html", codes=codes)


@blueprint.route("/redeem", methods=["GET", "POST"])
def redeem_code() -> ResponseReturnValue:
    """A frame signs in with a code. No form token: the verifier proves more than one could."""
    if request.method == "GET":
        return redirect(own_path(None), 303)
    verifier, code = request.form.get("verifier", ""), request.form.get("code", "")
    next_url = request.form.get("next", "")
    try:
        text = redeem(place().scope(), verifier, code, browser())
    except Refused as refused:
        page = services().sign_in_page or abort(404)
        response = make_response(page(next_url, refused.reason))
        response.status_code = 422
        return response
    return signed_in(text, next_url)
