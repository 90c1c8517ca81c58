"""Chromium through chromedriver, as root in a container too."""

import base64
import shutil
import tempfile
from pathlib import Path
from typing import Any

from selenium import webdriver

from bookwidget.ops.chromium import UNSEEN
from tests.browser.webdriver import Driven

BINARY, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
ARGUMENTS = (*UNSEEN, "--disable-quic", "--window-size=1280,900")
BLOCK_THIRD_PARTY = {"profile.cookie_controls_mode": 1, "profile.block_third_party_cookies": True}
BLOCKED = 2  # Chromium's content setting


class Chromium(Driven):
    name = "chromium"

    def __init__(self, *, script: bool = True, storage: bool = True) -> None:
        """`storage=False`: every cookie and every storage refused, the visitor's strictest setting."""
        super().__init__()
        self.scripted = script
        self._profile = tempfile.mkdtemp(prefix="bookwidget-chromium-")
        options = webdriver.ChromeOptions()
        options.binary_location = str(BINARY)
        for argument in (*ARGUMENTS, f"--user-data-dir={self._profile}"):
            options.add_argument(argument)
        options.accept_insecure_certs = True
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        preferences: dict[str, Any] = dict(BLOCK_THIRD_PARTY)
        if not storage:
            preferences["profile.default_content_setting_values.cookies"] = BLOCKED
        if not script:
            preferences["profile.default_content_setting_values.javascript"] = BLOCKED
        options.add_experimental_option("prefs", preferences)
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))

    def screenshot(self, path: Path) -> None:
        shot = self._devtools("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def viewport(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._devtools("Emulation.setDeviceMetricsOverride", **size)

    def scheme(self, name: str) -> None:
        self.prefer(prefers_color_scheme=name)

    def prefer(self, **media: str) -> None:
        """What the system prefers, by media feature with `_` for `-`; what is not named is as it comes."""
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        self._devtools("Emulation.setEmulatedMedia", features=features)

    def to_front(self) -> None:
        """Gives the page the focus: after a frame that had it, without windows nobody has it."""
        self._devtools("Page.bringToFront")

    def told(self) -> list[str]:
        """What assistive technology is told of the page, in order: role and name of whatever has a name."""
        nodes = self._devtools("Accessibility.getFullAXTree")["nodes"]
        by_id, lines, left = {node["nodeId"]: node for node in nodes}, [], [nodes[0]["nodeId"]]
        while left:
            node = by_id[left.pop()]
            left.extend(reversed([id for id in node.get("childIds", ()) if id in by_id]))
            role, name = node.get("role", {}).get("value", ""), node.get("name", {}).get("value", "").strip()
            if name and not node["ignored"] and role != "InlineTextBox":
                lines.append(f"{role}: {name}")
        return lines

    def console_errors(self) -> list[str]:
        entries = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]

    def quit(self) -> None:
        self.driver.quit()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _devtools(self, command: str, **values: Any) -> Any:
        return self.driver.execute_cdp_cmd(command, values)
