"""Statements on imports, and what those of customers need."""

from datetime import timedelta

from sqlalchemy import Integer, LargeBinary, Uuid, bindparam, delete, exists, literal, select, tuple_, update

from bookwidget.accounts.models import Customer, CustomerImport, ImportedRow
from bookwidget.events.housekeeping import BATCH, expires_with
from bookwidget.events.models import Event

# In the order of the fields of `importing.ImportFacts`.
FACTS = (
    CustomerImport.id,
    CustomerImport.name,
    CustomerImport.encoding,
    CustomerImport.delimiter,
    CustomerImport.header,
    CustomerImport.mapping,
    CustomerImport.state,
    CustomerImport.rows,
    CustomerImport.seen,
    CustomerImport.good,
    CustomerImport.broken,
    CustomerImport.undone,
    CustomerImport.created_at,
    CustomerImport.kind,
    CustomerImport.options,
)
IMPORTS = select(*FACTS).order_by(CustomerImport.created_at.desc(), CustomerImport.id.desc()).limit(20)
IMPORT = select(*FACTS).where(CustomerImport.id == bindparam("import"))
CONTENT = select(CustomerImport.content).where(CustomerImport.id == bindparam("import"))
LOCK = select(CustomerImport).where(CustomerImport.id == bindparam("import")).with_for_update()

_is_broken = ImportedRow.customer_id.is_(None) & ImportedRow.booking_id.is_(None)
_broken = (ImportedRow.import_id == bindparam("import", type_=Uuid), _is_broken)
BROKEN = (
    select(ImportedRow.line, ImportedRow.cells, ImportedRow.reason)
    .where(*_broken)
    .order_by(ImportedRow.line)
    .limit(bindparam("size", type_=Integer))
)
FORGET_BROKEN = delete(ImportedRow).where(*_broken)
TAKEN = select(Customer.email).where(Customer.email.in_(bindparam("emails", expanding=True)))
MADE = (
    select(ImportedRow.id, ImportedRow.customer_id, ImportedRow.booking_id)
    .where(ImportedRow.import_id == bindparam("import", type_=Uuid), ~_is_broken)
    .order_by(ImportedRow.line)
    .limit(bindparam("size", type_=Integer))
)
FORGET_ROWS = delete(ImportedRow).where(ImportedRow.id.in_(bindparam("row_ids", expanding=True)))
REMOVE_UNTOUCHED = delete(Customer).where(
    Customer.id.in_(bindparam("customers", expanding=True)),
    Customer.version == 1,
    Customer.password_hash == "",
    ~exists(select(Event.id).where(Event.customer_id == Customer.id)),
)
"""Whoever booked, was changed, invited or logged in since has an event."""

KEPT = timedelta(days=30)
"""So long the file and its broken rows stay. What it made stays, and can be undone later too."""
_at_rest = CustomerImport.state.not_in(("checking", "running", "undoing"))
_old = _at_rest & (CustomerImport.created_at < bindparam("before", type_=CustomerImport.created_at.type))
_of_old = (
    select(ImportedRow.tenant_id, ImportedRow.id)
    .join(
        CustomerImport,
        (CustomerImport.tenant_id == ImportedRow.tenant_id) & (CustomerImport.id == ImportedRow.import_id),
    )
    .where(_old, _is_broken)
    .limit(BATCH)
)
_with_file = (
    select(CustomerImport.tenant_id, CustomerImport.id)
    .where(_old, CustomerImport.content != literal(b"", LargeBinary))
    .limit(BATCH)
)
expires_with(
    "broken rows of imports",
    delete(ImportedRow).where(tuple_(ImportedRow.tenant_id, ImportedRow.id).in_(_of_old)),
    keep=KEPT,
)
expires_with(
    "files of imports",
    update(CustomerImport)
    .where(tuple_(CustomerImport.tenant_id, CustomerImport.id).in_(_with_file))
    .values(content=b""),
    keep=KEPT,
)
