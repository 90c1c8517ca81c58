"""The log-in window and the redeeming of its codes, over HTTP."""

import base64
import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.factories import PASSWORD
from tests.web_fixtures import HERE, Visitor, Web

VERIFIER = "4294967295-1-22-333-4444-55555-666666-7777777"
CHALLENGE = base64.b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()
ADA = {"email": "ada@example.com", "password": PASSWORD}


class Window(Visitor):
    """A browser's log-in window, opened by a frame unless `came` says otherwise (Sec-Fetch-Site)."""

    def open(self, *, challenge: str = CHALLENGE, came: str = "same-origin", **query: str) -> TestResponse:
        given = {"challenge": challenge, **query}
        return self.get("-/popup", query_string=given, headers={"Sec-Fetch-Site": came} if came else {})

    def send_form(self, **changes: Any) -> TestResponse:
        """Posts the window's form as it stands, with changes."""
        html = self.open(**{"other": "1"} if "email" in changes else {}).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', html)
        assert token
        return self.client.post(
            self.url("-/popup"),
            base_url=HERE,
            query_string={"challenge": CHALLENGE},
            data={"csrf_token": token[1], **changes},
            headers={"Origin": HERE, "Sec-Fetch-Site": "same-origin"},
        )


@pytest.fixture
def window(web: Web) -> Window:
    return Window(web.app, "/w/yoga/0/")


def codes_in(answer: TestResponse) -> tuple[str, str]:
    """The long code and the digits of the window's last page."""
    assert answer.status_code == 200, answer.text
    long, typed = re.search(r'data-code="([^"]+)"', answer.text), re.search(r'"ltr">(\d{3} \d{3})<', answer.text)
    assert long
    assert typed
    return long[1], typed[1]


def redeem(
    web: Web, code: str, *, verifier: str = VERIFIER, script: bool = True, probe: bool = True, **changes: Any
) -> TestResponse:
    """As the frame on yoga's own site does it."""
    site = web.yoga.ids["site"].hex
    client = web.app.test_client(use_cookies=False)
    headers = {"Origin": HERE, **({"X-Bookwidget": "1"} if script else {})}
    headers |= {"Cookie": "__Host-bw-probe=1"} if probe else {}
    return client.post(
        changes.pop("url", f"/w/yoga/{site}/-/redeem"),
        base_url=HERE,
        data={"code": code, "verifier": verifier, **changes},
        headers=headers,
    )


def test_L1_by_password_and_code_into_the_frame(web: Web, window: Window) -> None:
    page = window.open()
    assert page.status_code == 200
    assert "widgets.localhost" in page.text
    code, _typed = codes_in(window.send_form(**ADA))
    answer = redeem(web, code, next=f"/w/yoga/{web.yoga.ids['site'].hex}/profile/")
    assert answer.status_code == 200
    assert answer.headers["X-Bookwidget-Go"] == f"/w/yoga/{web.yoga.ids['site'].hex}/profile/"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-bw-frame-")
    assert "Partitioned" in cookie
    assert redeem(web, code).status_code == 422


def test_where_no_cookie_comes_back_the_frame_gets_a_token(web: Web, window: Window) -> None:
    _code, typed = codes_in(window.send_form(**ADA))
    answer = redeem(web, typed, probe=False)
    token = answer.headers["X-Bookwidget-Token"]
    site = web.yoga.ids["site"].hex
    headers = {"Authorization": f"Bearer {token}", "X-Bookwidget": "1"}
    page = web.app.test_client().get(f"/w/yoga/{site}/profile/", base_url=HERE, headers=headers)
    assert "ada@example.com" in page.text


def test_without_asking_the_window_does_not_stay_signed_in(window: Window) -> None:
    answer = window.send_form(**ADA)
    assert "Set-Cookie" not in answer.headers
    assert "Continue as" not in window.open().text


def test_who_stays_signed_in_continues_with_one_tap(web: Web, window: Window) -> None:
    assert "__Host-bw-hosted-" in window.send_form(**ADA, stay="y").headers["Set-Cookie"]
    assert "Continue as Ada Byron" in window.open().text
    assert "Continue as" not in window.open(other="1").text
    code, _typed = codes_in(window.send_form())
    assert redeem(web, code).status_code == 200


def test_one_tap_of_nobody_hands_over_nothing(window: Window) -> None:
    answer = window.client.post(
        window.url("-/popup"),
        base_url=HERE,
        query_string={"challenge": CHALLENGE},
        data={"csrf_token": window.form("login/", "/w/yoga/0/login/")["csrf_token"]},
        headers={"Origin": HERE},
    )
    assert answer.status_code == 403


def test_a_wrong_password_is_said_and_the_email_stays(window: Window) -> None:
    answer = window.send_form(email="ada@example.com", password="wrong")
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert 'value="ada@example.com"' in answer.text
    assert "data-code" not in answer.text


