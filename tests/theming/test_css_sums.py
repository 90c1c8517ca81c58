"""The browser and the server come to the same colours: tokens.css and tokens.py are one arithmetic."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bookwidget.theming.colour import Oklch, clipped, encoded, from_hex
from bookwidget.theming.tokens import PAIRS, derived
from bookwidget.theming.tokensheet import STATIC

ACCENTS = ["#1d5c86", "#a8492a", "#14c6a0", "#cfa968", "#409f00", "#ffff00", "#000000", "#ffffff", "#ff00ff"]
SURFACES = ["#ffffff", "#fdf8f2", "#171411", "#808080", "#00ff66"]
TOLERANCE = 2
"""Of 255: browsers compute in single precision."""

PAGE = """<!doctype html><meta charset="utf-8"><style>%(css)s</style><p id="probe"></p><pre id="found"></pre><script>
const root = document.documentElement, probe = document.getElementById("probe"), found = [];
const pen = Object.assign(document.createElement("canvas"), {width: 1, height: 1})
  .getContext("2d", {willReadFrequently: true});
for (const [accent, surface, scheme] of %(inputs)s) {
  root.dataset.scheme = scheme;
  root.style.setProperty("--bw-color-accent", accent);
  root.style.setProperty("--bw-color-surface", surface);
  found.push(%(names)s.map((name) => {
    probe.style.color = `var(--bw-color-${name})`;
    pen.fillStyle = getComputedStyle(probe).color;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  }));
}
document.getElementById("found").textContent = JSON.stringify(found);
</script>"""


@pytest.mark.browser
def test_the_browser_derives_what_the_server_derives(tmp_path: Path) -> None:
    names = sorted({name for pair in PAIRS for name in pair[:2]})
    inputs = [(accent, surface, scheme) for accent in ACCENTS for surface in SURFACES for scheme in ("light", "dark")]
    page = tmp_path / "sums.html"
    css = (STATIC / "tokens.css").read_text("utf-8")
    page.write_text(PAGE % {"css": css, "inputs": json.dumps(inputs), "names": json.dumps(names)}, "utf-8")
    for (accent, surface, scheme), row in zip(inputs, computed_by_browser(page, tmp_path), strict=True):
        expected = derived(from_hex(accent), from_hex(surface), scheme == "dark")
        for name, shown in zip(names, row, strict=True):
            wanted = eight_bits(expected[name])
            assert max(abs(a - b) for a, b in zip(shown, wanted, strict=True)) <= TOLERANCE, (
                f"{name} for {accent} on {surface}, {scheme}: browser {shown}, server {wanted}"
            )


def eight_bits(colour: Oklch) -> list[int]:
    return [round(encoded(part) * 255) for part in clipped(colour)]


def computed_by_browser(page: Path, profile: Path) -> list[list[list[int]]]:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium to ask")
    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", *quiet]
    command += [f"--user-data-dir={profile / 'profile'}", "--dump-dom", page.as_uri()]
    dumped = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    found = re.search(r'<pre id="found">(.+?)</pre>', dumped)
    assert found, dumped[-500:]
    rows: list[list[list[int]]] = json.loads(found[1])
    return rows
