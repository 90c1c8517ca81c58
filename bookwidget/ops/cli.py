"""The `bookwidget` command. Whatever goes wrong is one line on standard error and status 1; a mistyped command is 2."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo

import click
from babel import Locale, UnknownLocaleError
from babel.numbers import UnknownCurrencyError, validate_currency

from bookwidget.config import Config, ConfigError
from bookwidget.events.dead import dead_letters, revive
from bookwidget.events.worker import stopped_by_signals
from bookwidget.kernel.clock import utc_now
from bookwidget.kernel.errors import DomainError, Missing, Refused
from bookwidget.kernel.later import later
from bookwidget.logs import configure_logging
from bookwidget.ops.cli_looks import theme_group, widget_group
from bookwidget.ops.errors import ChildDied, DemoError, PortTaken
from bookwidget.ops.explaining import Explained, explain_booking
from bookwidget.ops.processes import serve, serve_app, stop_asked
from bookwidget.tenancy.database import Database, DatabaseError
from bookwidget.tenancy.hosts import add_host, list_hosts, remove_host
from bookwidget.tenancy.plans import EVERYTHING, PLANS
from bookwidget.tenancy.platform import create_tenant, find_tenant, list_tenants, set_plan
from bookwidget.theming.themes import find_themes, shipped_folder
from bookwidget.version import __version__

if TYPE_CHECKING:
    from rich import console as consoles
    from rich import table as tables

    from bookwidget import migrations
    from bookwidget.notices import bouncing
    from bookwidget.ops import demo, demo_sites, working
else:  # the web service, which shall start soon, needs none of them
    consoles, tables = later("rich.console"), later("rich.table")
    migrations, working = later("bookwidget.migrations"), later("bookwidget.ops.working")
    bouncing = later("bookwidget.notices.bouncing")
    demo, demo_sites = later("bookwidget.ops.demo"), later("bookwidget.ops.demo_sites")

EXPECTED = (ConfigError, PortTaken, DemoError, ChildDied, DomainError)
"""Errors whose message is meant for the person at the command line."""

WIDE = 140
MOST_BYTES = 5 * 2**20
"""Of a mail that comes back."""
THEMES = tuple(find_themes([shipped_folder()]).found)
DEMO_INSTANCE = Path("instance/demo")

with_input = click.option("--with-input", is_flag=True, hidden=True, help="Stop when standard input ends.")
as_json = click.option("--json", "wants_json", is_flag=True, help="Print JSON, for scripts.")


def main() -> None:
    """The entry point."""
    configure_logging()
    try:
        cli()
    except Missing:
        fail("there is no such booking")
    except Refused as refused:
        fail(f"{refused.field}: {refused.reason}")
    except EXPECTED as error:
        fail(str(error))
    except DatabaseError as error:
        fail(f"the database: {str(getattr(error, 'orig', None) or error).strip().splitlines()[0]}")


def terminal() -> "consoles.Console":
    """Where there is none (a pipe, a file), lines may be long: nothing is cut."""
    return consoles.Console() if sys.stdout.isatty() else consoles.Console(width=WIDE)


def fail(message: str) -> NoReturn:
    click.echo(f"bookwidget: {message}", err=True)
    sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="bookwidget")
def cli() -> None:
    """Customer portal widgets for booking businesses.

    Settings come from the environment (BOOKWIDGET_…, and DATABASE_URL, INSTANCE, PORT), then from config.toml in
    the instance folder.
    """


cli.add_command(theme_group)
cli.add_command(widget_group)


@cli.command("serve")
@click.option("--listen", help="Address to listen on [default: 127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on [default: 8000].")
@click.option("--threads", type=click.IntRange(1, 256), help="Requests handled at once [default: 8].")
@with_input
def serve_command(with_input: bool, **given: Any) -> None:
    """Run the web service.

    One process with threads, behind a proxy that speaks HTTPS, is the supported shape. SIGTERM and Ctrl-C let
    requests under way finish. Run `bookwidget worker` beside it.
    """
    serve(Config.load(**{name: value for name, value in given.items() if value is not None}), with_input=with_input)


@cli.command("worker")
@with_input
def worker_command(with_input: bool) -> None:
    """Run the worker, which sends mails and does other work in the background.

    Any number may run. SIGTERM and Ctrl-C let the job in hand finish.
    """
    working.work(Config.load(), with_input=with_input)


@cli.command("migrate")
@as_json
def migrate_command(wants_json: bool) -> None:
    """Bring the database to the tables that this version expects. Does nothing where it is there already."""
    url = Config.load().database_url
    before = (
        None
        if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists()
        else migrations.current(url)
    )
    migrations.migrate(url)
    after = migrations.current(url)
    if wants_json:
        click.echo(json.dumps({"before": before, "after": after}))
    else:
        click.echo(
            f"The database is at {after}." if before == after else f"Migrated from {before or 'nothing'} to {after}."
        )


@cli.group("tenant")
def tenant_group() -> None:
    """Create and list businesses."""


def known(context: click.Context, option: click.Parameter, value: str) -> str:
    """The value of --locale, --timezone or --currency, if there is such a thing."""
    readers: dict[str | None, Callable[[str], object]] = {
        "locale": Locale.parse, "timezone": ZoneInfo, "currency": validate_currency,
    }  # fmt: skip
    try:
        readers[option.name](value)
    except (ValueError, KeyError, OSError, UnknownLocaleError, UnknownCurrencyError):
        raise click.BadParameter(f"{value!r} is not known") from None
    return value


@tenant_group.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="Name of the business.")
@click.option("--email", required=True, help="Where its customers' answers go.")
@click.option("--locale", callback=known, default="en_GB", show_default=True, help="Language and formats.")
@click.option(
    "--timezone", callback=known, default="Europe/London", show_default=True, help="IANA name of its time zone."
)
@click.option("--currency", callback=known, default="GBP", show_default=True, help="ISO 4217 code.")
@click.option("--phone", default="", help="In international form, e.g. +441632960144.")
@click.option("--theme", type=click.Choice(THEMES), default="quiet", show_default=True)
@as_json
def tenant_create(wants_json: bool, **values: str) -> None:
    """Create a business. SLUG stands in its addresses: lower-case letters, digits and single hyphens."""
    database = open_database()
    try:
        tenant = create_tenant(database, now=utc_now(), **values)
    finally:
        database.dispose()
    click.echo(json.dumps({"id": tenant.hex, "slug": values["slug"]}) if wants_json else f"Created {values['slug']}.")


@tenant_group.command("list")
@as_json
def tenant_list(wants_json: bool) -> None:
    """List all businesses."""
    database = open_database()
    try:
        tenants = list_tenants(database)
    finally:
        database.dispose()
    if wants_json:
        rows = [{"id": one.id.hex, "slug": one.slug, "name": one.name, "active": one.is_active,
                 "plan": one.plan or EVERYTHING, "created_at": one.created_at.isoformat()}
                for one in tenants]  # fmt: skip
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = tables.Table("Slug", "Name", "Active", "Plan", "Created")
    for one in tenants:
        active = "yes" if one.is_active else "no"
        table.add_row(one.slug, one.name, active, one.plan or EVERYTHING, f"{one.created_at:%Y-%m-%d}")
    terminal().print(table if tenants else "There is no business yet: bookwidget tenant create --help")


@tenant_group.command("plan")
@click.argument("slug")
@click.argument("plan", type=click.Choice([*PLANS]))
def tenant_plan(slug: str, plan: str) -> None:
    """Entitle the business SLUG to the features of a PLAN. What it chose beyond that stays for later."""
    database = open_database()
    try:
        set_plan(database, known_tenant(database, slug), plan)
    finally:
        database.dispose()
    click.echo(f"{slug} has the plan {plan}.")


@tenant_group.group("host")
def host_group() -> None:
    """Host names of a business's own, such as book.shop.example, which point here in the DNS."""


