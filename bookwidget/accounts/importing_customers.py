"""Rows of a file that are customers."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from bookwidget.accounts import store_import
from bookwidget.accounts.guests import Guest, cleaned
from bookwidget.accounts.import_files import cell
from bookwidget.accounts.importing import ImportKind, Line, Outcomes, declare_import
from bookwidget.accounts.models import Customer, CustomerImport, ImportedRow
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.scope import Scope

TAKEN = _("There is a customer with this email already, or it stands in the file twice.")
HEADINGS = {
    "given_name": ("given name", "first name", "firstname", "vorname", "name", "الاسم", "الاسم الأول"),
    "family_name": ("family name", "last name", "lastname", "surname", "nachname", "اسم العائلة"),
    "email": ("email", "e-mail", "mail", "email address", "e-mail-adresse", "البريد الإلكتروني"),
    "phone": ("phone", "telephone", "mobile", "telefon", "handy", "mobil", "الهاتف"),
}


def take_customers(scope: Scope, found: CustomerImport, chunk: Sequence[Line], before: Set[str]) -> Outcomes:
    read = [(line, reading(scope, line.cells, found.mapping)) for line in chunk]
    emails = [guest.email for _line, guest in read if isinstance(guest, Guest)]
    taken = set(scope.session.rows(store_import.TAKEN, {"emails": emails}).scalars())
    for line, guest in read:
        if isinstance(guest, Text) or guest.email in taken:
            yield line, guest if isinstance(guest, Text) else TAKEN
            continue
        taken.add(guest.email)
        id = uuid7()
        if found.state == "running":
            scope.session.add(Customer(id=id, **vars(guest), created_at=scope.now))
        yield line, ImportedRow(import_id=found.id, line=line.number, customer_id=id)


def reading(scope: Scope, row: list[str], mapping: Mapping[str, int]) -> Guest | Text:
    """The customer that a row is, or why it is none."""
    try:
        return cleaned(scope, Guest(**{field: cell(row, mapping.get(field)) for field in HEADINGS}))
    except Refused as refused:
        return refused.reason


def undo_customers(scope: Scope, made: Sequence[Any]) -> int:
    """Whoever booked, was changed, invited or logged in since stays."""
    customers = [row.customer_id for row in made]
    return scope.session.rows(store_import.REMOVE_UNTOUCHED, {"customers": customers}).rowcount


declare_import("customers", ImportKind(HEADINGS, ("email", "given_name"), take_customers, undo_customers))
