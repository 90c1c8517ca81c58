"""What the service refuses whoever asks, without a browser: secrets by a wrong way, foreign posts, planted sign-ins."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bookwidget.accounts.hand_over import hand_over
from bookwidget.accounts.models import SignIn
from bookwidget.accounts.signing_in import GRACE, Kind, digest_of, open_sign_in
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.models import Site
from bookwidget.tenancy.session import writing
from tests.factories import PASSWORD, World
from tests.web_fixtures import HERE, Forms, Web

ADA = {"email": "ada@example.com", "password": PASSWORD}
FETCHED = {"X-Bookwidget": "1"}
OURS = {"Origin": HERE}
VERIFIER = "4294967295-1-22-333-4444-55555-666666-7777777"


def address(world: World, path: str, site: str = "") -> str:
    return f"/w/{world.slug}/{site or world.ids['site'].hex}/{path}"


def cookie(world: World, kind: str, text: str) -> dict[str, str]:
    return {"Cookie": f"__Host-bw-{kind}-{world.tenant_id.hex[-12:]}={text}"}


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def ask(web: Web, url: str, headers: dict[str, str]) -> TestResponse:
    return web.app.test_client(use_cookies=False).get(url, base_url=HERE, headers=headers)


def opens(web: Web, headers: dict[str, str], world: World | None = None, site: str = "") -> bool:
    """Whether these headers show Ada's profile."""
    answer = ask(web, address(world or web.yoga, "profile/", site), headers)
    return answer.status_code == 200 and "ada@example.com" in answer.text


def secret(world: World, kind: Kind, who: str = "ada") -> str:
    """A valid sign-in of this kind; the text that its browser would keep."""
    scope = world.scope()
    with scope.session, writing(scope.session):
        return open_sign_in(scope, kind, customer_id=world.ids[who])


def post(
    web: Web, path: str, data: dict[str, str], headers: dict[str, str], world: World | None = None
) -> TestResponse:
    client = web.app.test_client(use_cookies=False)
    return client.post(address(world or web.yoga, path), base_url=HERE, data=data, headers=headers)


def guard(web: Web, world: World, headers: dict[str, str] | None = None, page: str = "login/") -> dict[str, str]:
    """The token of a form on a page of this tenant."""
    forms = Forms(ask(web, address(world, page), headers or {}).text).found
    return {"csrf_token": next(form["csrf_token"] for form in forms.values() if "csrf_token" in form)}


def log_in(web: Web, headers: dict[str, str]) -> TestResponse:
    return post(web, "login/", {**guard(web, web.yoga), **ADA}, {**OURS, **headers})


