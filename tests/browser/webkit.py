"""WebKitGTK's MiniBrowser with tracking prevention, the nearest to Safari that runs here. It is not Safari."""

import os
import shutil
import subprocess
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path

from selenium import webdriver

from tests.browser.drivers import PATIENCE
from tests.browser.webdriver import Driven

DRIVER, DISPLAY = Path("/usr/bin/WebKitWebDriver"), Path("/usr/bin/Xvfb")
FOLDERS = ("x86_64-linux-gnu", "aarch64-linux-gnu")
BROWSERS = [Path(f"/usr/lib/{folder}/webkit2gtk-4.1/MiniBrowser") for folder in FOLDERS]
BINARY = next((path for path in BROWSERS if path.exists()), BROWSERS[0])
ARGUMENTS = ("--automation", "--enable-itp=true")  # without the second, cookies follow another policy
WHERE = """
  arguments[0].scrollIntoView({block: "center", behavior: "instant"});
  const {x, y} = arguments[0].getBoundingClientRect();
  return [x, y, innerHeight];
"""
SOFTWARE = {
    "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
    "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "NO_AT_BRIDGE": "1",
    "XDG_DATA_HOME": "",
    "XDG_CACHE_HOME": "",
}


class Display:
    """A screen in memory, on the first free number: MiniBrowser has no headless mode."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            [str(DISPLAY), "-displayfd", str(writing), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
            pass_fds=(writing,),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as answer:
            self.name = ":" + answer.readline().strip()  # comes once the display is ready

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(15)


class WebKit(Driven):
    name = "webkit"
    new_place = "window"  # a tab stays behind the first one, where pages are not drawn

    def __init__(self, display: Display) -> None:
        super().__init__()
        self._home = Path(tempfile.mkdtemp(prefix="bookwidget-webkit-"))
        runtime = self._home / "runtime"
        runtime.mkdir(mode=0o700)
        own = {"DISPLAY": display.name, "HOME": str(self._home), "XDG_RUNTIME_DIR": str(runtime)}
        options = webdriver.WebKitGTKOptions()
        options.binary_location = str(BINARY)
        for argument in ARGUMENTS:
            options.add_argument(argument)
        options.set_capability("acceptInsecureCerts", True)
        options.set_capability("browserName", "MiniBrowser")
        service = webdriver.WebKitGTKService(str(DRIVER), env={**os.environ, **SOFTWARE, **own})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # selenium's own class uses what selenium deprecates
            self.driver = webdriver.WebKitGTK(options=options, service=service)

    def click(self, css: str, timeout: float = PATIENCE) -> None:
        """Once the element stands still: the driver clicks where it was, without looking what is there by then."""
        until, last = time.monotonic() + timeout, None
        while time.monotonic() < until:
            with suppress(Exception):  # not there yet, or between two documents
                where = self._run(WHERE, (self._find(css),))
                if where == last:
                    break
                last = where
            time.sleep(0.1)
        super().click(css, timeout)

    def fill(self, css: str, value: str, timeout: float = PATIENCE) -> None:
        """After a click: a field in a frame takes no keys from the driver before it had the focus once."""
        if self.attribute(css, "type", timeout) != "file":
            self.click(css, timeout)
        super().fill(css, value, timeout)

    def viewport(self, width: int, height: int) -> None:
        """Without a window manager there is no frame around the page, but a bar above it."""
        bars = self.js("return [outerWidth - innerWidth, outerHeight - innerHeight]")
        self.driver.set_window_size(width + bars[0], height + bars[1])

    def scheme(self, name: str) -> None:
        raise NotImplementedError("MiniBrowser follows the system and has no switch")

    def console_errors(self) -> list[str]:
        """Always none: the driver does not tell."""
        return []

    def quit(self) -> None:
        with suppress(Exception):  # a browser that has died already is quit as well
            self.driver.quit()
        shutil.rmtree(self._home, ignore_errors=True)
