"""Customers and bookings from a file: upload, columns, a dry run, progress, the broken rows, undo."""

import csv
import io

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts import importing_customers
from bookwidget.accounts.import_files import MOST_BYTES, plain_cell
from bookwidget.accounts.importing import (
    KINDS,
    ImportFacts,
    begin_import,
    broken_rows,
    check_import,
    list_imports,
    read_import,
    run_import,
    sample_rows,
    undo_import,
)
from bookwidget.bookings import importing as importing_bookings
from bookwidget.console.forms import ImportForm, MappingForm
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import known_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.theming.i18n import speaking, translate
from bookwidget.web.desk import desk
from bookwidget.web.files import allow_body
from bookwidget.web.guard import PlainForm
from bookwidget.web.services import services

KNOWN_KINDS = importing_customers, importing_bookings
"""Importing them declares what files can hold."""
KIND_WORDS = (("customers", _("Customers")), ("bookings", _("Bookings, with their customers")))
OPTIONS = {
    "order": (("day", _("31.12.2026 or 31/12/2026")), ("month", _("12/31/2026"))),
    "unknown": (("create", _("Are added")), ("refuse", _("Make the row a broken one"))),
    "remind": (("yes", _("Are reminded, as of every booking")), ("no", _("Are not reminded"))),
}
"""Of bookings, the usual one first."""
STATES = {
    "mapping": _("Columns to be chosen"),
    "checking": _("Being checked"),
    "checked": _("Checked, not imported yet"),
    "running": _("Being imported"),
    "done": _("Imported"),
    "undoing": _("Being undone"),
    "undone": _("Undone"),
}
ENCODINGS = {"cp1252": "Windows-1252", "utf-8-sig": "UTF-8"}
SHOWN_BROKEN, MOST_BROKEN = 50, 100_000


def imports() -> ResponseReturnValue:
    here = desk()
    here.require(Permission.CUSTOMERS_IMPORT)
    if request.method == "GET":
        return show_imports(ImportForm(formdata=None))
    allow_body(MOST_BYTES + 64 * 1024)
    form = ImportForm()
    form.check_guard()
    upload = request.files.get("file")
    try:
        content = upload.read() if upload else b""
        made = begin_import(here.scope(), form.kind.data or "customers", (upload and upload.filename) or "", content)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_imports(form, status=422)
    return redirect(url_for(".imports_one", number=made.hex), 303)


def show_imports(form: ImportForm, *, status: int = 200) -> ResponseReturnValue:
    return show(
        "imports.html",
        status=status,
        form=form,
        earlier=list_imports(desk().scope()),
        states=STATES,
        kinds=KIND_WORDS,
        kind_words=dict(KIND_WORDS),
    )


def imports_one(number: str) -> ResponseReturnValue:
    return show_one(find(number))


def show_one(found: ImportFacts, form: MappingForm | None = None, *, status: int = 200) -> ResponseReturnValue:
    scope = desk().scope()
    if form is None:
        form = MappingForm(formdata=None)
        for field in KINDS[found.kind].headings:
            form[field].data = str(found.mapping.get(field, ""))
        for name, pairs in OPTIONS.items():
            form[name].data = found.options.get(name, usual_order() if name == "order" else pairs[0][0])
    columns = [(str(number), name or str(number + 1)) for number, name in enumerate(found.header)]
    kind = KINDS[found.kind]
    return show(
        "import.html", status=status, found=found, form=form, states=STATES, needed=kind.needed,
        fields=[form[field] for field in kind.headings], columns=[("", _("None")), *columns],
        options=[(form[name], pairs) for name, pairs in OPTIONS.items()] if found.kind == "bookings" else [],
        sample=sample_rows(scope, found), broken=broken_rows(scope, found.id, SHOWN_BROKEN),
        encoding=ENCODINGS.get(found.encoding, found.encoding.upper()), may_map=found.state in ("mapping", "checked"),
        is_kept=desk().now < found.kept_until, zone=desk().tenant.timezone,
    )  # fmt: skip


def imports_check(number: str) -> ResponseReturnValue:
    desk().require(Permission.CUSTOMERS_IMPORT)
    if request.method == "GET":
        return redirect(url_for(".imports_one", number=number), 303)
    form = MappingForm()
    form.check_guard()
    found = find(number)
    typed = {field: form[field].data or "" for field in KINDS[found.kind].headings}
    mapping = {field: int(text) for field, text in typed.items() if text.isascii() and text.isdigit() and len(text) < 4}
    try:
        check_import(desk().scope(), found.id, mapping, chosen_options(form))
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_one(found, form, status=422)
    return redirect(url_for(".imports_one", number=number), 303)


def usual_order() -> str:
    """Of day and month, as the business's country writes them."""
    return "month" if desk().tenant.locale.endswith(("_US", "_PH")) else "day"


def chosen_options(form: MappingForm) -> dict[str, str]:
    return {name: form[name].data if form[name].data in dict(pairs) else pairs[0][0] for name, pairs in OPTIONS.items()}


def imports_run(number: str) -> ResponseReturnValue:
    desk().require(Permission.CUSTOMERS_IMPORT)
    if request.method == "POST":
        PlainForm().check_guard()
        run_import(desk().scope(), find(number).id)
    return redirect(url_for(".imports_one", number=number), 303)


def imports_undo(number: str) -> ResponseReturnValue:
    desk().require(Permission.CUSTOMERS_IMPORT)
    if request.method == "POST":
        PlainForm().check_guard()
        undo_import(desk().scope(), find(number).id)
    return redirect(url_for(".imports_one", number=number), 303)


def imports_broken(number: str) -> ResponseReturnValue:
    """The broken rows as they came, each with its reason, to be repaired and sent again."""
    here, found = desk(), find(number)
    text = io.StringIO()
    writer = csv.writer(text)
    with speaking(services().catalogs.translations(here.tenant.locale)):
        writer.writerow([*found.header, translate(_("Reason"))])
        for row in broken_rows(here.scope(), found.id, MOST_BROKEN):
            cells = [*row.cells, *[""] * (len(found.header) - len(row.cells))]
            writer.writerow([*(plain_cell(one) for one in cells), translate(row.reason)])
    response = make_response(text.getvalue().encode("utf-8-sig"))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="broken-rows.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def find(text: str) -> ImportFacts:
    return read_import(desk().scope(), known_uuid(text))