def kept(answer: TestResponse) -> str:
    """The secret that an answer gave the browser, by whichever way."""
    if token := answer.headers.get("X-Bookwidget-Token"):
        return token
    (found,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-bw-frame-")]
    return found.split(";")[0].partition("=")[2]


def code_for_ada(web: Web) -> str:
    """As the log-in window gives it to the frame that knows `VERIFIER`."""
    scope = web.yoga.scope()
    with scope.session:
        return hand_over(scope, digest_of(VERIFIER)).code


def rows(world: World) -> dict[str, SignIn]:
    with world.database.session(world.tenant_id) as session:
        return {row.id.hex: row for row in session.scalars(select(SignIn))}


def test_L1_a_secret_opens_by_the_way_it_was_given_for_and_by_no_other(web: Web) -> None:
    ways = {
        Kind.FRAME: lambda text: cookie(web.yoga, "frame", text),
        Kind.BEARER: bearer,
        Kind.HOSTED: lambda text: cookie(web.yoga, "hosted", text),
    }
    for kind in ways:
        text = secret(web.yoga, kind)
        for way, headers in ways.items():
            site = "0" if way is Kind.HOSTED else ""
            assert opens(web, headers(text), site=site) == (kind is way), f"{kind} sent as {way}"


@pytest.mark.parametrize("kind", [Kind.FRAME, Kind.BEARER])
def test_L1_a_secret_of_one_tenant_opens_nothing_of_another(web: Web, kind: Kind) -> None:
    text = secret(web.yoga, kind)
    for named in (web.yoga, web.other):
        headers = bearer(text) if kind is Kind.BEARER else cookie(named, "frame", text)
        assert not opens(web, headers, web.other)
        assert "Log in" in ask(web, address(web.other, "profile/"), headers).text


def test_made_up_and_damaged_secrets_open_nothing(web: Web) -> None:
    text = secret(web.yoga, Kind.BEARER)
    row, _dot, half = text.partition(".")
    for wrong in ("", ".", row, f"{row}.", f".{half}", f"{row}.{half[:-1]}", f"{row}.{half}x", f"{uuid7().hex}.{half}",
                  text.upper(), f"{row}.{half}\x00", "é.é", "x" * 9000):  # fmt: skip
        try:
            headers = bearer(wrong.encode().decode("latin-1"))
            assert not opens(web, headers), wrong
        except ValueError:
            continue  # not even a header
    assert opens(web, bearer(text))


def test_no_secret_is_read_from_an_address(web: Web) -> None:
    text = secret(web.yoga, Kind.BEARER)
    for name in ("token", "access_token", "session", "sid", "Authorization", "bearer", "code"):
        answer = ask(web, address(web.yoga, "profile/") + f"?{name}={text}", {})
        assert "ada@example.com" not in answer.text


def test_a_cookie_without_the_host_prefix_is_not_read(web: Web) -> None:
    """Another host of the same domain can set such a one; with the prefix it cannot."""
    name = cookie(web.yoga, "frame", secret(web.yoga, Kind.FRAME))["Cookie"]
    assert opens(web, {"Cookie": name})
    assert not opens(web, {"Cookie": name.removeprefix("__Host-")})
    assert not opens(web, {"Cookie": name.replace("__Host-", "__Secure-")})


def test_an_old_token_lives_on_for_requests_under_way_and_no_longer(web: Web) -> None:
    old = secret(web.yoga, Kind.BEARER)
    web.now += timedelta(minutes=20)
    fresh = ask(web, address(web.yoga, "profile/"), {**bearer(old), **FETCHED}).headers["X-Bookwidget-Token"]
    web.now += GRACE - timedelta(seconds=1)
    assert opens(web, bearer(old))
    web.now += timedelta(seconds=2)
    assert not opens(web, bearer(old))
    assert opens(web, bearer(fresh))


@pytest.mark.parametrize("origin", [None, "null", "https://yoga.localhost", "https://evil.localhost", HERE + ":8443",
                                    "http://widgets.localhost", "https://widgets.localhost.evil.example"])  # fmt: skip
def test_L1_posts_of_strangers_are_refused_with_any_credential(web: Web, origin: str | None) -> None:
    text = secret(web.yoga, Kind.FRAME)
    inside = cookie(web.yoga, "frame", text)
    forms = {"login/": guard(web, web.yoga) | ADA, "-/sign-out": guard(web, web.yoga, inside, "profile/"),
             "profile/details": guard(web, web.yoga, inside, "profile/"), "-/redeem": {"code": "x"}}  # fmt: skip
    headers = {"Origin": origin} if origin else {}
    for path, fields in forms.items():
        for way in ({}, inside, FETCHED):
            assert post(web, path, fields, {**way, **headers}).status_code == 403, path
    assert opens(web, inside), "nobody was logged out"


def test_a_form_token_is_this_tenants_and_this_persons(web: Web) -> None:
    inside = {**cookie(web.yoga, "frame", secret(web.yoga, Kind.FRAME)), **OURS}
    bens = cookie(web.yoga, "frame", secret(web.yoga, Kind.FRAME, "ben"))
    elsewhere = cookie(web.other, "frame", secret(web.other, Kind.FRAME))
    wrong = [{}, {"csrf_token": ""}, {"csrf_token": "x"}, guard(web, web.yoga), guard(web, web.yoga, bens, "profile/"),
             guard(web, web.other, elsewhere, "profile/")]  # fmt: skip
    for fields in wrong:
        assert post(web, "-/sign-out", fields, inside).status_code == 403, fields
    assert post(web, "-/sign-out", guard(web, web.yoga, inside, "profile/"), inside).status_code == 303


@pytest.mark.parametrize("way", [FETCHED, {}], ids=["by script", "by form"])
def test_L1_a_planted_sign_in_never_becomes_the_customers(web: Web, way: dict[str, str]) -> None:
    made_up = f"{uuid7().hex}.known-to-the-attacker"
    for planted in (cookie(web.yoga, "frame", made_up), bearer(made_up)):
        fresh = kept(log_in(web, {**way, **planted}))
        assert fresh != made_up
        assert fresh.partition(".")[0] != made_up.partition(".")[0]
        assert not opens(web, planted)
    attackers = secret(web.yoga, Kind.FRAME, "ben")
    assert log_in(web, {**way, **cookie(web.yoga, "frame", attackers)}).status_code == 403, "the page shows Ben's name"
    assert not opens(web, cookie(web.yoga, "frame", attackers))


def test_L1_a_code_makes_a_new_row_whatever_was_planted(web: Web) -> None:
    attackers = secret(web.yoga, Kind.FRAME, "ben")
    for planted in ({}, cookie(web.yoga, "frame", attackers), cookie(web.yoga, "frame", f"{uuid7().hex}.known")):
        before = set(rows(web.yoga))
        answer = post(web, "-/redeem", {"code": code_for_ada(web), "verifier": VERIFIER}, {**OURS, **planted})
        row = kept(answer).partition(".")[0]
        assert row not in before
        assert rows(web.yoga)[row].customer_id == web.yoga.ids["ada"]
        assert not opens(web, planted)


@pytest.mark.parametrize("verifier", ["w" * 43, "", VERIFIER[:-1], VERIFIER + "0"])
def test_L1_a_code_is_nothing_without_its_verifier(web: Web, verifier: str) -> None:
    code = code_for_ada(web)
    assert post(web, "-/redeem", {"code": code, "verifier": verifier}, OURS).status_code in (403, 422)
    first = post(web, "-/redeem", {"code": code, "verifier": VERIFIER}, OURS)
    assert first.status_code == 303, "a stranger cannot spend it either"
    assert post(web, "-/redeem", {"code": code, "verifier": VERIFIER}, OURS).status_code == 422, "it is good once"


def test_L1_a_wrong_code_burns_the_right_one(web: Web) -> None:
    code = code_for_ada(web)
    assert post(web, "-/redeem", {"code": "x" * 32, "verifier": VERIFIER}, OURS).status_code == 422
    assert post(web, "-/redeem", {"code": code, "verifier": VERIFIER}, OURS).status_code == 422


def test_each_log_in_has_a_secret_of_its_own(web: Web) -> None:
    first, second = kept(log_in(web, {})), kept(log_in(web, {}))
    assert first != second
    assert opens(web, cookie(web.yoga, "frame", first))
    assert opens(web, cookie(web.yoga, "frame", second))


def test_the_database_holds_no_secret(web: Web) -> None:
    text = kept(log_in(web, FETCHED))
    row = rows(web.yoga)[text.partition(".")[0]]
    assert text.partition(".")[2].encode() not in (row.digest, row.old_digest)
    assert len(row.digest) == 32


def test_answers_set_our_cookies_only_and_show_no_secret(web: Web) -> None:
    inside = cookie(web.yoga, "frame", secret(web.yoga, Kind.FRAME))
    answers = [ask(web, address(web.yoga, path), headers) for headers in ({}, inside, FETCHED)
               for path in ("login/", "profile/", "bookings/", "-/probe", "nothing-here")]  # fmt: skip
    answers += [log_in(web, {}), log_in(web, FETCHED)]
    for answer in answers:
        for line in answer.headers.getlist("Set-Cookie"):
            assert line.startswith(("__Host-bw-frame-", "__Host-bw-probe=")), line
            for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
                assert part in line
            assert "Domain" not in line
    token = log_in(web, FETCHED)
    assert token.headers["X-Bookwidget-Token"] not in token.text + token.headers.get("X-Bookwidget-Go", "")
    assert token.headers["Cache-Control"] == "no-store"


def test_L1_the_site_in_the_address_says_who_may_frame_it(web: Web) -> None:
    second = web.yoga.add(Site(id=uuid7(), origin="https://blog.example:8443", created_at=web.now))
    expected = {web.yoga.ids["site"].hex: "https://yoga.localhost", second.id.hex: "https://blog.example:8443",
                "0": "'none'", "preview": HERE}  # fmt: skip
    for site, ancestors in expected.items():
        for path in ("login/", "profile/"):
            policy = ask(web, address(web.yoga, path, site), {}).headers["Content-Security-Policy"]
            assert policy.endswith(f"; frame-ancestors {ancestors}")
            assert policy.count("frame-ancestors") == 1
    assert ask(web, address(web.yoga, "login/", web.other.ids["site"].hex), {}).status_code == 404
    assert ask(web, address(web.yoga, "-/popup", "0"), {}).headers["Content-Security-Policy"].endswith("'none'")


LIES = ["https://evil.localhost", "null", "*", "'self'", "https://yoga.localhost https://evil.localhost",
        "https://yoga.localhost;x"]  # fmt: skip


@pytest.mark.parametrize("named", ["https://yoga.localhost", *LIES])
def test_a_lie_about_the_host_page_blocks_itself(web: Web, named: str) -> None:
    """Whatever `?o=` says, the answer may be framed by origins of the tenant's own list only."""
    query = {"o": named}
    client = web.app.test_client(use_cookies=False)
    headers = {"Referer": "https://evil.localhost/", "Sec-Fetch-Dest": "iframe"}
    answer = client.get("/w/yoga/bookings", base_url=HERE, query_string=query, headers=headers)
    if named in LIES:
        assert answer.status_code == 403
        assert "ada" not in answer.text.lower()
        return
    page = ask(web, answer.location, {})
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors https://yoga.localhost")


def test_the_probe_tells_nothing_but_whether_cookies_come_back(web: Web) -> None:
    url = address(web.yoga, "-/probe")
    assert ask(web, url, {}).json == {"cookies": False}
    assert ask(web, url, {"Cookie": "__Host-bw-probe=1"}).json == {"cookies": True}
    assert "Access-Control-Allow-Origin" not in ask(web, url, {"Origin": "https://yoga.localhost"}).headers
