"""Our plugin for WordPress as a file to be uploaded there: the same for every business but for `settings.json`."""

import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from bookwidget.console.snippets import SnippetWords
from bookwidget.web.discovery import Manifest

FOLDER = Path(__file__).parent / "wordpress"


def plugin_settings(base: str, tenant: str, widgets: Iterable[tuple[Manifest, SnippetWords]]) -> dict[str, Any]:
    """What `bookwidget.php` reads. The first widget stands wherever none is named; heights in CSS pixels."""
    named = list(widgets)
    words = named[0][1]
    return {
        "origin": base,
        "tenant": tenant,
        "first": named[0][0].slug,
        "widgets": {widget.slug: {"title": said.title, "height": widget.height} for widget, said in named},
        "link": words.link,
        "error": words.error,
        "retry": words.retry,
        "open": words.open,
    }


def plugin_archive(settings: dict[str, Any]) -> bytes:
    """A ZIP of one folder, as WordPress wants it."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for path in sorted(FOLDER.iterdir()):
            archive.write(path, f"bookwidget/{path.name}")
        archive.writestr("bookwidget/settings.json", json.dumps(settings, ensure_ascii=False, indent=2))
    return made.getvalue()
