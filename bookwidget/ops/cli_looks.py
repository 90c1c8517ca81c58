"""`bookwidget theme …` and `bookwidget widget …`: for people who make themes and widgets."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

from bookwidget import Parts, find_parts
from bookwidget.config import Config, ConfigError
from bookwidget.kernel.later import later
from bookwidget.ops.processes import check_port, stop_asked
from bookwidget.theming.findings import Finding
from bookwidget.theming.themes import Themes
from bookwidget.theming.themes import shipped_folder as shipped_themes
from bookwidget.web.discovery import WidgetError
from bookwidget.web.discovery import shipped_folder as shipped_widgets

if TYPE_CHECKING:
    from bookwidget.ops import checking, chromium, invented, live, shots, starting, wording
    from bookwidget.ops.demo_content import Business
else:  # the web service needs none of them
    checking, starting = later("bookwidget.ops.checking"), later("bookwidget.ops.starting")
    invented, live = later("bookwidget.ops.invented"), later("bookwidget.ops.live")
    wording = later("bookwidget.ops.wording")
    chromium, shots = later("bookwidget.ops.chromium"), later("bookwidget.ops.shots")

THEMES, WIDGETS = Path("themes"), Path("widgets")
"""Where one's own are made."""


def into(folder: Path) -> Callable[[Callable[..., None]], Callable[..., None]]:
    kind = click.Path(path_type=Path, file_okay=False)
    words = f"The folder to make it in [default: the first one that the service is told of, or {folder}]."
    return click.option("--into", type=kind, help=words)


@click.group("theme")
def theme_group() -> None:
    """Make and check themes."""


@click.group("widget")
def widget_group() -> None:
    """Make and check widgets."""


@theme_group.command("check")
@click.argument("name")
def theme_check(name: str) -> None:
    """Name all that is wrong with a theme, and end with status 1 if anything is.

    NAME is a theme that the service finds, or a theme's folder.
    """
    report(name, checking.check_theme, named(name, "theme.toml"))


@widget_group.command("check")
@click.argument("name")
def widget_check(name: str) -> None:
    """Name all that is wrong with a widget, and end with status 1 if anything is.

    NAME is a widget that the service finds, or a widget's folder.
    """
    report(name, checking.check_widget, named(name, "widget.toml"))


@theme_group.command("words")
@click.argument("name")
def theme_words(name: str) -> None:
    """Write what has no words yet into the theme's translations/, for you to fill in; words that are there stay.

    NAME is a theme that the service finds, or a theme's folder.
    """
    parts = find_parts(named(name, "theme.toml"))
    told(name, parts.themes.found[known_theme(parts.themes, Path(name).resolve().name)].folder, parts)


@widget_group.command("words")
@click.argument("name")
def widget_words(name: str) -> None:
    """Write what has no words yet into the widget's translations/, for you to fill in; words that are there stay.

    NAME is a widget that the service finds, or a widget's folder.
    """
    parts = find_parts(named(name, "widget.toml"))
    told(name, parts.widgets[known_widget(parts, name)].folder, parts)


@theme_group.command("new")
@click.argument("name")
@into(THEMES)
def theme_new(name: str, into: Path | None) -> None:
    """Make a theme to begin with: two files, ready to be changed."""
    config = Config.read()
    folder = into or (config.theme_folders or (THEMES,))[0]
    found = set(find_parts(config).themes.found)
    made(starting.new_theme(name, folder, found), folder, (*config.theme_folders, shipped_themes()))


@widget_group.command("new")
@click.argument("name")
@into(WIDGETS)
def widget_new(name: str, into: Path | None) -> None:
    """Make a widget to begin with: a page with a form, its style, words in three languages, and a test."""
    config = Config.read()
    folder = into or (config.widget_folders or (WIDGETS,))[0]
    found = set(find_parts(config).widgets)
    made(starting.new_widget(name, folder, found), folder, (*config.widget_folders, shipped_widgets()))


@widget_group.command("dev")
@click.argument("name")
def widget_dev(name: str) -> None:
    """Show a widget with invented data until Ctrl-C; what is saved is shown a second later.

    NAME is a widget that the service finds, or a widget's folder. PORT is the port (8000).
    """
    config = named(name, "widget.toml")
    slug = known_widget(find_parts(config), name)
    spoken = (invented.LEFT_TO_RIGHT, invented.IN_GERMAN, invented.RIGHT_TO_LEFT)
    show(config, {one: invented.of_demo(one) for one in spoken}, query=f"&widget={slug}")


@theme_group.command("workbench")
@click.argument("name")
@click.option("--beside", metavar="NAME", help="Another theme, to be shown beside it.")
def theme_workbench(name: str, beside: str | None) -> None:
    """Show every page of every widget in a theme until Ctrl-C, with colours to try; saved files are shown at once.

    NAME is a theme that the service finds, or a theme's folder. PORT is the port (8000).
    """
    config = named(name, "theme.toml")
    themes = find_parts(config).themes
    wanted, beside = known_theme(themes, Path(name).resolve().name), beside and known_theme(themes, beside)
    shown_in = {invented.LEFT_TO_RIGHT: invented.of_demo(invented.LEFT_TO_RIGHT, theme=wanted)}
    if beside:
        shown_in[f"in-{beside}"] = invented.of_demo(invented.LEFT_TO_RIGHT, theme=beside)
    shown_in[invented.RIGHT_TO_LEFT] = invented.of_demo(invented.RIGHT_TO_LEFT, theme=wanted)
    show(config, shown_in, query=f"&theme={wanted}")


