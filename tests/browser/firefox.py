"""Firefox ESR through Marionette, without geckodriver."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own code warns when it is compiled first; ours must not warn
    from marionette_driver.marionette import Marionette

from tests.browser.drivers import Browser
from tests.ports import free_port

BINARY = Path("/usr/bin/firefox-esr")
START_SECONDS = 60
ARGUMENTS = (
    "--marionette",
    "--headless",
    "--no-remote",
    "--remote-allow-system-access",
    "--width=1280",
    "--height=985",
)
QUIET = {
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#x",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "browser.newtabpage.activity-stream.feeds.telemetry": False,
    "browser.startup.page": 0,
    "browser.region.update.enabled": False,
}
SCHEMES = {"dark": 0, "light": 1}
TOTAL_PARTITION = 5  # cookieBehavior: the default, third-party cookies are partitioned
ALL_THIRD_PARTY = 1  # cookieBehavior: no third-party cookie at all, the bearer layer

CONSOLE_SCRIPT = """
  const errors = Services.console.getMessageArray().filter(
    (entry) => entry instanceof Ci.nsIScriptError && !(entry.flags & Ci.nsIScriptError.warningFlag)
      && !(entry.flags & Ci.nsIScriptError.infoFlag) && /^https:/.test(entry.sourceName));
  Services.console.reset();
  return errors.map((entry) => `${entry.sourceName} ${entry.lineNumber} ${entry.errorMessage}`);
"""


class Firefox(Browser):
    name = "firefox"

    def __init__(self, *, script: bool = True, cookie_behavior: int = TOTAL_PARTITION) -> None:
        super().__init__()
        self.scripted = script
        self._profile = Path(tempfile.mkdtemp(prefix="bookwidget-firefox-"))
        port = free_port()
        preferences = QUIET | {"marionette.port": port, "network.cookie.cookieBehavior": cookie_behavior}
        if not script:
            preferences["javascript.enabled"] = False
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items())
        self._profile.joinpath("user.js").write_text("\n".join(lines))
        self._process = subprocess.Popen(
            [str(BINARY), *ARGUMENTS, "--profile", str(self._profile)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"HOME": str(self._profile), "MOZ_HEADLESS": "1"},
            start_new_session=True,
        )
        _wait_for(port)
        self.driver = Marionette(host="127.0.0.1", port=port)
        self.driver.start_session({"acceptInsecureCerts": True})

    def open(self, url: str) -> None:
        self.top()
        self.driver.navigate(url)

    def windows(self) -> list[str]:
        return list(self.driver.window_handles)

    def window(self, handle: str) -> None:
        self._inside = ""
        self.driver.switch_to_window(handle)

    def new_tab(self) -> None:
        self.window(self.driver.open(type="tab")["handle"])

    def close_window(self) -> None:
        self.driver.close()

    def screenshot(self, path: Path) -> None:
        path.write_bytes(self.driver.screenshot(format="binary", full=True))

    def viewport(self, width: int, height: int) -> None:
        """Firefox makes no window narrower than about 450 px; then this raises ValueError."""
        outer = self.driver.execute_script("return [outerWidth - innerWidth, outerHeight - innerHeight]")
        self.driver.set_window_rect(width=width + outer[0], height=height + outer[1])
        reached = self.driver.execute_script("return [innerWidth, innerHeight]")
        if reached != [width, height]:
            raise ValueError(f"Firefox gave {reached[0]} x {reached[1]} CSS pixels")

    def scheme(self, name: str) -> None:
        self.driver.set_prefs({"layout.css.prefers-color-scheme.content-override": SCHEMES[name]})
        time.sleep(0.3)  # the preference reaches the page's process a moment later

    def console_errors(self) -> list[str]:
        with self.driver.using_context("chrome"):
            return list(self.driver.execute_script(CONSOLE_SCRIPT))

    def quit(self) -> None:
        with suppress(Exception):  # a browser that has died already is quit as well
            self.driver.delete_session()
        if self.driver.client:
            self.driver.client.close()
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(15)
        shutil.rmtree(self._profile, ignore_errors=True)

    def _find(self, css: str) -> Any:
        return self.driver.find_element("css selector", css)

    def _enter_frame(self, element: Any) -> None:
        self.driver.switch_to_frame(element)

    def _leave_frame(self) -> None:
        self.driver.switch_to_frame()

    def _run(self, script: str, values: tuple[Any, ...]) -> Any:
        # No named sandbox: page globals and message sources are then the page's own, as in the other engine.
        return self.driver.execute_script(script, script_args=values, sandbox=None)


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as greeting:
                greeting.settimeout(START_SECONDS)
                greeting.recv(1)  # Marionette speaks first, once it is ready
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.25)
