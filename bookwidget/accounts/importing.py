"""What a file holds, mapped, checked, imported and undone by the worker, a chunk a transaction.

A chunk writes its rows and how far it came in one transaction; the last one of a job, the job of the next chunks too.
So a worker that is killed anywhere has done a chunk or not, and nothing is doubled.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from bookwidget.accounts import store_import
from bookwidget.accounts.import_files import Table, cell, decoded, proposed_mapping, read_table, rows_of
from bookwidget.accounts.models import CustomerImport, ImportedRow
from bookwidget.events.jobs import JobContext, LeaseLost, handles
from bookwidget.events.record import enqueue, record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import TenantSession, writing

CHUNK = 1000
CHUNKS = 10
"""Of one job, which finds its way into the file once; as long as it lasts, this worker sends no mail."""
JOB = "customers.import"
NEXT = {"checking": "checked", "running": "done", "undoing": "undone"}
"""States in which the worker is at it, and what follows."""
REMOVED = _("The file was removed after %(days)s days. Upload it again.", days=store_import.KEPT.days)


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
    kind: str
    options: dict[str, str]

    @property
    def is_at_work(self) -> bool:
        return self.state in NEXT

    @property
    def kept_until(self) -> datetime:
        """About when file and broken rows go; the house is kept once in a while."""
        return self.created_at + store_import.KEPT


class Line(NamedTuple):
    """A row of the file, with the number that a spreadsheet shows beside it."""

    number: int
    cells: list[str]


Outcomes = Iterator[tuple[Line, Text | ImportedRow]]
"""For each row why it is broken, or what it made: stored only if this is no dry run."""


@dataclass(frozen=True)
class ImportKind:
    """What rows of a file can be. Each domain declares its own (`declare_import`)."""

    headings: Mapping[str, tuple[str, ...]]
    """The fields, each with what its column may be called, in small letters."""
    needed: tuple[str, ...]
    take: Callable[[Scope, CustomerImport, Sequence[Line], Set[str]], Outcomes]
    """Reads rows, and makes what they say unless `state` is `checking`. The last argument is what stood in the column
    `unique` of the rows before them.
    """
    undo: Callable[[Scope, Sequence[Any]], int]
    """Removes what rows of `store_import.MADE` made and nobody has touched; how much."""
    unique: str = ""
    most: int = CHUNK
    """Rows of a chunk: as long as it is written, others wait on SQLite."""


KINDS: dict[str, ImportKind] = {}


def declare_import(name: str, kind: ImportKind) -> None:
    if KINDS.setdefault(name, kind) is not kind:
        raise ValueError(f"imports of {name} are declared twice")


class BrokenRow(NamedTuple):
    line: int
    cells: list[str]
    reason: Text


def begin_import(scope: Scope, kind: str, name: str, content: bytes) -> UUID:
    """Keeps the file, with a proposal of what its columns are. `Refused("file" or "kind", …)`."""
    require(scope, Permission.CUSTOMERS_IMPORT)
    if kind not in KINDS:
        raise Refused("kind", _("Choose one of the listed values."))
    table: Table = read_table(content)
    id = uuid7()
    with writing(scope.session) as session:
        require(scope, Permission.CUSTOMERS_IMPORT)
        session.add(
            CustomerImport(
                id=id, name=name[:200], content=content, encoding=table.encoding, delimiter=table.delimiter,
                header=list(table.header), mapping=proposed_mapping(table.header, KINDS[kind].headings),
                kind=kind, rows=table.rows,
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
    if not content:
        return []
    rows = rows_of(decoded(content, found.encoding), found.delimiter)
    return [row for _number, row in islice(rows, 1, size + 1)]


def broken_rows(scope: Scope, import_id: UUID, size: int) -> list[BrokenRow]:
    require(scope, Permission.CUSTOMERS_IMPORT)
    rows = scope.session.rows(store_import.BROKEN, {"import": import_id, "size": size})
    return [BrokenRow(line, cells, Text(why["msgid"], None, why["values"])) for line, cells, why in rows]


def check_import(
    scope: Scope, import_id: UUID, mapping: Mapping[str, int], options: Mapping[str, str] = MappingProxyType({})
) -> None:
    """The dry run: every row is looked at, nothing is imported. `Refused` under a field whose column is needed."""
    with changing(scope, import_id) as (session, found):
        if found.state not in ("mapping", "checked"):
            return
        check_kept(found)
        missing = next((field for field in KINDS[found.kind].needed if field not in mapping), None)
        if missing is not None:
            raise Refused(missing, _("Choose the column."))
        if any(not 0 <= column < len(found.header) for column in mapping.values()):
            raise Refused("", _("Choose the column."))
        found.mapping, found.options = dict(mapping), dict(options)
        start(scope, session, found, "checking")


def run_import(scope: Scope, import_id: UUID) -> None:
    """Imports the good rows; twice is as once. Nobody gets a mail. Event: `import.started`."""
    with changing(scope, import_id) as (session, found):
        if found.state == "checked":
            check_kept(found)
            start(scope, session, found, "running")
            record(scope, "import.started", after={"import": found.id.hex, "name": found.name, "kind": found.kind})


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


class FileReader:
    """Reads a file on from where its import has come to. Getting there takes as long as all that stands before."""

    def __init__(self, found: CustomerImport) -> None:
        kind = KINDS[found.kind]
        self.size, self.column = min(CHUNK, kind.most), found.mapping.get(kind.unique)
        self.rows = rows_of(decoded(found.content, found.encoding), found.delimiter)
        self.before = {cell(row, self.column) for _number, row in islice(self.rows, 1 + found.seen)}
        """What stood in the column `unique` of the rows that were read."""
        self.seen = found.seen

    def chunk(self) -> list[Line]:
        return [Line(number, row) for number, row in islice(self.rows, self.size)]

    def note(self, chunk: Sequence[Line]) -> None:
        self.before |= {cell(line.cells, self.column) for line in chunk}
        self.seen += len(chunk)


@handles(JOB)
def do_chunks(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Some chunks, each in a transaction that notes how far it came; the last one ends the job and asks for the next
    one, or is the end of the step.
    """
    reader: FileReader | None = None
    for left in reversed(range(CHUNKS)):
        with context.scope() as scope, writing(scope.session) as session:
            found = locked_import(session, UUID(hex=payload["import"]))
            if found.state not in NEXT:
                context.finish(session)
                return
            if found.state == "undoing":
                has_more = undo_chunk(scope, session, found)
            else:
                reader = reader or FileReader(found)
                if reader.seen != found.seen:
                    raise LeaseLost  # another worker has gone on meanwhile
                has_more = read_chunk(scope, session, found, reader)
            if has_more and left:
                continue
            context.finish(session)
            if has_more:
                ask_for_chunk(scope, session, found)
            else:
                end_step(scope, found)
            return