@theme_group.command("shots")
@click.argument("name")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--widget", default="", help="One widget [default: all].")
@click.option("--width", "widths", type=click.IntRange(200, 4000), multiple=True, default=(320, 768), show_default=True)
@click.option(
    "--scheme", "schemes", type=click.Choice(("light", "dark")), multiple=True, default=("light", "dark"),
    show_default=True,
)  # fmt: skip
@click.option("--browser", default="", help="Program of a Chromium or Chrome [default: the one that is installed].")
def theme_shots(name: str, folder: Path, browser: str, **chosen: Any) -> None:
    """Take a picture of every state of every widget in a theme, in both directions of writing.

    NAME is a theme that the service finds, or a theme's folder. FOLDER/index.html shows them all.
    """
    config, program = named(name, "theme.toml"), chromium.find_chromium(browser)
    theme = known_theme(find_parts(config).themes, Path(name).resolve().name)
    looks = shots.Looks(theme, **chosen)
    click.echo("Inventing a few bookings …")
    count = 0
    with click.progressbar(shots.shoot(config, looks, folder, program), label="Pictures", show_pos=True) as taken:
        for _shot in taken:
            count += 1
    click.echo(f"{count} pictures: {shown((folder / shots.INDEX).resolve())}")


@theme_group.command("compare")
@click.argument("old", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("new", type=click.Path(path_type=Path, file_okay=False, exists=True))
def theme_compare(old: Path, new: Path) -> None:
    """Lay two folders of pictures side by side, what has changed first: before and after an upgrade, for instance.

    OLD and NEW were made by `theme shots`. NEW/changes.html shows the result.
    """
    changes = shots.compare(old, new)
    for one in changes:
        click.echo(f"{one.share:6.1%}  {one.path}{'' if one.is_old else ' (new)'}{'' if one.is_new else ' (gone)'}")
    click.echo(f"{len(changes)} changed: {shown((new / shots.REPORT).resolve())}")


def known_theme(themes: Themes, name: str) -> str:
    if name not in themes.found:
        raise ConfigError(str(themes.problem(name) or f"there is no theme {name!r}"))
    return name


def known_widget(parts: Parts, name: str) -> str:
    slug = Path(name).resolve().name
    if slug not in parts.widgets:
        raise ConfigError(f"there is no widget {slug!r}")
    return slug


def told(name: str, folder: Path, parts: Parts) -> None:
    for path, left in wording.write_words(Path(name).resolve().name, folder, parts):
        click.echo(f"{shown(path.resolve())}: {left} without words")


def show(config: Config, businesses: Mapping[str, "Business"], *, query: str) -> None:
    """Until it is stopped; nothing is left behind."""
    check_port(config.listen, config.port)
    stop = stop_asked()
    with TemporaryDirectory() as folder:
        click.echo("Inventing a few bookings …")
        ready = invented.invent(replace(config, instance=Path(folder)), businesses)
        shown = live.Live(ready, businesses)
        shown.look()
        shown.sign_in()
        asked = urlencode([*(("business", slug) for slug in businesses), *(("page", one) for one in shown.starts)])
        shown.first = f"/dev/workbench?{asked}{query}"
        click.echo(f"{config.public_url}/\nCtrl-C ends it.")
        live.run(shown, stop)


def made(paths: list[Path], folder: Path, known: tuple[Path, ...]) -> None:
    is_theme = paths[0].name == "theme.toml"
    for path in paths:
        click.echo(shown(path.resolve()))
    if folder.resolve() not in [path.resolve() for path in known]:
        kind = "THEME" if is_theme else "WIDGET"
        click.echo(f"The service finds it by BOOKWIDGET_{kind}_FOLDERS={folder.resolve()}")
    show_it = "theme workbench" if is_theme else "widget dev"
    click.echo(f"Look at it: bookwidget {show_it} {shown(paths[0].parent.resolve())}")


def named(name: str, manifest: str) -> Config:
    """The installation's settings; a folder that is named by its path is found in it, too."""
    config, folder = Config.read(), Path(name).resolve()
    is_theme = manifest == "theme.toml"
    known = config.theme_folders if is_theme else config.widget_folders
    found = [path.resolve() for path in (*known, shipped_themes() if is_theme else shipped_widgets())]
    if not (folder / manifest).is_file() or folder.parent in found:
        return config
    if is_theme:
        return replace(config, theme_folders=(*known, folder.parent))
    return replace(config, widget_folders=(*known, folder.parent))


def report(name: str, check: Callable[[str, Parts], list[Finding]], config: Config) -> None:
    name = Path(name).resolve().name
    try:
        findings = check(name, find_parts(config))
    except WidgetError as error:
        raise ConfigError(str(error)) from error
    except KeyError:
        raise ConfigError(f"there is no {check.__name__.removeprefix('check_')} {name!r}") from None
    for one in findings:
        click.echo(line_for(one))
    if findings:
        click.echo(f"{name}: {len(findings)} finding{'s' if len(findings) > 1 else ''}", err=True)
        sys.exit(1)
    click.echo(f"{name}: nothing wrong")


def line_for(finding: Finding) -> str:
    """As compilers write it, so that editors lead there."""
    where = f"{shown(finding.path)}:{finding.line}" if finding.line else shown(finding.path)
    return f"{where}: {finding.kind}: {finding.message}"


def shown(path: Path) -> str:
    """From where the person stands, if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
