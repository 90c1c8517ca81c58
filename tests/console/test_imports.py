"""Customers from a file (issue 5, item 9)."""

import csv
import io
import re
import resource
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bookwidget.accounts import importing
from bookwidget.accounts.import_files import delimiter_of, read_table
from bookwidget.accounts.models import Customer, CustomerImport, ImportedRow
from bookwidget.events.housekeeping import keep_house
from bookwidget.kernel.errors import Refused
from tests.console.desks import events, hire, mails, nobody, owner, sign_in
from tests.factories import World
from tests.web_fixtures import HERE, Visitor, Web

FILE = """Vorname;Nachname;E-Mail;Telefon
Jürgen;Groß;juergen@example.com;020 7946 0958
"Zoë";"O;Neil";zoe@example.com;
;;;
Nobody;;not-an-address;
Twice;;zoe@example.com;
Ada;;ada@example.com;
=cmd();;=1+1;123
"""


def upload(visitor: Visitor, content: bytes, name: str = "kunden.csv", *, kind: str = "customers") -> TestResponse:
    """Written by hand: the test client leaves a file open that it makes for what is large."""
    guard, line = visitor.form("imports/")["csrf_token"], "Content-Disposition: form-data; name"
    fields = "".join(
        f'--limit\r\n{line}="{field}"\r\n\r\n{value}\r\n' for field, value in (("csrf_token", guard), ("kind", kind))
    )
    head = f'{fields}--limit\r\n{line}="file"; filename="{name}"\r\n\r\n'
    return visitor.client.post(
        "/console/imports/", base_url=HERE, data=head.encode() + content + b"\r\n--limit--\r\n",
        content_type="multipart/form-data; boundary=limit", headers={"Origin": HERE},
    )  # fmt: skip


def uploaded(visitor: Visitor, content: bytes) -> str:
    answer = upload(visitor, content)
    assert answer.status_code == 303, answer.text
    return answer.location or ""


def press(visitor: Visitor, page: str, deed: str, **fields: str) -> int:
    return visitor.send(f"{page}{deed}", page, **fields).status_code


def emails(world: World) -> set[str]:
    with world.database.session(world.tenant_id) as session:
        return set(session.scalars(select(Customer.email)))


