"""The example businesses' own sites: every page and link is there, and the careful one really is."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from bookwidget.ops.demo_content import BUSINESSES
from bookwidget.ops.demo_sites import make_sites

SERVICE = "http://localhost:8000"
SLUGS = [business.slug for business in BUSINESSES]
REFERENCE = re.compile(r'\b(?:href|src)="([^"]+)"')


@pytest.fixture
def client() -> Client:
    return Client(make_sites(SERVICE))


def get(client: Client, slug: str, path: str) -> TestResponse:
    return client.get(path, base_url=f"http://{slug}.localhost:8100/")


def pages_of(client: Client, slug: str) -> dict[str, str]:
    """Every page that can be reached from the first one; fails on a dead end."""
    found, waiting = dict[str, str](), ["/"]
    while waiting:
        path = waiting.pop()
        response = get(client, slug, path)
        assert response.status_code == 200, path
        if path in found or response.mimetype != "text/html":
            continue
        found[path] = response.text
        for reference in REFERENCE.findall(response.text):
            target = urlsplit(urljoin(path, reference))
            if not target.scheme and not target.fragment:
                waiting.append(target.path)
    return found


@pytest.mark.parametrize("slug", SLUGS)
def test_three_pages_and_no_dead_end(client: Client, slug: str) -> None:
    pages = pages_of(client, slug)
    assert len(pages) == 3
    assert any(f"{SERVICE}/p/{slug}/" in page for page in pages.values())


@pytest.mark.parametrize("slug", SLUGS)
def test_both_addresses_show_the_same(client: Client, slug: str) -> None:
    for path in pages_of(client, slug):
        below = client.get(f"/{slug}{path}", base_url="http://127.0.0.1:8100/")
        assert below.text == get(client, slug, path).text


def test_the_careful_site_allows_the_service_alone(client: Client) -> None:
    for path, page in pages_of(client, "harbour-yoga").items():
        policy = get(client, "harbour-yoga", path).headers["Content-Security-Policy"]
        assert f"script-src {SERVICE};" in policy
        assert f"frame-src {SERVICE};" in policy
        assert "style-src 'self';" in policy
        assert "unsafe" not in policy
        assert " style=" not in page
        assert "<style" not in page
        assert [
            source for source in re.findall(r"<script[^>]*>", page) if f'src="{SERVICE}/embed.js"' not in source
        ] == []


def test_the_plain_site_has_no_script(client: Client) -> None:
    pages = pages_of(client, "bright-home")
    assert not any("<script" in page for page in pages.values())
    assert sum(f'<iframe src="{SERVICE}/w/bright-home/bookings"' in page for page in pages.values()) == 1


@pytest.mark.parametrize(
    "path", ["/nobody/", "/harbour-yoga/nothing", "/harbour-yoga/_layout", "/harbour-yoga/../bright-home/site.css",
             "/harbour-yoga/..%2f..%2fharbour_yoga.py", "/harbour-yoga/index.html", "/harbour-yoga/none.css"]
)  # fmt: skip
def test_nothing_else_is_served(client: Client, path: str) -> None:
    assert client.get(path, base_url="http://127.0.0.1:8100/").status_code == 404


def test_the_bare_address_lists_the_sites(client: Client) -> None:
    page = client.get("/", base_url="http://127.0.0.1:8100/").text
    assert all(f'href="/{slug}/"' in page for slug in SLUGS)


def test_an_address_without_its_slash_finds_it(client: Client) -> None:
    response = client.get("/harbour-yoga", base_url="http://127.0.0.1:8100/")
    assert (response.status_code, response.location) == (308, "/harbour-yoga/")
