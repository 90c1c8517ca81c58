"""One facade over Chromium (chromedriver), Firefox (Marionette) and WebKitGTK (its own driver), for journeys in
frames of another site.

Work on elements (`click`, `fill`, `text`, `there`) goes through the driver and works with script off too;
`js` and `see` need script. Everything waits for what it needs; a frame that was replaced meanwhile is entered
again.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 8.0  # seconds


class Unseen(AssertionError):
    """What a test waited for did not come; the message names it and the last error on the way."""


class Browser(ABC):
    """A browser window with an empty profile that blocks third-party cookies."""

    name: str
    scripted = True

    def __init__(self) -> None:
        self._inside = ""

    # -- where we are
    @abstractmethod
    def open(self, url: str) -> None:
        """Loads a page in the top window and waits for its load event."""

    def frame(self, css: str, timeout: float = PATIENCE) -> None:
        """Enters the frame of the top page that `css` names; later calls work inside it until `top()`."""

        def enter() -> bool:
            self._leave_frame()
            self._enter_frame(self._find(css))
            return True

        self._inside = ""
        self._wait(f"frame {css}", enter, timeout)
        self._inside = css

    def top(self) -> None:
        self._inside = ""
        self._leave_frame()

    def back(self) -> None:
        """The browser's Back, in the joint history of page and frames. Needs script."""
        self.js("history.back()")

    @abstractmethod
    def windows(self) -> list[str]: ...

    @abstractmethod
    def window(self, handle: str) -> None: ...

    @abstractmethod
    def new_tab(self) -> None:
        """Opens an empty tab and goes there."""

    @abstractmethod
    def close_window(self) -> None: ...

    # -- what is there
    def there(self, css: str, timeout: float = PATIENCE) -> bool:
        """Whether an element comes within `timeout`."""
        try:
            self._wait(css, lambda: bool(self._find(css)), timeout)
        except Unseen:
            return False
        return True

    def text(self, css: str, timeout: float = PATIENCE) -> str:
        """Visible text of the first match."""
        return str(self._wait(f"text of {css}", lambda: self._find(css).text.strip() or None, timeout))

    def attribute(self, css: str, name: str, timeout: float = PATIENCE) -> str:
        return str(self._wait(f"{name} of {css}", lambda: self._find(css).get_attribute(name) or None, timeout))

    def js(self, script: str, *values: Any) -> Any:
        """Runs a function body; its `return` comes back."""
        return self._run(script, values)

    def see(self, expression: str, timeout: float = PATIENCE) -> Any:
        """Waits until a JavaScript expression is true; its value."""
        return self._wait(expression, lambda: self._run("return " + expression, ()), timeout)

    # -- what a visitor does
    def click(self, css: str, timeout: float = PATIENCE) -> None:
        def press() -> bool:
            element = self._find(css)
            if self.scripted:
                self._run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", (element,))
            element.click()
            return True

        self._wait(f"click on {css}", press, timeout)

    def fill(self, css: str, value: str, timeout: float = PATIENCE) -> None:
        """Types into a field after emptying it; for a file field `value` is a path."""

        def write() -> bool:
            element = self._find(css)
            if element.get_attribute("type") != "file":
                element.clear()
            element.send_keys(value)
            return True

        self._wait(f"field {css}", write, timeout)

    def keys(self, css: str, text: str, timeout: float = PATIENCE) -> None:
        """Presses keys on an element, such as those that move through a list."""
        self._wait(f"keys on {css}", lambda: self._find(css).send_keys(text) or True, timeout)

    def wait(self, what: str, attempt: Callable[[], T | None], timeout: float = PATIENCE) -> T:
        """Until `attempt` gives something; an error on the way is no answer yet."""
        return self._wait(what, attempt, timeout)

    # -- how it looks
    @abstractmethod
    def screenshot(self, path: Path) -> None:
        """PNG of the whole page."""

    @abstractmethod
    def viewport(self, width: int, height: int) -> None:
        """Inner size of the window in CSS pixels."""

    @abstractmethod
    def scheme(self, name: str) -> None:
        """What the system prefers: "light" or "dark"."""

    # -- afterwards
    @abstractmethod
    def console_errors(self) -> list[str]:
        """Errors on the console since the last call, of the page and of its frames."""

    @abstractmethod
    def quit(self) -> None: ...

    # -- per engine
    @abstractmethod
    def _find(self, css: str) -> Any: ...

    @abstractmethod
    def _enter_frame(self, element: Any) -> None: ...

    @abstractmethod
    def _leave_frame(self) -> None: ...

    @abstractmethod
    def _run(self, script: str, values: tuple[Any, ...]) -> Any: ...

    def _wait(self, what: str, attempt: Callable[[], T | None], timeout: float) -> T:
        until, last = time.monotonic() + timeout, ""
        while True:
            try:
                if found := attempt():
                    return found
                last = f"last value: {found!r}"
            except Exception as error:  # drivers differ in what they raise for a frame that has just gone
                last = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
                self._again_inside()
            if time.monotonic() > until:
                raise Unseen(f"{self.name}: {what} not seen in {timeout:g} s ({last})")
            time.sleep(0.05)

    def _again_inside(self) -> None:
        if not self._inside:
            return
        try:
            self._leave_frame()
            self._enter_frame(self._find(self._inside))
        except Exception:
            return  # the next attempt tries again, and the caller's wait ends it
