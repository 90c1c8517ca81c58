"""`bookwidget demo`: the service, its worker and the example businesses' own sites, until it is stopped."""

import fcntl
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bookwidget.config import Config
from bookwidget.kernel.clock import utc_now
from bookwidget.ops.children import Children
from bookwidget.ops.demo_content import BUSINESSES, Business
from bookwidget.ops.demo_database import prepare
from bookwidget.ops.errors import DemoError
from bookwidget.ops.processes import check_port

READY_WITHIN = 90
"""Seconds until everything must answer."""
WATCH_EVERY = 0.3


@dataclass(frozen=True)
class Addresses:
    """Where everything is. `localhost` and `<slug>.localhost` are different sites to every browser."""

    port: int
    sites_port: int

    @property
    def service(self) -> str:
        return f"http://localhost:{self.port}"

    def site(self, business: Business) -> str:
        return f"http://{business.slug}.localhost:{self.sites_port}/"

    def facts(self) -> dict[str, Any]:
        """What `demo.json` holds."""
        return {
            "service": self.service,
            "console": f"{self.service}/console/",
            "mailbox": f"{self.service}/dev/mailbox",
            "tenants": [self.facts_of(business) for business in BUSINESSES],
        }

    def facts_of(self, business: Business) -> dict[str, Any]:
        return {
            "slug": business.slug,
            "name": business.name,
            "site": self.site(business),
            "portal": f"{self.service}/p/{business.slug}/",
            "owner": {"email": business.owner.email, "password": business.owner.password},
            "customers": [
                {"email": person.email, "password": person.password, "has": person.has} for person in business.customers
            ],
        }


def run_demo(config: Config, sites_port: int, stop: threading.Event, out: Console) -> None:
    """Raises `PortTaken`, `DemoError` or `ChildDied`. Returns when `stop` is set."""
    addresses = Addresses(config.port, sites_port)
    with only_one(config.instance):
        written = config.instance / "demo.json"
        written.unlink(missing_ok=True)
        for port in (config.port, sites_port):
            check_port(config.listen, port)
        out.print(prepare(config, sites_port, utc_now()), style="dim")
        try:
            with Children(config.instance / "logs") as children:
                start_all(children, config, addresses)
                if wait_until_ready(children, addresses, stop):
                    write_facts(written, addresses.facts())
                    show(out, addresses, written)
                while not stop.wait(WATCH_EVERY):
                    children.check()
                out.print("Stopping.", style="dim")
        finally:
            written.unlink(missing_ok=True)


@contextmanager
def only_one(instance: Path) -> Iterator[None]:
    """Two demos on one database would remove each other's content."""
    with (instance / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DemoError(f"another demo is running in {instance}; name another folder by INSTANCE") from None
        yield


def start_all(children: Children, config: Config, addresses: Addresses) -> None:
    settings = {
        "INSTANCE": str(config.instance),
        "DATABASE_URL": config.database_url,
        "PORT": str(config.port),
        "BOOKWIDGET_LISTEN": config.listen,
        "BOOKWIDGET_PUBLIC_URL": addresses.service,
        "BOOKWIDGET_DEVELOPMENT": "1",
    }
    children.start("service", ["serve"], settings)
    sites = ["demo-sites", "--port", str(addresses.sites_port), "--service", addresses.service]
    children.start("sites", sites, settings)
    children.start("worker", ["worker"], settings)


def wait_until_ready(children: Children, addresses: Addresses, stop: threading.Event) -> bool:
    """Whether everything answers; False if `stop` came first."""
    waiting = [f"http://127.0.0.1:{addresses.port}/readyz"]
    waiting += [f"http://127.0.0.1:{addresses.sites_port}/{business.slug}/" for business in BUSINESSES]
    until = time.monotonic() + READY_WITHIN
    while waiting:
        children.check()
        waiting = [url for url in waiting if not answers(url)]
        if time.monotonic() > until:
            raise DemoError(f"no answer from {waiting[0]} within {READY_WITHIN} seconds")
        if waiting and stop.wait(0.1):
            return False
    children.check()
    return True


def answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def write_facts(path: Path, facts: dict[str, Any]) -> None:
    """All at once: who waits for the file never reads half of it."""
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")
    unfinished.replace(path)


def show(out: Console, addresses: Addresses, written: Path) -> None:
    """Addresses and logins, for people."""
    for business in BUSINESSES:
        out.print()
        out.print(table_of(business, addresses))
    out.print()
    rows = (
        ("Console of the owners", f"{addresses.service}/console/"),
        ("A business of your own", f"{addresses.service}/signup"),
        ("Mails that were sent", f"{addresses.service}/dev/mailbox"),
        ("The same for scripts", str(written)),
    )
    out.print(grid(rows))
    out.print("\nReady. Ctrl-C stops everything.", style="bold")


def table_of(business: Business, addresses: Addresses) -> Table:
    table = Table(title=business.name, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for name in ("", "Email", "Password", "Shows"):
        table.add_column(name, overflow="fold")
    table.caption = f"Its own site: {addresses.site(business)}\nHosted page:  {addresses.service}/p/{business.slug}/"
    table.caption_justify = "left"
    table.add_row("Owner", business.owner.email, business.owner.password, "the console")
    for person in business.customers:
        table.add_row("Customer", person.email, person.password, person.has)
    return table


def grid(rows: Sequence[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*row)
    return table
