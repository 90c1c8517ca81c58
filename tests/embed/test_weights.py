"""How heavy the scripts are, as the server sends them: comments and white space out, gzip -9."""

from tests.embed.service import ROOT, weight


def test_the_loader_fits_4096_bytes() -> None:
    assert weight(ROOT / "embed.js") <= 4096


def test_the_frame_script_fits_4096_bytes() -> None:
    assert weight(ROOT / "bookwidget/web/static/frame.js") <= 4096


def test_neither_script_needs_anything_but_itself() -> None:
    for name in ("embed.js", "bookwidget/web/static/frame.js"):
        text = (ROOT / name).read_text()
        assert "import " not in text.replace("importNode", "")
        assert "console." not in text
        assert 'postMessage(message, "*")' not in text
