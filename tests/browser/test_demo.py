"""The demo as a stranger meets it: every login that `demo.json` prints, tried on that business's own site."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from bookwidget.ops.demo_content import BUSINESSES
from tests.browser.drivers import Browser
from tests.ports import free_port

pytestmark = pytest.mark.browser

SHIFT = """
let sum = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; })
  .observe({ type: "layout-shift", buffered: true });
return new Promise((done) => setTimeout(() => done(sum), 400));
"""
"""Cumulative layout shift of the page so far."""
START = 120
"""Seconds: what the demo may take on 2 cores, here with other tests beside it."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A running demo; its `demo.json`."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "bookwidget.ops", "demo", "--sites-port", str(free_port())]
    environment = {**os.environ, "PORT": str(free_port()), "INSTANCE": str(folder)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        until, found = time.monotonic() + START, folder / "demo.json"
        while not found.is_file() and time.monotonic() < until and process.poll() is None:
            time.sleep(0.2)
        assert found.is_file(), (folder / "log").read_text()
        yield json.loads(found.read_text("utf-8"))
    finally:
        process.terminate()
        process.wait(30)
    assert not (folder / "demo.json").exists(), "it is removed at the end"


def page_with_widget(browser: Browser, site: str) -> None:
    """Opens the page of the business's own site that holds the widget, found as a visitor does: by its links."""
    browser.open(site)
    here = urlsplit(site).netloc
    links = {
        link for link in browser.js("return [...document.links].map(a => a.href)") if urlsplit(link).netloc == here
    }
    for link in [site, *sorted(links)]:
        browser.open(link.partition("#")[0])
        if browser.js("return !!document.querySelector('iframe, [data-bookwidget]')"):
            return
    raise AssertionError(f"no page of {site} holds a widget")


def test_every_customer_signs_in_on_the_businesss_own_site(
    demo: dict[str, Any], fresh_chromium: Callable[..., Browser]
) -> None:
    assert [tenant["slug"] for tenant in demo["tenants"]] == [business.slug for business in BUSINESSES]
    browser = fresh_chromium()
    browser.viewport(360, 800)
    for tenant in demo["tenants"]:
        page_with_widget(browser, tenant["site"])
        browser.frame("iframe")
        assert browser.there("input[name=email]")
        browser.top()
        assert browser.js(SHIFT) <= 0.05, f"{tenant['slug']}: the page jumps when the widget comes"
        browser.frame("iframe")
        for customer in tenant["customers"]:
            browser.fill("input[name=email]", customer["email"])
            browser.fill("input[name=password]", customer["password"])
            browser.click("main form button")
            assert browser.there(".bw-who"), customer["email"]
            assert tenant["name"] in browser.text(".bw-head")
            assert customer["has"] in browser.text("main"), customer
            browser.click(".bw-head summary")
            browser.click("form[action$='/-/sign-out'] button")
            assert browser.there("input[name=password]"), "logged out"


def test_every_owner_signs_in_to_the_console(demo: dict[str, Any], fresh_chromium: Callable[..., Browser]) -> None:
    browser = fresh_chromium()
    for tenant in demo["tenants"]:
        browser.open(demo["console"])
        browser.fill("input[name=email]", tenant["owner"]["email"])
        browser.fill("input[name=password]", tenant["owner"]["password"])
        browser.click("main form button")
        assert browser.there(".bw-who"), tenant["slug"]
        assert tenant["name"] in browser.text("body")
        browser.click(".bw-head summary")
        browser.click("form[action$='/logout'] button")
        browser.wait("the end of the log-in", lambda: not browser.there(".bw-who", 0))


def test_the_printed_addresses_answer(demo: dict[str, Any], fresh_chromium: Callable[..., Browser]) -> None:
    browser = fresh_chromium()
    for tenant in demo["tenants"]:
        browser.open(tenant["portal"])
        assert browser.there("input[name=password]")
        assert tenant["name"] in browser.text("main")
    browser.open(demo["mailbox"])
    assert browser.there("h1")
    browser.open(demo["service"] + "/login")
    assert browser.there("h1")