@host_group.command("add")
@click.argument("slug")
@click.argument("name")
def host_add(slug: str, name: str) -> None:
    """Show the business SLUG, and only it, at the host NAME. The proxy in front needs a certificate for it."""
    config, database = Config.load(), open_database()
    try:
        tenant = known_tenant(database, slug)
        name = add_host(database, tenant, name, public_url=config.public_url, now=utc_now())
    finally:
        database.dispose()
    click.echo(f"{name} leads to {slug}. A running service knows it after a minute.")


@host_group.command("remove")
@click.argument("slug")
@click.argument("name")
def host_remove(slug: str, name: str) -> None:
    """Let the host NAME lead nowhere in particular again."""
    database = open_database()
    try:
        remove_host(database, known_tenant(database, slug), name)
    except Missing:
        raise ConfigError(f"{name!r} is no host of {slug}") from None
    finally:
        database.dispose()
    click.echo(f"{name} no longer leads to {slug}. A running service forgets it after a minute.")


@host_group.command("list")
@click.argument("slug")
@as_json
def host_list(slug: str, wants_json: bool) -> None:
    """List the host names of the business SLUG."""
    database = open_database()
    try:
        hosts = list_hosts(database, known_tenant(database, slug))
    finally:
        database.dispose()
    if wants_json:
        rows = [{"name": one.name, "created_at": one.created_at.isoformat()} for one in hosts]
        click.echo(json.dumps(rows, indent=2))
    else:
        click.echo("\n".join(one.name for one in hosts) or f"{slug} has no host name of its own.")


@cli.command("bounce")
def bounce_command() -> None:
    """Take a mail that came back (RFC 3464) from standard input, and mark the customer's address.

    Let the mail server pipe what arrives at the sender's address in here.
    """
    found = bouncing.read_bounce(sys.stdin.buffer.read(MOST_BYTES))
    if found is None:
        fail("this is no notice of a mail of ours that failed for good")
    database = open_database()
    try:
        is_marked = bouncing.note_bounce(database, found, utc_now())
    finally:
        database.dispose()
    click.echo("The address is marked." if is_marked else "Nothing to mark.")