def end_step(scope: Scope, found: CustomerImport) -> None:
    found.state = NEXT[found.state]
    if found.state == "done":
        found.content = b""
        record(scope, "import.finished", after={"import": found.id.hex, "name": found.name, "good": found.good})


def read_chunk(scope: Scope, session: TenantSession, found: CustomerImport, reader: FileReader) -> bool:
    """Checks the next rows, and makes what they say if that is the step; whether there are more."""
    kind, is_dry, chunk = KINDS[found.kind], found.state == "checking", reader.chunk()
    for line, outcome in kind.take(scope, found, chunk, reader.before):
        if isinstance(outcome, Text):
            found.broken += 1
            why = {"msgid": outcome.msgid, "values": outcome.values}
            session.add(ImportedRow(import_id=found.id, line=line.number, cells=line.cells, reason=why))
        else:
            found.good += 1
            if not is_dry:
                session.add(outcome)
    found.seen += len(chunk)
    reader.note(chunk)
    return len(chunk) == reader.size


def undo_chunk(scope: Scope, session: TenantSession, found: CustomerImport) -> bool:
    """Removes what the next rows made and nobody has touched; whether there are more."""
    kind = KINDS[found.kind]
    size = min(CHUNK, kind.most)
    made = session.rows(store_import.MADE, {"import": found.id, "size": size}).all()
    if made:
        found.undone += kind.undo(scope, made)
        session.rows(store_import.FORGET_ROWS, {"row_ids": [row.id for row in made]})
    return len(made) == size
