"""Browsers in words."""

import pytest

from bookwidget.accounts.devices import BROWSERS, SYSTEMS, device_in_words
from bookwidget.theming.i18n import translate

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Chrome/140 Safari/537.36 Edg/140", "Edge on Mac"),
        (f"Mozilla/5.0 (Linux; Android 14; K) {WEBKIT} Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        (f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} SamsungBrowser/28.0 Chrome/130 Mobile Safari/537.36",
         "Samsung Internet on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
         "Safari on iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Safari/604.1",
         "Chrome on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", "Safari on Linux"),
        ("Werkzeug/3.1.9", "Unknown browser"),
        ("", "Unknown browser"),
        ("Something for Windows", "Browser: Windows"),
    ],
)  # fmt: skip
def test_known_browsers(text: str, words: str) -> None:
    said = translate(device_in_words(text)).replace("\u2068", "").replace("\u2069", "")
    assert said == words


def test_nothing_of_the_text_itself_is_said() -> None:
    for nasty in ("<script>alert(1)</script> Firefox/1 Windows", "Firefox/%(system)s Linux", "\u202eFirefox/ \x00iPad"):
        said = device_in_words(nasty)
        assert set(said.values.values()) <= {*BROWSERS.values(), *SYSTEMS.values()}