def test_a_file_is_mapped_checked_imported_and_undone(web_everywhere: Web) -> None:
    web = web_everywhere
    before, boss = emails(web.yoga), owner(web)
    page = uploaded(boss, FILE.encode("cp1252"))
    text = boss.get(page).text
    assert "Windows-1252" in text
    assert "Jürgen" in text
    assert '<option value="2" selected>E-Mail' in text
    assert press(boss, page, "check", email="") == 422
    assert press(boss, page, "check") == 303
    assert "0 of 6 rows" in boss.get(page).text
    mails(web)
    text = boss.get(page).text
    assert "2 rows can be imported" in text
    assert re.search(r"Row 5:[^<]*does not look like an email", text), "as a spreadsheet numbers it, empty rows too"
    assert emails(web.yoga) == before, "a dry run"
    assert press(boss, page, "run") == 303
    assert mails(web) == [], "nobody gets a mail"
    assert emails(web.yoga) - before == {"juergen@example.com", "zoe@example.com"}
    found = boss.get("customers/?q=Gro").text
    assert "Jürgen Groß" in found
    answer = boss.get(f"{page}broken.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[2] for row in rows] == ["E-Mail", "not-an-address", "zoe@example.com", "ada@example.com", "'=1+1"]
    assert rows[-1][0] == "'=cmd()"
    assert all(row[4] for row in rows)
    [zoe] = re.findall("/customers/([0-9a-f]{32})/", boss.get("customers/?q=zoe@").text)
    boss.send(f"customers/{zoe}/edit", phone="020 7946 0111")
    assert press(boss, page, "undo") == 303
    assert mails(web) == []
    assert emails(web.yoga) - before == {"zoe@example.com"}, "who was changed since stays"
    assert "The import is undone" in boss.get(page).text
    assert [kind for kind, _facts in events(web.yoga)] == [
        "import.started", "import.finished", "customer.updated", "import.undone",
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(encoding: str, sign: str) -> None:
    text = (
        sign.join(("Vorname", "E-Mail", "Straße"))
        + "\r\n"
        + sign.join(("Jürgen", "j@example.com", '"a, b; c"'))
        + "\r\n"
    )
    table = read_table(text.encode(encoding))
    assert (table.header, table.rows, table.delimiter) == (("Vorname", "E-Mail", "Straße"), 1, sign)
    assert delimiter_of("") in ",;\t|"


@pytest.mark.parametrize(
    "content",
    [b"", b"Name\n", b"\x00\x01\x02" * 50, b"PK\x03\x04" + bytes(90), b"a" * 200_000, b'"' + b"a,b\n" * 200_000],
)
def test_what_is_no_table_is_refused_kindly(content: bytes) -> None:
    with pytest.raises(Refused):
        read_table(content)


def test_refusals_staff_and_other_businesses(web: Web) -> None:
    boss = owner(web)
    answer = upload(boss, b"")
    assert answer.status_code == 422
    assert "Choose a file" in answer.text
    page = uploaded(boss, FILE.encode())
    hire(web.yoga, "sam@staff.example", "staff")
    sam, other = sign_in(nobody(web), "sam@staff.example"), owner(web, web.other)
    for path in (page, f"{page}broken.csv"):
        assert sam.get(path).status_code == 403
        assert other.get(path).status_code == 404
    assert boss.get("imports/x/").status_code == 404
    assert "kunden.csv" not in other.get("imports/").text


def test_a_worker_that_is_killed_doubles_and_loses_nothing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    boss = owner(web)
    lines = [f"N{number},n{number}@example.com" for number in range(9)]
    page = uploaded(boss, "\n".join(["Name,Email", *lines]).encode())
    press(boss, page, "check")
    mails(web)
    press(boss, page, "run")
    real, calls = importing.read_chunk, []

    def dying(*given: Any) -> bool:
        """Dies at its end, again and again, as if killed before the commit."""
        calls.append(1)
        has_more = real(*given)
        if len(calls) % 2:
            raise MemoryError
        return has_more

    monkeypatch.setattr(importing, "read_chunk", dying)
    for _again in range(12):
        mails(web)
        web.now += timedelta(minutes=5)
    assert len(calls) == 10
    with web.database.session(web.yoga.tenant_id) as session:
        made = session.scalars(select(Customer.email).where(Customer.email.like("n_@example.com"))).all()
        found = session.scalars(select(CustomerImport)).one()
        assert session.scalar(select(func.count()).select_from(ImportedRow)) == 9
    assert sorted(made) == [f"n{number}@example.com" for number in range(9)]
    assert (found.state, found.seen, found.good, found.broken, found.content) == ("done", 9, 9, 0, b"")


def test_file_and_broken_rows_go_after_thirty_days_and_what_was_made_stays(web_everywhere: Web) -> None:
    web, boss = web_everywhere, owner(web_everywhere)
    left, made = (uploaded(boss, FILE.encode()) for _file in range(2))
    for deed in ("check", "run"):
        press(boss, made, deed)
        mails(web)
    late = web.now + timedelta(days=30, minutes=1)
    assert keep_house(web.database, late - timedelta(minutes=2))["files of imports"] == 0
    gone = keep_house(web.database, late)
    assert (gone["files of imports"], gone["broken rows of imports"]) == (1, 4)
    before = boss.form(left, f"{left}check")
    web.now = late
    sign_in(boss, "owner@yoga.example")
    for page in (left, made):
        assert "were removed on" in boss.get(page).text
    assert "Upload the file again" in boss.get(left).text
    answer = boss.post(f"{left}check", before)
    assert (answer.status_code, "was removed after 30 days" in answer.text) == (422, True)
    assert press(boss, made, "undo") == 303
    mails(web)
    assert not emails(web.yoga) & {"juergen@example.com", "zoe@example.com"}


@pytest.mark.slow
def test_a_hundred_thousand_rows_half_of_them_broken(web: Web) -> None:
    """In Windows-1252, as old programs write it."""
    boss = owner(web)
    lines = (f"Jürgen {n},{f'n{n}@example.com' if n % 2 else 'broken'}" for n in range(100_000))
    page = uploaded(boss, ("Name,Email\n" + "\n".join(lines)).encode("cp1252"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for deed in ("check", "run"):
        press(boss, page, deed)
        mails(web)
    assert "50,000" in boss.get(page).text
    assert len(emails(web.yoga)) >= 50_000
    with web.database.session(web.yoga.tenant_id) as session:
        assert (
            session.scalars(select(Customer.given_name).where(Customer.email == "n99999@example.com")).one()
            == "Jürgen 99999"
        )
    broken = boss.get(f"{page}broken.csv").data.decode("utf-8-sig")
    assert broken.count("broken") == 50_000
    assert broken.count("does not look like an email") == 50_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 * 1024, "kB"
