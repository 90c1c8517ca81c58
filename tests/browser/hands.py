"""Ways of using a page: by pointer, with script or without, and by keyboard alone. A journey does not know which.

By keyboard, every stop on the way is looked at: focus must be seen, on top of whatever lies over the page, and on
something of at least 24 px.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import Chromium
from tests.browser.stage import LOADER, Stage

PLACE = "#place"
STOPS = 150
"""Presses of Tab after which something counts as not to be reached."""
STOP = """
const here = document.activeElement, wanted = document.querySelector(arguments[0]);
if (!here || here.tabIndex < 0 || here === document.body) return {};
const hidden = here.matches("input") && here.getBoundingClientRect().width < 4;
const shown = hidden || here.matches("[type=radio], [type=checkbox]") ? here.closest("label")
  || document.querySelector(`label[for="${CSS.escape(here.id)}"]`) || here : here;
const box = shown.getBoundingClientRect(), rings = [here, shown].map((one) => getComputedStyle(one));
const seen = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 12));
return {
  arrived: !!wanted && (here === wanted || shown === wanted), name: here.outerHTML.slice(0, 120),
  kin: !!wanted && here.type === "radio" && here.name === wanted.name && here.form === wanted.form,
  ring: rings.some((ring) => ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2),
  over: !seen || shown.contains(seen) || seen.contains(shown) || (seen.control || seen).name === here.name
    ? "" : seen.outerHTML.slice(0, 120),
  small: Math.min(box.width, box.height) < 23.5 && getComputedStyle(shown).display !== "inline",
};
"""


class Hands:
    """By pointer; `browser` has script or has not."""

    def __init__(self, browser: Chromium, stage: Stage) -> None:
        self.browser, self.stage = browser, stage

    def visit(self, widget: str) -> None:
        """A page of the business with the widget in it, as script allows: by the loader or as a bare iframe."""
        url = f"{{service}}/w/yoga/{widget}"
        plain = f'<iframe id="place" title="Widget" width="700" height="1800" src="{url}"></iframe>'
        loaded = f'<div id="place" data-bookwidget="yoga/{widget}"></div>{LOADER}'
        self.stage.pages.write("/hands", loaded if self.browser.scripted else plain)
        self.browser.open(self.stage.page("yoga", "/hands"))
        self.browser.frame(f"{PLACE} iframe" if self.browser.scripted else PLACE)

    def open(self, url: str) -> None:
        """A page of our own, in no frame."""
        self.browser.open(url)

    def press(self, css: str) -> None:
        self.browser.click(css)

    def type(self, css: str, text: str) -> None:
        self.browser.fill(css, text)

    def choose(self, css: str) -> None:
        """A radio button or a box to tick."""
        self.browser.click(f"label:has({css}), {css} + label")

    def pick_second(self, css: str) -> None:
        """The line after the first of a list to choose from."""
        self.browser.keys(css, Keys.ARROW_DOWN)

    def choose_file(self, css: str, path: Path) -> None:
        """The device's own window for choosing is no part of the page: the field is given the file."""
        self.browser.fill(css, str(path))

    def sees(self, words: str, css: str = "main") -> None:
        """Waits for words."""
        self.browser.wait(f"{words!r} in {css}", lambda: words in self.browser.text(css, 0.1))

    def gone(self, words: str, css: str = "main") -> None:
        """Waits until they are not there."""
        self.browser.wait(f"no {words!r} in {css}", lambda: words not in self.browser.text(css, 0.1))

    def there(self, css: str) -> None:
        assert self.browser.there(css), css


class KeyboardHands(Hands):
    """By keyboard alone."""

    def __init__(self, browser: Chromium, stage: Stage) -> None:
        super().__init__(browser, stage)
        self.stops: set[str] = set()

    def open(self, url: str) -> None:
        super().open(url)
        self.browser.to_front()

    def press(self, css: str) -> None:
        self._reach(css)
        self._keys(Keys.ENTER)

    def type(self, css: str, text: str) -> None:
        self._reach(css)
        self._keys(Keys.CONTROL, "a")
        self._keys(text)

    def pick_second(self, css: str) -> None:
        self._reach(css)
        self._keys(Keys.ARROW_DOWN)

    def choose_file(self, css: str, path: Path) -> None:
        self._reach(css)
        super().choose_file(css, path)

    def choose(self, css: str) -> None:
        stop = self._reach(css, lambda found: found["arrived"] or found["kin"])
        if stop["arrived"]:
            self._keys(Keys.SPACE)
        while not stop["arrived"]:
            self._keys(Keys.ARROW_DOWN)
            stop = self._stop(css)

    def _reach(self, css: str, arrived: Callable[[Any], bool] = lambda found: found["arrived"]) -> Any:
        assert self.browser.there(css), f"{css} is not there"
        for _press in range(STOPS):
            stop = self._stop(css)
            if stop and arrived(stop):
                return stop
            self._keys(Keys.TAB)
        raise AssertionError(f"{css} is not to be reached by Tab")

    def _stop(self, css: str) -> Any:
        stop = self.browser.js(STOP, css)
        if stop and stop["name"] not in self.stops:
            self.stops.add(stop["name"])
            assert stop["ring"], f"focus is not seen on {stop['name']}"
            assert not stop["over"], f"{stop['over']} lies over {stop['name']}"
            assert not stop["small"], f"less than 24 px: {stop['name']}"
        return stop

    def _keys(self, *keys: str) -> None:
        chain = ActionChains(self.browser.driver, duration=0)
        if len(keys) > 1:
            chain.key_down(keys[0]).send_keys(keys[1]).key_up(keys[0])
        else:
            chain.send_keys(keys[0])
        chain.perform()  # type: ignore[no-untyped-call]


WAYS: dict[str, tuple[type[Hands], bool]] = {
    "Pointer": (Hands, True),
    "Pointer, script off": (Hands, False),
    "Keyboard alone": (KeyboardHands, True),
}
"""By name: the hands, and whether script is on."""
