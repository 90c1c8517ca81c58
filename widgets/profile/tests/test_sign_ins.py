"""The list of one's own sign-ins."""

import re
from datetime import timedelta

import pytest

from tests.web_fixtures import HERE, Visitor, Web

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def ada(web: Web) -> Visitor:
    return web.customer()


def frame(web: Web, who: str = "ada") -> Visitor:
    """Somebody signed in inside a frame on the business's site, in another browser."""
    visitor = web.visitor(site=web.yoga.ids["site"].hex)
    fields = {**visitor.form("login/"), "email": f"{who}@example.com", "password": "correct horse battery"}
    headers = {"Origin": HERE, "User-Agent": FIREFOX}
    answer = visitor.client.post(visitor.url("login/"), base_url=HERE, data=fields, headers=headers)
    assert answer.status_code == 303
    return visitor


def ids(page: str) -> list[str]:
    return [id for id in re.findall(r'name="sign_in" value="([^"]+)"', page) if id != "others"]


def is_in(visitor: Visitor) -> bool:
    return "Where you are logged in" in visitor.get("profile/").text


def test_they_are_listed_with_device_site_and_last_use(web: Web, ada: Visitor) -> None:
    assert "Log out everywhere else" not in ada.get("profile/").text
    frame(web)
    page = ada.get("profile/").text
    assert page.count("This device") == 1
    words = re.sub(r"[\u2068\u2069]", "", page)
    assert "Firefox on Windows" in words
    assert ">yoga.localhost</bdi>" in page
    assert "last used" in page
    assert "Mozilla" not in page
    assert len(ids(page)) == 1, "this one has no button of its own"


def test_one_is_ended(web: Web, ada: Visitor) -> None:
    elsewhere, third = frame(web), frame(web)
    (second, _third) = ids(ada.get("profile/").text)[::-1]
    answer = ada.send("profile/sign-ins", "profile/", sign_in=second)
    assert (answer.status_code, answer.location) == (303, "/w/yoga/0/profile/?saved=sign-in")
    assert "That device has been logged out." in ada.get(answer.location).text
    assert sorted([is_in(elsewhere), is_in(third)]) == [False, True]
    assert is_in(ada)


def test_all_others_are_ended(web: Web, ada: Visitor) -> None:
    others, ben = [frame(web), frame(web)], frame(web, "ben")
    answer = ada.send("profile/sign-ins", "profile/", sign_in="others")
    assert answer.location == "/w/yoga/0/profile/?saved=others"
    assert [is_in(one) for one in others] == [False, False]
    assert is_in(ada)
    assert is_in(ben)


def test_somebody_elses_is_not_there(web: Web, ada: Visitor) -> None:
    """Another customer's, another tenant's, and made-up ones: all the same."""
    frame(web, "ben")
    ben, ada_there = web.customer("ben"), web.customer("ada", web.other)
    web.customer("ada", web.other)
    bens, others = ids(ben.get("profile/").text), ids(ada_there.get("profile/").text)
    frame(web)
    assert bens
    assert others
    for id in (*bens, *others, web.yoga.ids["site"].hex, "x", "", "0" * 32, "OTHERS"):
        assert ada.send("profile/sign-ins", "profile/", sign_in=id).status_code == 404, id
    assert is_in(ben)
    assert is_in(ada_there)


def test_posts_need_the_guard_and_the_address_answers_get(web: Web, ada: Visitor) -> None:
    frame(web)
    fields = ada.form("profile/", "profile/sign-ins")
    bare = {"sign_in": fields["sign_in"]}
    assert ada.post("profile/sign-ins", bare).status_code == 403
    assert ada.post("profile/sign-ins", fields, origin="https://yoga.localhost").status_code == 403
    assert web.visitor().post("profile/sign-ins", fields).status_code == 401
    assert ada.get("profile/sign-ins").status_code == 200


def test_a_long_list_ends(web: Web, ada: Visitor) -> None:
    for _n in range(12):
        frame(web)
        web.now += timedelta(minutes=2)  # so that nobody logs in too often
    assert is_in(ada)
    page = ada.get("profile/").text
    assert len(ids(page)) == 9
    assert "and 3 more" in page
    assert page.count("This device") == 1
