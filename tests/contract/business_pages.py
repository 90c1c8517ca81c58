"""Part of the tour of every page: the console's team, history and numbers, and what members' mails lead to."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from bookwidget.accounts.importing_customers import TAKEN
from bookwidget.accounts.models import CustomerImport, ImportedRow
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.models import Member
from tests import factories
from tests.web_fixtures import Visitor, Web


def members_links(web: Web, stranger: Visitor) -> Iterator[tuple[str, TestResponse]]:
    own = web.yoga.tenant_id, web.yoga.ids["owner"]
    password = web.services.tokens.member_password(*own, factories.PASSWORD_HASH)
    invited, known = (uuid7(), uuid7())
    web.yoga.add(
        Member(id=invited, email="new@staff.example", name="123", role="staff", created_at=web.now, invited_at=web.now),
        Member(id=known, email="owner@other.example", name="123", role="owner", created_at=web.now, invited_at=web.now),
        Member(email="gone@staff.example", name="123", role="manager", created_at=web.now, ended_at=web.now),
    )
    links = [web.services.tokens.invitation(web.yoga.tenant_id, one, web.now) for one in (invited, known)]
    for path in ("forgot", "forgot?sent=1", "password/x", f"password/{password}",
                 "invitation/x", *(f"invitation/{link}" for link in links)):  # fmt: skip
        yield path, stranger.get(path)
    yield "no address", stranger.send("forgot", email="nobody")
    yield "bad password", stranger.send(f"password/{password}", password="12345")


def import_pages(web: Web, visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    yield "no imports", visitor.get("imports/")
    yield "no file", visitor.send("imports/")
    values: dict[str, Any] = {
        "name": "123.csv", "encoding": "utf-8", "delimiter": ",", "header": ["1", "2"], "rows": 3,
        "created_at": web.now,
    }  # fmt: skip
    why = {"msgid": TAKEN.msgid, "values": {}}
    for state in ("mapping", "checking", "checked", "running", "done", "undoing", "undone"):
        made = CustomerImport(id=uuid7(), content=b"1,2\n3,4\n", state=state, good=2, broken=1, **values)
        web.yoga.add(made, ImportedRow(import_id=made.id, line=3, cells=["3", "4"], reason=why))
        yield state, visitor.get(f"imports/{made.id.hex}/")
        if state == "mapping":
            yield "no column", visitor.send(f"imports/{made.id.hex}/check", f"imports/{made.id.hex}/", email="")
    yield "imports", visitor.get("imports/")
    for state in ("mapping", "done", "undone"):
        made = CustomerImport(id=uuid7(), content=b"1,2\n3,4\n", state=state, kind="bookings", **values)
        web.yoga.add(made)
        yield f"bookings, {state}", visitor.get(f"imports/{made.id.hex}/")
    late = CustomerImport(id=uuid7(), content=b"", **{**values, "created_at": web.now - timedelta(days=40)})
    web.yoga.add(late)
    yield "its file is gone", visitor.get(f"imports/{late.id.hex}/")
    none = CustomerImport(id=uuid7(), content=b"1\n2\n", state="checked", **values)
    web.yoga.add(none)
    yield "none is good", visitor.get(f"imports/{none.id.hex}/")


def simulator_pages(visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    page = "settings/simulator"
    yield "simulator", visitor.get(page)
    yield "a cancelled one, for staff", visitor.get(f"{page}?state=cancelled&actor=staff&hours=x")
    tried = visitor.form(page)
    for value in ("90", "x"):
        changed = {**tried, "bookings.cancel_notice_hours": value, "bookings.cancel_fee_percent": "20"}
        yield f"tried {value}", visitor.get(page, query_string=changed)


def business_pages(web: Web, visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    yield from import_pages(web, visitor)
    yield from simulator_pages(visitor)
    listed = visitor.get("team/?done=invited")
    yield "team", listed
    for path in sorted(set(re.findall(r'href="(/console/team/[0-9a-f]{32}/)"', listed.text))):
        yield "a member", visitor.get(path)
    yield "invite", visitor.get("team/new")
    yield "no role", visitor.send("team/new", name="", email="x", role="x")
    own = web.yoga.ids["owner"].hex
    yield "portal", visitor.get("portal/?saved=1")
    long = {f"word:{slug}:en": "1" * (30 + at) for at, slug in enumerate(("bookings", "book"))}
    yield "a long name", visitor.send("portal/", **long)
    yield "one place for two", visitor.send("portal/", **{"place:book": "1"})
    yield "the only owner", visitor.send(f"team/{own}/end", f"team/{own}/")
    for deed in ("role", "ended", "withdrawn"):
        yield deed, visitor.get(f"team/?done={deed}")
    for path in (
        "numbers/",
        "numbers/?from=x",
        "history/",
        "history/?q=xyzzy",
        "history/?from=2026-11-24&to=2026-11-01",
        "history/?before=1-" + "0" * 32,
    ):
        yield path, visitor.get(path)
