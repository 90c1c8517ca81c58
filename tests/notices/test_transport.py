"""SMTP with its refusals, and the Maildir."""

import ssl
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import AuthResult

from bookwidget.notices.mail import mail_of
from bookwidget.notices.transport import Maildir, Smtp, Undeliverable, Unreachable, recent_mail, transport_of
from tests.notices.receiver import Receiver, serving
from tests.notices.test_mail import stored

MAIL = mail_of(stored(), "Words", "<p>Words</p>", sender="no-reply@service.example", host="h.example")


def test_a_mail_arrives() -> None:
    receiver = Receiver()
    with serving(receiver) as port:
        transport_of(f"smtp://127.0.0.1:{port}").send(MAIL)
    assert [mail["Message-ID"] for mail in receiver.mails] == [MAIL["Message-ID"]]


@pytest.mark.parametrize(
    ("receiver", "error", "said"),
    [
        (Receiver(at_recipient=lambda address: "550 5.1.1 no such user"), Undeliverable, "smtp 550"),
        (Receiver(at_recipient=lambda address: "451 4.7.1 greylisted"), Unreachable, "smtp 451"),
        (Receiver(at_data=lambda: "554 5.7.1 spam"), Undeliverable, "smtp 554"),
        (Receiver(at_data=lambda: "452 4.2.2 mailbox full"), Unreachable, "smtp 452"),
    ],
)
def test_refusals(receiver: Receiver, error: type[Exception], said: str) -> None:
    with serving(receiver) as port, pytest.raises(error) as caught:
        transport_of(f"smtp://127.0.0.1:{port}").send(MAIL)
    assert str(caught.value) == said


def test_a_server_that_is_away_or_silent() -> None:
    with serving(Receiver()) as port:
        pass
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        transport_of(f"smtp://127.0.0.1:{port}").send(MAIL)
    with serving(Receiver(longest_pause=60)) as port, pytest.raises(Unreachable, match=r"TimeoutError|Disconnected"):
        Smtp("127.0.0.1", port, timeout=0.05).send(MAIL)


def test_starttls_with_a_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    receiver = Receiver()

    def check(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
        known = (data.login, data.password) == (b"shop@x", b"p:w/d")  # type: ignore[attr-defined]
        return AuthResult(success=known, handled=False)

    options = {"tls_context": context, "require_starttls": True, "authenticator": check, "auth_required": True}
    with serving(receiver, **options) as port:
        transport_of(f"smtp://shop%40x:p%3Aw%2Fd@127.0.0.1:{port}?starttls=1").send(MAIL)
        with pytest.raises(Unreachable, match="smtp 535"):
            transport_of(f"smtp://shop%40x:wrong@127.0.0.1:{port}?starttls=1").send(MAIL)
    assert len(receiver.mails) == 1


def test_what_a_transport_may_be() -> None:
    smtp = transport_of("smtps://shop:secret@mail.example")
    assert smtp == Smtp("mail.example", 465, "shop", "secret", tls=True)
    assert "secret" not in repr(smtp)
    assert transport_of("maildir:///var/mail%20box") == Maildir(Path("/var/mail box"))


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "maildir:", "smtps:secret"])
def test_what_it_may_not_be(url: str) -> None:
    with pytest.raises(ValueError, match="mail_url is"):
        transport_of(url)


def test_the_maildir_keeps_a_mail_once_and_shows_the_newest_first(tmp_path: Path) -> None:
    box = tmp_path / "box"
    assert recent_mail(box) == []
    transport = transport_of(f"maildir://{box}")
    second = mail_of(stored(subject="Grüße"), "Zwei", "<p>Zwei</p>", sender="no-reply@service.example", host="other")
    for mail in (MAIL, second, MAIL):
        transport.send(mail)
    newest, oldest = recent_mail(box)
    assert (newest.subject, newest.text.strip(), newest.html.strip()) == ("Grüße", "Zwei", "<p>Zwei</p>")
    assert (oldest.recipient, oldest.message_id) == ("ada@example.com", MAIL["Message-ID"])
    assert [mail.subject for mail in recent_mail(box, 1)] == ["Grüße"]
    (box / "new" / oldest.id).rename(box / "cur" / f"{oldest.id}:2,S")  # somebody has read it
    transport.send(MAIL)
    assert len(recent_mail(box)) == 2


def test_a_maildir_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unreachable):
        transport_of(f"maildir://{tmp_path / 'file' / 'box'}").send(MAIL)
