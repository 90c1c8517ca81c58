"""Files in the booking form: what may come, how long it stays, and who gets it back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from bookwidget.bookings import uploads as uploads_module
from bookwidget.bookings.models import Booking, GivenAnswer, Upload
from bookwidget.bookings.uploads import ending_of, file_name
from bookwidget.events.housekeeping import keep_house
from tests.web_fixtures import HERE, Visitor, Web

from .asking import EVE, PDF, PNG, again, answers, ask, file, open_form, press, rows, uploads, words

EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00"
RTL = "\u202e"


@pytest.fixture
def web(web_everywhere: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    """Files are stored in the database, so both keep them. Megabytes are small, for the client's sake."""
    monkeypatch.setattr(uploads_module, "MEGABYTE", 10_000)
    return web_everywhere


def booked(web: Web, visitor: Visitor, field: str, content: bytes = PDF, name: str = "plan.pdf") -> TestResponse:
    """A booking with this file; the redirect to its page."""
    review = press(visitor, open_form(web, visitor), "review", **EVE, **{field: file(content, name)})
    assert review.status_code == 200, words(review.text)
    return again(visitor, review, "confirm")


def download_link(page: str) -> str:
    [link] = re.findall(r'href="([^"]+/answers/[^"]+)"', page)
    return str(link)


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (PDF, ".pdf"), (PNG, ".png"), (b"\xff\xd8\xff\xe0rest", ".jpg"), (b"RIFF\0\0\0\0WEBPVP8 ", ".webp"),
        ("Grüße, سلام\r\n".encode(), ".txt"), (b"<script>alert(1)</script>", ".txt"),
        (EXE, ""), (b"", ".txt"), (b"\x7fELF\x02", ""), (b"GIF89a\x01\x00\x01\x00\x00", ""), (b"PK\x03\x04", ""),
        ("Grüße".encode("latin-1"), ""), (b"RIFF\0\0\0\0WAVE", ""), (b" %PDF-", ".txt"), (b"text\x00", ""),
    ],
)  # fmt: skip
def test_k3_a_file_is_known_by_what_is_inside(content: bytes, ending: str) -> None:
    assert ending_of(content) == ending


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("plan.pdf", "plan.pdf"), ("plan.exe", "plan.pdf"), ("plan", "plan.pdf"), ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Windows\\plan.pdf", "plan.pdf"), (f"plan{RTL}fdp.exe", "planfdp.pdf"), ("a\r\nb: c\x00.pdf", "ab c.pdf"),
        (".pdf", "file.pdf"), ("..", "file.pdf"), ("/", "file.pdf"), ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
        ("Grüße 😀.pdf", "Grüße 😀.pdf"), ('a"<b>|.pdf', "ab.pdf"), ("خطة.pdf", "خطة.pdf"),
    ],
)  # fmt: skip
def test_k3_a_files_name_is_made_harmless(sent: str, name: str) -> None:
    assert file_name(sent, ".pdf") == name


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (EXE, "plan.pdf", "Only PDF, PNG, JPEG and WebP files and plain text can be sent."),
        (b"GIF89a\x00\x00", "photo.png", "Only PDF, PNG, JPEG and WebP files and plain text can be sent."),
        (b"", "plan.pdf", "This file is empty."),
        (PDF + bytes(10_001), "plan.pdf", "This file is too large. Choose one of at most 1 MB."),
    ],
)
def test_k3_a_file_that_cannot_be_sent_is_refused_beside_its_field(
    web: Web, content: bytes, name: str, reason: str
) -> None:
    web.settings(web.yoga, bookings__upload_megabytes=1)
    field, guest = ask(web.yoga, "file", "Your plan?"), web.visitor()
    typed = {**EVE, "email": "eve", "note": "Hello there"}
    answer = press(guest, open_form(web, guest), "review", **typed, **{field: file(content, name)})
    assert answer.status_code == 422
    assert "does not look like an email" in answer.text, "all that is wrong is said at once"
    assert reason in words(re.findall(rf'id="{field}-error".*?</p>', answer.text, re.S)[0])
    assert "Hello there" in answer.text
    assert not uploads(web)


def test_k3_a_body_beyond_all_measure_is_not_read(web: Web) -> None:
    web.settings(web.yoga, bookings__upload_megabytes=1, bookings__upload_count=1)
    field, guest = ask(web.yoga, "file", "Your plan?"), web.visitor()
    url = open_form(web, guest)
    assert press(guest, url, "review", **EVE, **{field: file(PDF + bytes(30_000), "a.pdf")}).status_code == 413
    assert not uploads(web)


def test_k3_a_required_file_has_to_be_there(web: Web) -> None:
    field, guest = ask(web.yoga, "file", "Your plan?", is_required=True), web.visitor()
    missing = press(guest, open_form(web, guest), "review", **EVE, **{field: file(b"", "")})
    assert missing.status_code == 422
    assert "Please choose a file." in missing.text
    review = again(guest, missing, "review", **{field: file(PDF, "plan.pdf")})
    assert review.status_code == 200
    assert again(guest, review, "confirm").status_code == 303


def test_k3_a_file_stays_with_the_form_whatever_button_is_pressed(web: Web) -> None:
    field, guest = ask(web.yoga, "file", "Your plan?"), web.visitor()
    url = open_form(web, guest)
    page = press(guest, url, "add", **EVE, **{field: file(PDF, "plan.pdf")})
    assert "plan.pdf" in page.text
    bad = again(guest, page, "review", email="eve")
    assert bad.status_code == 422
    assert "plan.pdf" in bad.text, "a mistake elsewhere does not lose it"
    other = again(guest, bad, "review", email="eve@example.com", **{field: file(PNG, "photo.png")})
    assert "photo.png" in other.text
    assert uploads(web) == [("photo.png", len(PNG), False)], "another one takes its place"
    again(guest, other, "confirm")
    assert answers(web) == [("Your plan?", "photo.png")]
    assert uploads(web) == [("photo.png", len(PNG), True)]


