"""The product's own plugin: what it brings is found the way that other plugins' is."""

from collections.abc import Sequence
from pathlib import Path

from bookwidget.hookspecs import hookimpl
from bookwidget.theming.themes import shipped_folder as shipped_themes
from bookwidget.web.discovery import shipped_folder as shipped_widgets


class Shipped:
    @hookimpl
    def widget_folders(self) -> Sequence[Path]:
        return [shipped_widgets()]

    @hookimpl
    def theme_folders(self) -> Sequence[Path]:
        return [shipped_themes()]
