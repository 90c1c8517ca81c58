"""Customers from a file: mapped, checked, imported and undone by the worker, a chunk a transaction.

A chunk writes its rows and how far it came in one transaction, together with the job of the next chunk. So a worker
that is killed anywhere has done a chunk or not, and nothing is doubled.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from bookwidget.accounts import store_import
from bookwidget.accounts.guests import Guest, cleaned
from bookwidget.accounts.import_files import Table, cell, decoded, proposed_mapping, read_table, rows_of
from bookwidget.accounts.models import Customer, CustomerImport, ImportedRow
from bookwidget.events.jobs import JobContext, handles
from bookwidget.events.record import enqueue, record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import TenantSession, writing

CHUNK = 1000
JOB = "customers.import"
FIELDS = ("given_name", "family_name", "email", "phone")
NEXT = {"checking": "checked", "running": "done", "undoing": "undone"}
"""States in which the worker is at it, and what follows."""
REMOVED = _("The file was removed after %(days)s days. Upload it again.", days=store_import.KEPT.days)
TAKEN = _("There is a customer with this email already, or it stands in the file twice.")


class ImportFacts(NamedTuple):
    id: UUID
    name: str
    encoding: str
    delimiter: str
    header: list[str]
    mapping: dict[str, int]
    state: str
    rows: int
    seen: int
    good: int
    broken: int
    undone: int
    created_at: datetime

    @property
    def is_at_work(self) -> bool:
        return self.state in NEXT

    @property
    def kept_until(self) -> datetime:
        """About when file and broken rows go; the house is kept once in a while."""
        return self.created_at + store_import.KEPT


class BrokenRow(NamedTuple):
    line: int
    cells: list[str]
    reason: Text


def begin_import(scope: Scope, name: str, content: bytes) -> UUID:
    """Keeps the file, with a proposal of what its columns are. `Refused("file", …)`."""
    require(scope, Permission.CUSTOMERS_IMPORT)
    table: Table = read_table(content)
    id = uuid7()
    with writing(scope.session) as session:
        require(scope, Permission.CUSTOMERS_IMPORT)
        session.add(
            CustomerImport(
                id=id, name=name[:200], content=content, encoding=table.encoding, delimiter=table.delimiter,
                header=list(table.header), mapping=proposed_mapping(table.header), rows=table.rows,
                member_id=scope.actor.id, created_at=scope.now,
            )
        )  # fmt: skip
    return id


def list_imports(scope: Scope) -> tuple[ImportFacts, ...]:
    require(scope, Permission.CUSTOMERS_IMPORT)
    return tuple(ImportFacts(*row) for row in scope.session.rows(store_import.IMPORTS))


def read_import(scope: Scope, import_id: UUID) -> ImportFacts:
    require(scope, Permission.CUSTOMERS_IMPORT)
    row = scope.session.rows(store_import.IMPORT, {"import": import_id}).one_or_none()
    if row is None:
        raise Missing
    return ImportFacts(*row)


def sample_rows(scope: Scope, found: ImportFacts, size: int = 3) -> list[list[str]]:
    """The first ones after the header."""
    content = scope.session.rows(store_import.CONTENT, {"import": found.id}).scalar_one()
    return list(islice(rows_of(decoded(content, found.encoding), found.delimiter), 1, size + 1)) if content else []


def broken_rows(scope: Scope, import_id: UUID, size: int) -> list[BrokenRow]:
    require(scope, Permission.CUSTOMERS_IMPORT)
    rows = scope.session.rows(store_import.BROKEN, {"import": import_id, "size": size})
    return [BrokenRow(line, cells, Text(why["msgid"], None, why["values"])) for line, cells, why in rows]


def check_import(scope: Scope, import_id: UUID, mapping: Mapping[str, int]) -> None:
    """The dry run: every row is looked at, nothing is imported. `Refused("email", …)` without its column."""
    with changing(scope, import_id) as (session, found):
        if found.state not in ("mapping", "checked"):
            return
        check_kept(found)
        if "email" not in mapping or "given_name" not in mapping:
            field = "given_name" if "email" in mapping else "email"
            raise Refused(field, _("Choose the column."))
        if any(not 0 <= column < len(found.header) for column in mapping.values()):
            raise Refused("email", _("Choose the column."))
        found.mapping = dict(mapping)
        start(scope, session, found, "checking")


def run_import(scope: Scope, import_id: UUID) -> None:
    """Imports the good rows; twice is as once. Nobody gets a mail. Event: `import.started`."""
    with changing(scope, import_id) as (session, found):
        if found.state == "checked":
            check_kept(found)
            start(scope, session, found, "running")
            record(scope, "import.started", after={"import": found.id.hex, "name": found.name})


def undo_import(scope: Scope, import_id: UUID) -> None:
    """Removes what it made and nobody has touched since. Event: `import.undone`."""
    with changing(scope, import_id) as (session, found):
        if found.state == "done":
            found.seen = 0
            found.state = "undoing"
            ask_for_chunk(scope, session, found)
            record(scope, "import.undone", after={"import": found.id.hex, "name": found.name})


def check_kept(found: CustomerImport) -> None:
    if not found.content:
        raise Refused("", REMOVED)


@contextmanager
def changing(scope: Scope, import_id: UUID) -> Iterator[tuple[TenantSession, CustomerImport]]:
    """A write transaction with the import locked: chunks and presses come one after the other."""
    with writing(scope.session) as session:
        require(scope, Permission.CUSTOMERS_IMPORT)
        yield session, locked_import(session, import_id)


def locked_import(session: TenantSession, import_id: UUID) -> CustomerImport:
    found = session.scalars(store_import.LOCK, {"import": import_id}).one_or_none()
    if found is None:
        raise Missing
    return found


def start(scope: Scope, session: TenantSession, found: CustomerImport, state: str) -> None:
    """From the first row on; what the step before said of broken rows is said anew."""
    session.rows(store_import.FORGET_BROKEN, {"import": found.id})
    found.state, found.seen, found.good, found.broken = state, 0, 0, 0
    ask_for_chunk(scope, session, found)


def ask_for_chunk(scope: Scope, session: TenantSession, found: CustomerImport) -> None:
    enqueue(session, JOB, f"{found.id.hex}:{uuid7().hex}", {"import": found.id.hex}, now=scope.now)


@handles(JOB)
def do_chunk(context: JobContext, payload: Mapping[str, Any]) -> None:
    """One chunk and the job of the next, or the end of the step."""
    with context.scope() as scope, writing(scope.session) as session:
        found = locked_import(session, UUID(hex=payload["import"]))
        context.finish(session)
        if found.state not in NEXT:
            return
        has_more = undo_chunk(session, found) if found.state == "undoing" else read_chunk(scope, session, found)
        if has_more:
            ask_for_chunk(scope, session, found)
            return
        found.state = NEXT[found.state]
        if found.state == "done":
            found.content = b""
            record(scope, "import.finished", after={"import": found.id.hex, "name": found.name, "good": found.good})


def read_chunk(scope: Scope, session: TenantSession, found: CustomerImport) -> bool:
    """Checks the next rows, and makes their customers if that is the step; whether there are more."""
    rows = rows_of(decoded(found.content, found.encoding), found.delimiter)
    chunk = list(islice(rows, 1 + found.seen, 1 + found.seen + CHUNK))
    read = [(line, row, reading(scope, row, found.mapping)) for line, row in enumerate(chunk, found.seen + 1)]
    emails = [guest.email for _line, _row, guest in read if isinstance(guest, Guest)]
    taken = set(session.rows(store_import.TAKEN, {"emails": emails}).scalars())
    made: list[Customer | ImportedRow] = []
    for line, row, guest in read:
        reason = guest if isinstance(guest, Text) else TAKEN if guest.email in taken else None
        if reason is not None or isinstance(guest, Text):
            found.broken += 1
            why = {"msgid": reason.msgid, "values": reason.values} if reason else {}
            made.append(ImportedRow(import_id=found.id, line=line, cells=row, reason=why))
            continue
        taken.add(guest.email)
        found.good += 1
        if found.state == "running":
            id = uuid7()
            made.append(Customer(id=id, **vars(guest), created_at=scope.now))
            made.append(ImportedRow(import_id=found.id, line=line, customer_id=id))
    session.add_all(made)
    found.seen += len(chunk)
    return len(chunk) == CHUNK


def reading(scope: Scope, row: list[str], mapping: Mapping[str, int]) -> Guest | Text:
    """The customer that a row is, or why it is none."""
    try:
        return cleaned(scope, Guest(**{field: cell(row, mapping.get(field)) for field in FIELDS}))
    except Refused as refused:
        return refused.reason


def undo_chunk(session: TenantSession, found: CustomerImport) -> bool:
    """Removes the next of the customers that nobody has touched; whether there are more."""
    made = session.rows(store_import.MADE, {"import": found.id, "size": CHUNK}).all()
    if made:
        customers = [row.customer_id for row in made]
        found.undone += session.rows(store_import.REMOVE_UNTOUCHED, {"customers": customers}).rowcount
        session.rows(store_import.FORGET_ROWS, {"row_ids": [row.id for row in made]})
    return len(made) == CHUNK
