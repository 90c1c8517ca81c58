"""Part of the tour of every page: signing up, and setting up what was signed up."""

from collections.abc import Iterator

from werkzeug.test import TestResponse

from tests.console.signing_up import link_in, mails, sign_up, stranger
from tests.factories import PASSWORD
from tests.web_fixtures import Visitor, Web


def newcomers_pages(web: Web, language: str) -> Iterator[tuple[str, TestResponse]]:
    """`language` as a browser asks for it."""
    visitor = stranger(web, language)
    yield "sign up", visitor.get("/signup/")
    yield "nothing to sign up", visitor.send("/signup/", email="x", business="")
    yield "link sent", visitor.get("sent")
    sign_up(visitor, "ada@example.com", "123")
    sign_up(visitor, "owner@yoga.example", "123")
    confirms = [link_in(mail) for mail in mails(web) if "signup" in str(mail)]
    for link in (*confirms, "/signup/confirm/x"):
        yield "confirm", visitor.get(link)
    yield "no password", visitor.send(confirms[0], password="x")
    visitor.send(confirms[0], password=PASSWORD)
    yield "used", visitor.get(confirms[0])
    visitor.base = "/console/"
    yield from setting_up_pages(visitor)


def setting_up_pages(visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    for step in ("trade", "look", "home", "service", "site", "snippet"):
        yield f"start: {step}", visitor.get(f"start/{step}")
    yield "no price", visitor.send("start/service", price="x")
    visitor.send("start/trade", trade="fitness")
    yield "a class", visitor.send("start/service", starts="x")
    visitor.send("start/service", name="123")
    yield "again", visitor.get("start/service")
    yield "no site", visitor.send("start/site", origin="x")
    visitor.send("start/site", origin="https://harbour.example")
    for step in ("site", "snippet"):
        yield f"start: {step} with a site", visitor.get(f"start/{step}")
    visitor.get("/w/123/login", headers={"Referer": "https://refused.example/", "Sec-Fetch-Dest": "iframe"})
    for host in ("html", "wordpress-plugin", "wordpress-com", "squarespace", "wix", "webflow", "shopify", "notion"):
        yield f"embed: {host}", visitor.get(f"embed/?host={host}&width=wide")
    for deed in ("added", "verified", "removed", "failed"):
        yield f"hosts: {deed}", visitor.get(f"hosts/?done={deed}")
    yield "no name", visitor.send("hosts/", name="x")
    visitor.send("hosts/", name="book.harbour.example")
    yield "a name", visitor.get("hosts/")
    for host in ("wordpress", "google-sites", "joomla", "drupal"):
        yield f"embed: {host}", visitor.get(f"embed/?host={host}")


def email_pages(web: Web, ada: Visitor) -> Iterator[tuple[str, TestResponse]]:
    """A customer's new e-mail: asked for, refused, sent, and to be confirmed."""
    yield "email", ada.get("profile/email")
    yield "wrong email", ada.send("profile/email", email="x", password="x")
    yield "email sent", ada.get("profile/email?sent=1")
    token = web.services.tokens.new_email(web.yoga.tenant_id, web.yoga.ids["ada"], "ada@example.com", "ada@new.example")
    yield "new email", ada.get(f"login/email/{token}")