@pytest.mark.parametrize("came", ["cross-site", "same-site", "none"])
def test_a_window_that_a_stranger_opened_is_the_hosted_login(window: Window, came: str) -> None:
    window.send_form(**ADA, stay="y")
    answer = window.open(came=came)
    assert (answer.status_code, answer.location) == (303, "/w/yoga/0/login/")


def test_a_browser_that_does_not_say_who_opened_it_is_served(window: Window) -> None:
    assert window.open(came="").status_code == 200


@pytest.mark.parametrize("challenge", ["", "x", "A" * 44, "A" * 4000, "\x00", "é"])
def test_without_a_challenge_it_is_the_hosted_login(window: Window, challenge: str) -> None:
    answer = window.open(challenge=challenge)
    assert (answer.status_code, answer.location) == (303, "/w/yoga/0/login/")


def test_no_redirect_of_ours_leads_to_the_window(web: Web, window: Window) -> None:
    for path in ("-/popup", "./-/popup", "x/../-/popup", "%2e/-/popup", ".\t/-/popup", "/-/popup", "\\-/popup"):
        asked = window.get("login/", query_string={"next": f"/w/yoga/0/{path}?challenge={CHALLENGE}"})
        fields = {"csrf_token": window.form("login/")["csrf_token"], **ADA, "next": f"/w/yoga/0/{path}"}
        answer = web.visitor().post("login/", fields)
        assert asked.status_code == 200
        assert answer.location == "/w/yoga/0/bookings/", path
    kept = "/w/yoga/0/bookings/K7P2QX9M/cancel?tab=past&q=a%20b"
    assert web.visitor().send("login/", **ADA, next=kept).location == kept


def test_only_the_window_keeps_its_opener_and_nobody_frames_it(web: Web, window: Window) -> None:
    answers = [window.open(), window.send_form(**ADA), window.open(challenge=""), window.get("-/redeem")]
    answers.append(window.post("-/popup", {}))
    for answer in answers:
        assert "Cross-Origin-Opener-Policy" not in answer.headers
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    assert window.get("login/").headers["Cross-Origin-Opener-Policy"] == "same-origin"
    site = web.visitor(site=web.yoga.ids["site"].hex)
    assert site.get("-/popup").location == "/w/yoga/0/login/"
    assert site.get("login/").headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_wrong_digits_five_times_then_a_way_on(web: Web, window: Window) -> None:
    _code, typed = codes_in(window.send_form(**ADA))
    wrong = f"{(int(typed.replace(' ', '')) + 1) % 10**6:06}"
    for _attempt in range(4):
        answer = redeem(web, wrong)
        assert answer.status_code == 422
        assert "not the code" in answer.text
    answer = redeem(web, wrong)
    assert "wrong five times" in answer.text
    assert "data-popup" in answer.text, "another window can be opened"
    assert redeem(web, typed).status_code == 422


def test_a_code_that_was_left_lying_has_expired(web: Web, window: Window) -> None:
    _code, typed = codes_in(window.send_form(**ADA))
    web.now += timedelta(hours=1)
    answer = redeem(web, typed)
    assert answer.status_code == 422
    assert "expired" in answer.text
    code, _typed = codes_in(window.send_form(**ADA))
    assert redeem(web, code).status_code == 200, "the window that was left open for an hour still works"


def test_the_frame_of_another_tenant_cannot_redeem(web: Web, window: Window) -> None:
    code, _typed = codes_in(window.send_form(**ADA))
    assert redeem(web, code, url=f"/w/other/{web.other.ids['site'].hex}/-/redeem").status_code == 422
    assert redeem(web, code).status_code == 200


@pytest.mark.parametrize("origin", [None, "null", "https://yoga.localhost", "https://evil.localhost"])
def test_redeeming_from_elsewhere_is_refused(web: Web, window: Window, origin: str | None) -> None:
    code, _typed = codes_in(window.send_form(**ADA))
    frame = web.visitor(site=web.yoga.ids["site"].hex)
    assert frame.post("-/redeem", {"code": code, "verifier": VERIFIER}, origin=origin).status_code == 403
    assert redeem(web, code).status_code == 200


def test_a_new_sign_in_at_each_redeeming(web: Web, window: Window) -> None:
    """Nothing that the browser brought along becomes the sign-in."""
    first = redeem(web, codes_in(window.send_form(**ADA))[0]).headers["Set-Cookie"]
    second = redeem(web, codes_in(window.send_form(**ADA))[0]).headers["Set-Cookie"]
    assert first.split(";")[0] != second.split(";")[0]


def test_addresses_answer_get(web: Web) -> None:
    frame = web.visitor(site=web.yoga.ids["site"].hex)
    assert frame.get("-/redeem").status_code == 303
