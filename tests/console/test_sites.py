import pytest

from bookwidget.tenancy.models import RefusedSite, Site
from tests.console.desks import HOSTILE_LINES, events, origins, owner
from tests.web_fixtures import Web

OWN = "https://yoga.localhost"


def refuse(web: Web, origin: str, widget: str = "login") -> str:
    """A page of this origin tried to show a widget; gives the row's id as addresses write it."""
    found: RefusedSite = web.yoga.add(RefusedSite(origin=origin, widget=widget, last_at=web.now))
    return found.id.hex


def test_a_pasted_address_becomes_an_allowed_site(web: Web) -> None:
    visitor = owner(web)
    answer = visitor.send("sites/", origin="Shop.Example/contact?x=1")
    assert answer.status_code == 303
    assert "https://shop.example may show your widgets now" in visitor.get(answer.location).text
    assert origins(web.yoga) == ["https://shop.example", OWN]
    ((kind, facts),) = events(web.yoga)
    assert kind == "site.added"
    assert facts["after"]["origin"] == "https://shop.example"
    framed = web.visitor().get(
        "/w/yoga/login", headers={"Referer": "https://shop.example/", "Sec-Fetch-Dest": "iframe"}
    )
    page = web.visitor().get(framed.location)
    assert "frame-ancestors https://shop.example" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("http://shop.example", "not secure"),
        ("ftp://shop.example", "https://"),
        (OWN, "on the list already"),
        ("", "Please fill this in"),
        ("<script>alert(1)</script>", "web address"),
        *[(line, "") for line in HOSTILE_LINES],
    ],
)
def test_a_refused_address_stays_typed_with_the_reason_beside_it(web: Web, typed: str, reason: str) -> None:
    answer = owner(web).send("sites/", origin=typed)
    assert answer.status_code == 422
    assert 'id="origin-error"' in answer.text
    assert reason in answer.text
    assert "<script>alert" not in answer.text
    assert origins(web.yoga) == [OWN]
    assert events(web.yoga) == []


def test_removing_asks_first(web_everywhere: Web) -> None:
    web = web_everywhere
    visitor = owner(web)
    path = f"sites/{web.yoga.ids['site'].hex}/remove"
    page = visitor.get(path)
    assert OWN in page.text
    assert origins(web.yoga) == [OWN]
    assert visitor.send(path).status_code == 303
    assert origins(web.yoga) == []
    assert [kind for kind, _ in events(web.yoga)] == ["site.removed"]
    assert visitor.get(path).status_code == 404
    page = visitor.get("sites/")
    assert "No site is allowed yet" in page.text


def test_a_site_that_tried_is_allowed_with_one_click(web_everywhere: Web) -> None:
    web = web_everywhere
    visitor = owner(web)
    refused = refuse(web, "https://blog.example")
    refuse(web, "https://blog.example", "profile")
    refuse(web, "https://stranger.example")
    page = visitor.get("sites/").text
    assert "Log in and Profile" in page
    path = f"sites/refused/{refused}/allow"
    fields = visitor.form("sites/", f"/console/{path}")
    assert visitor.post(path, fields).status_code == 303
    assert origins(web.yoga) == ["https://blog.example", OWN]
    page = visitor.get("sites/").text
    assert "stranger.example" in page
    assert "tried to show" in page
    assert page.count("https://blog.example</strong>") == 0
    assert visitor.post(path, fields).status_code == 404, "pressed twice"
    assert [kind for kind, _ in events(web.yoga)] == ["site.added"]


def test_a_site_that_was_added_meanwhile_is_no_error(web: Web) -> None:
    visitor = owner(web)
    path = f"sites/refused/{refuse(web, OWN)}/allow"
    assert visitor.post(path, visitor.form("sites/", f"/console/{path}")).status_code == 303
    assert origins(web.yoga) == [OWN]
    assert events(web.yoga) == []


@pytest.mark.parametrize("origin", ["http://shop.example", "https://a.example;x", "https://a.example'><b>"])
def test_a_claimed_origin_is_no_better_than_a_typed_one(web: Web, origin: str) -> None:
    visitor = owner(web)
    path = f"sites/refused/{refuse(web, origin)}/allow"
    page = visitor.get("sites/").text
    assert "<b>" not in page
    answer = visitor.post(path, visitor.form("sites/", f"/console/{path}"))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert origins(web.yoga) == [OWN]


def test_the_list_has_an_end(web: Web) -> None:
    web.yoga.add(*[Site(origin=f"https://s{n}.example", created_at=web.now) for n in range(99)])
    answer = owner(web).send("sites/", origin="one-more.example")
    assert answer.status_code == 422
    assert "Remove one first" in answer.text


def test_a_refused_site_can_be_dismissed(web: Web) -> None:
    visitor = owner(web)
    refused = web.yoga.add(RefusedSite(origin="https://blog.example", widget="login", last_at=web.now))
    assert visitor.send(f"sites/refused/{refused.id.hex}/dismiss", "sites/").status_code == 303
    assert "blog.example" not in visitor.get("sites/").text
    assert origins(web.yoga) == ["https://yoga.localhost"]
    assert ("site.dismissed", {"before": {}, "after": {"origin": "https://blog.example"}}) in events(web.yoga)