def test_k3_a_file_can_be_taken_back(web: Web) -> None:
    field, guest = ask(web.yoga, "file", "Your plan?"), web.visitor()
    page = press(guest, open_form(web, guest), "longer", **EVE, **{field: file(PDF, "plan.pdf")})
    gone = again(guest, page, f"forget-{field.removeprefix('question-')}")
    assert gone.status_code == 200
    assert "plan.pdf" not in gone.text
    assert not uploads(web)
    assert again(guest, gone, "forget-x").status_code == 200


def test_k3_files_go_when_the_hold_lapses(web: Web) -> None:
    field, guest = ask(web.yoga, "file", "Your plan?"), web.visitor()
    url = open_form(web, guest)
    web.now += timedelta(minutes=8)
    press(guest, url, "longer", **EVE, **{field: file(PDF, "plan.pdf")})
    web.now += timedelta(minutes=9)
    assert "plan.pdf" in guest.get(url).text, "kept longer with the place"
    keep_house(web.database, web.now)
    assert len(uploads(web)) == 1
    web.now += timedelta(minutes=2)
    gone = press(guest, url, "slot", slot="x") if guest.get(url).status_code != 200 else guest.get(url)
    [slot, *_more] = re.findall(r'name="slot" value="([^"]+)"', gone.text)
    assert "plan.pdf" not in again(guest, gone, "slot", slot=slot).text
    keep_house(web.database, web.now)
    assert not uploads(web)


def test_k3_only_so_many_files(web: Web) -> None:
    web.settings(web.yoga, bookings__upload_count=1)
    fields, guest = [ask(web.yoga, "file", f"File {n}?", position=n) for n in range(2)], web.visitor()
    both: dict[str, Any] = {field: file(PDF, "plan.pdf") for field in fields}
    answer = press(guest, open_form(web, guest), "review", **EVE, **both)
    assert answer.status_code == 422
    assert "One booking takes at most: 1" in answer.text
    assert len(uploads(web)) == 1


def test_b3_a_file_comes_back_to_its_customer_only(web: Web) -> None:
    field, ada = ask(web.yoga, "file", "Your plan?"), web.customer()
    booked(web, ada, field, PDF, f"{RTL}Plan für Ada.pdf")
    [booking] = rows(web, Booking)
    link = download_link(ada.get(f"bookings/{booking.code}").text)
    got = ada.get(link)
    assert (got.status_code, got.data) == (200, PDF)
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"] == (
        "attachment; filename=\"Plan fr Ada.pdf\"; filename*=UTF-8''Plan%20f%C3%BCr%20Ada.pdf"
    )
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert got.headers["Cache-Control"] == "no-store"
    assert web.visitor().get(link).status_code == 401
    assert web.customer("ben").get(link).status_code == 404
    assert web.customer("ada", web.other).get(link.replace("/yoga/", "/other/")).status_code == 404
    for made_up in ("x", "0" * 32, booking.id.hex):
        assert ada.get(f"bookings/{booking.code}/answers/{made_up}").status_code == 404


def test_b3_a_file_of_one_booking_is_not_in_another(web: Web) -> None:
    field = ask(web.yoga, "file", "Your plan?")
    booked(web, web.customer(), field)
    [mine] = rows(web, Booking)
    ben = web.customer("ben")
    again(ben, press(ben, open_form(web, ben, days=5), "review"), "confirm")
    [bens] = [booking for booking in rows(web, Booking) if booking.id != mine.id]
    [answer] = rows(web, GivenAnswer)
    assert ben.get(f"bookings/{bens.code}/answers/{answer.id.hex}").status_code == 404


def test_b3_a_file_comes_back_by_the_bookings_link_too(web: Web) -> None:
    field, guest = ask(web.yoga, "file", "Your plan?"), web.visitor()
    page = guest.get(str(booked(web, guest, field).location))
    link = download_link(page.text)
    assert web.visitor().get(link).data == PDF, "whoever has the link has the booking"
    asked = guest.client.get(link, base_url=HERE, headers={"X-Bookwidget": "1"})
    assert (asked.data, asked.headers["X-Bookwidget-File"]) == (b"", link)
    assert guest.get(link.rpartition("/")[0] + "/" + "0" * 32).status_code == 404


def test_b3_a_download_brings_a_bearer_sign_in_along(web: Web) -> None:
    field, ada = ask(web.yoga, "file", "Your plan?"), web.customer()
    booked(web, ada, field)
    [booking] = rows(web, Booking)
    link = download_link(ada.get(f"bookings/{booking.code}").text)
    asked = ada.client.get(link, base_url=HERE, headers={"X-Bookwidget": "1"})
    signed = asked.headers["X-Bookwidget-File"]
    assert asked.data == b""
    nobody = web.visitor()
    assert nobody.get(signed).data == PDF
    assert nobody.get(f"bookings/{booking.code}?{signed.partition('?')[2]}").status_code == 401, "for this address only"


def test_an_upload_for_what_is_no_question_is_refused(web: Web) -> None:
    mine = ask(web.yoga, "file", "Your plan?", service_id=web.yoga.ids["massage"])
    foreign = ask(web.other, "file", "Your boat?", service_id=None)
    guest = web.visitor()
    url = open_form(web, guest)
    for field in (mine, foreign, f"question-{'0' * 32}"):
        assert press(guest, url, "review", **EVE, **{field: file(PDF, "a.pdf")}).status_code == 404
    assert press(guest, url, "review", **EVE, other=file(PDF, "a.pdf")).status_code == 200
    assert not rows(web, Upload)
