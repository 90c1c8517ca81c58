"""The plugin and the snippets in a real WordPress: three roles, a theme of PHP templates and one of blocks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bookwidget.accounts import passwords
from bookwidget.console.snippets import SnippetWords, make_snippets
from bookwidget.console.wordpress_plugin import plugin_archive, plugin_settings
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.models import Site
from tests.browser import wordpress as installed
from tests.browser.chromium import Chromium
from tests.browser.fixtures import need
from tests.browser.stage import Stage, raise_stage
from tests.browser.wordpress import BLOCKS, CLASSIC, WordPress
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = SnippetWords(
    "Bookings · Yoga", "Open your bookings", "Could not be loaded.", "Try again", "Open", "Book", "Close"
)
FRAME = "iframe[title]"
WHOLE = "document.documentElement.scrollHeight <= innerHeight + 1 && document.body.offsetHeight > 200"
CHOOSE = """
  const list = document.querySelector(".wp-block-bookwidget-widget select");
  list.value = arguments[0];
  list.dispatchEvent(new Event("change", { bubbles: true }));
"""
SIDEWAYS = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Shop(NamedTuple):
    stage: Stage
    site: WordPress


@pytest.fixture
def shop(tmp_path: Path, cheap_hashes: None) -> Iterator[Shop]:
    need(installed.SOURCE, installed.PHP, installed.DATABASE)
    stage = raise_stage(tmp_path, passwords.hasher.hash(PASSWORD))
    site = WordPress(tmp_path / "wordpress")
    stage.yoga.add(Site(id=uuid7(), origin=site.address, created_at=stage.yoga.now))
    widgets = [(widget, WORDS) for widget in stage.services.widgets.values()]
    site.install_plugin(plugin_archive(plugin_settings(stage.service_origin, "yoga", widgets)))
    yield Shop(stage, site)
    site.stop()
    stage.stop()


def written(stage: Stage) -> dict[str, str]:
    """What each way of placing a widget looks like in a post."""
    return {
        "shortcode": '<!-- wp:paragraph --><p>[bookwidget widget="bookings"]</p><!-- /wp:paragraph -->',
        "block": '<!-- wp:bookwidget/widget {"widget":"bookings"} /-->',
        "address": f"\n{stage.service_origin}/w/yoga/bookings\n",
    }


def is_whole(browser: Chromium, address: str) -> None:
    """The widget is there, as high as it has to be, and the page is as wide as the window."""
    for width in (1200, 500):
        browser.viewport(width, 900)
        browser.open(address)
        browser.frame(FRAME)
        assert browser.there("input[name=password], .bw-who"), address
        assert browser.see(WHOLE), f"{address} at {width} px"
        browser.top()
        assert browser.js(SIDEWAYS) == 0, f"{address} at {width} px"


@pytest.mark.parametrize("theme", [CLASSIC, BLOCKS])
def test_every_role_places_a_widget_with_the_plugin(
    shop: Shop, theme: str, fresh_chromium: Callable[..., Chromium]
) -> None:
    shop.site.use_theme(theme)
    browser = fresh_chromium()
    for role in ("admin", "editor", "author"):
        for content in written(shop.stage).values():
            is_whole(browser, shop.site.write(role, content))
    browser.frame(FRAME)
    browser.fill("input[name=email]", "ada@example.com")
    browser.fill("input[name=password]", PASSWORD)
    browser.click("form[action*='/login/'] button")
    assert browser.there(".bw-who"), "one logs in inside the page"
    assert not shop.site.troubles()


def test_an_author_chooses_the_widget_in_the_editor(shop: Shop, fresh_chromium: Callable[..., Chromium]) -> None:
    browser = fresh_chromium()
    browser.open(f"{shop.site.address}/wp-login.php?redirect_to=/wp-admin/post-new.php")
    browser.fill("#user_login", "author")
    browser.fill("#user_pass", installed.PASSWORD)
    browser.click("#wp-submit")
    browser.see("window.wp?.blocks?.getBlockType('bookwidget/widget')", 30)
    browser.js("wp.data.dispatch('core/block-editor').insertBlock(wp.blocks.createBlock('bookwidget/widget'))")
    browser.see("document.querySelector('.wp-block-bookwidget-widget select')", 30)
    browser.js(CHOOSE, "book")
    written = "wp.data.select('core/editor').getEditedPostContent()"
    assert (
        browser.see(f"{written}.includes('widget') && {written}") == '<!-- wp:bookwidget/widget {"widget":"book"} /-->'
    )


def test_snippets_without_the_plugin_are_for_editors_and_administrators(
    shop: Shop, fresh_chromium: Callable[..., Chromium]
) -> None:
    snippets = make_snippets(shop.stage.service_origin, "yoga", "bookings", 480, WORDS)
    browser = fresh_chromium()
    for snippet in (snippets.loader, snippets.plain):
        block = f"<!-- wp:html -->{snippet}<!-- /wp:html -->"
        for role in ("admin", "editor"):
            browser.open(shop.site.write(role, block))
            browser.frame(FRAME)
            assert browser.there("input[name=password]"), (role, snippet)
        browser.open(shop.site.write("author", block))
        assert not browser.there(FRAME, 2), "WordPress takes frames and scripts of authors away"


def test_visitors_read_nothing_of_a_widget_that_there_is_not_and_without_script_there_is_a_link(
    shop: Shop, fresh_chromium: Callable[..., Chromium]
) -> None:
    wrong = shop.site.write("author", 'Before [bookwidget widget="<b>no"] after')
    right = shop.site.write("author", written(shop.stage)["shortcode"])
    browser = fresh_chromium(script=False)
    browser.open(wrong)
    assert "bookwidget" not in browser.text("main")
    browser.open(right)
    assert browser.attribute("a[data-bookwidget]", "href") == f"{shop.stage.service_origin}/p/yoga/"
    assert browser.text("a[data-bookwidget]") == WORDS.link
