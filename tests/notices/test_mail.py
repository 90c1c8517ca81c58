"""Headers that nobody can break out of."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bookwidget.notices.mail import NAME_LENGTH, SUBJECT_LENGTH, mail_of, one_line
from bookwidget.notices.store import StoredMessage
from tests.fixtures import NOW

HEADERS = {
    "from", "to", "reply-to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type"
}  # fmt: skip
ODD = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from('",<>@()\\;:=?_. \r\n\u2028\u202eéو☃')), max_size=400
)


def stored(**changes: str) -> StoredMessage:
    values = {
        "template": "t", "channel": "email", "address": "ada@example.com", "reply_to": "hello@yoga.example",
        "sender_name": "Yoga", "subject": "Cancelled", "text": "", "html": "", **changes,
    }  # fmt: skip
    return StoredMessage(UUID(int=7), created_at=NOW, sent_at=None, **values)


def mail(**changes: str) -> EmailMessage:
    made = mail_of(stored(**changes), "Words ü", "<p>Words ü</p>", sender="no-reply@service.example", host="h.example")
    return message_from_bytes(made.as_bytes(), policy=policy.default)


def test_the_headers() -> None:
    made = mail()
    assert {name.lower() for name in made} == HEADERS
    assert made["From"] == "Yoga <no-reply@service.example>"
    assert made["To"] == "ada@example.com"
    assert made["Reply-To"] == "hello@yoga.example"
    assert made["Message-ID"] == "<00000000000000000000000000000007@h.example>"
    assert made["Date"].datetime == NOW
    assert made["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in made.iter_parts()] == ["text/plain", "text/html"]


def words_of(header: str) -> str:
    """A raw header in words. The library's newer parser adds spaces between encoded words, so the old one reads."""
    return str(make_header(decode_header(header.replace("\r\n", ""))))


@given(ODD, ODD)
@example("", "0000000000000000 ¡¡¡¡¡¡¡¡𐀀𐀀𐀀 ¡")  # the standard library's folding loses the last space
@example("استوديو نور للياقة واليوغا والتأمل في وسط المدينة", "أُلغي الحجز: يوغا هادئة، الخميس، 26 نوفمبر 2026")
def test_odd_names_and_subjects_stay_what_they_are(name: str, subject: str) -> None:
    made = mail_of(stored(sender_name=name, subject=subject), "", "", sender="a@b.example", host="h").as_bytes()
    new, old = (message_from_bytes(made, policy=kind) for kind in (policy.default, policy.compat32))
    assert {header.lower() for header in new} == HEADERS
    assert [address.addr_spec for address in new["From"].addresses] == ["a@b.example"]
    assert new["To"] == "ada@example.com"
    assert words_of(old["Subject"]) == one_line(subject, SUBJECT_LENGTH)
    shown = words_of(old["From"]).removesuffix("<a@b.example>").strip()
    if not one_line(name, NAME_LENGTH).isascii():  # ASCII is quoted instead, and may be empty
        assert shown == one_line(name, NAME_LENGTH)


def test_all_of_it_is_seven_bit() -> None:
    made = mail_of(stored(subject="Größe"), "ü" * 2000, "<p>ü</p>", sender="a@b.example", host="h.example")
    assert made.as_bytes().isascii()
    assert max(map(len, made.as_bytes().split(b"\r\n"))) <= 998


def test_a_domain_in_another_script_is_written_in_ascii() -> None:
    assert mail(address="info@bücher.example")["To"] == "info@xn--bcher-kva.example"


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nBcc: c@d.example", "a b@example.com", "a,b@example.com"])
def test_impossible_addresses_are_refused(address: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        mail(address=address)