@cli.group("jobs")
def jobs_group() -> None:
    """Look after the work in the background."""


@jobs_group.command("dead")
@click.option("--retry", "job_id", type=click.UUID, metavar="ID", help="Try this one again.")
@click.option("--all", "wants_all", is_flag=True, help="Try all of them again.")
@as_json
def jobs_dead(job_id: UUID | None, wants_all: bool, wants_json: bool) -> None:
    """List the work that was given up, or let the worker try it again."""
    database = open_database()
    try:
        if job_id or wants_all:
            number = revive(database, utc_now(), job_id)
            if job_id and not number:
                raise ConfigError(f"there is no dead letter {job_id}")
            click.echo(json.dumps({"revived": number}) if wants_json else f"{number} to be tried again.")
            return
        letters = dead_letters(database)
    finally:
        database.dispose()
    if wants_json:
        rows = [{**asdict(one), "id": str(one.id), "ended_at": one.ended_at and one.ended_at.isoformat()}
                for one in letters]  # fmt: skip
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = tables.Table("ID", "Business", "Work", "Tried", "Given up", "Because")
    for one in letters:
        table.add_row(str(one.id), one.tenant, one.kind, str(one.attempts),
                      f"{one.ended_at:%Y-%m-%d %H:%M}" if one.ended_at else "", one.error)  # fmt: skip
    terminal().print(table if letters else "Nothing was given up.")


@cli.group("policy")
def policy_group() -> None:
    """Ask the policy engine."""


@policy_group.command("explain")
@click.option("--booking", "code", required=True, metavar="CODE", help="The booking's code.")
@click.option("--as", "who", type=click.Choice(["customer", "staff"]), default="customer", show_default=True)
@click.option("--at", "moment", metavar="TIME", help="ISO 8601; without offset, of the business's zone [default: now].")
@click.option("--tenant", "slug", required=True, metavar="SLUG", help="The business.")
@as_json
def policy_explain(code: str, who: str, moment: str | None, slug: str, wants_json: bool) -> None:
    """Say what may be done with a booking at some time, by which rule, and until when."""
    database = open_database()
    try:
        tenant_id = known_tenant(database, slug)
        explained = explain_booking(
            database, tenant_id, code.upper(), as_staff=who == "staff", moment=parse_moment(moment)
        )
    finally:
        database.dispose()
    if wants_json:
        click.echo(json.dumps(explained.to_json(), indent=2, ensure_ascii=False))
    else:
        terminal().print(table_of(explained))


def table_of(explained: Explained) -> "tables.Table":
    zone = explained.zone
    table = tables.Table("May they …", "Answer", "Rule", "Until", "Because")
    table.title = f"{explained.code} at {explained.at.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"
    for one in explained.answers:
        until = f"{one.until.astimezone(zone):%Y-%m-%d %H:%M}" if one.until else ""
        table.add_row(one.permission, "yes" if one.allowed else "no", one.rule, until, one.reason)
    return table


def parse_moment(text: str | None) -> datetime | None:
    """Aware or naive, as it was typed."""
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a time such as 2026-11-24T18:30", param_hint="--at") from None


def known_tenant(database: Database, slug: str) -> UUID:
    tenant = find_tenant(database, slug)
    if tenant is None:
        raise ConfigError(f"there is no business {slug!r}; `bookwidget tenant list` lists them")
    return tenant


def open_database() -> Database:
    """The installation's, which must have its tables."""
    url = Config.load().database_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        raise ConfigError("there is no database yet; `bookwidget migrate` makes it")
    return Database(url)


@cli.command("demo")
@click.option("--sites-port", type=click.IntRange(1, 65535), envvar="SITES_PORT", default=8100, show_default=True,
              help="Port of the businesses' own sites.")  # fmt: skip
def demo_command(sites_port: int) -> None:
    """Run four example businesses with their own sites, the service and its worker, until Ctrl-C.

    PORT is the service's port (8000), INSTANCE the folder (instance/demo). INSTANCE/demo.json holds all addresses
    and logins while it runs. Content is relative to today, and is made anew on another day.
    """
    instance = os.environ.get("INSTANCE") or DEMO_INSTANCE
    demo.run_demo(Config.load(development=True, instance=instance), sites_port, stopped_by_signals(), terminal())


@cli.command("demo-sites", hidden=True)
@click.option("--port", type=int, required=True)
@click.option("--service", required=True)
@with_input
def demo_sites_command(port: int, service: str, with_input: bool) -> None:
    """The example businesses' own sites."""
    serve_app(demo_sites.make_sites(service), Config.load().listen, port, 4, stop_asked(with_input=with_input))
