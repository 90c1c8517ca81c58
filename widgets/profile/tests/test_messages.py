"""Which messages a customer wants, in the profile and from a mail's header."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from bookwidget.notices.compose import Composer
from bookwidget.notices.post import Post
from bookwidget.theming.i18n import Catalogs
from bookwidget.web.links import ServiceLinks
from tests.events.work import HandClock, happen
from tests.notices.mailing import HOST, SENDER, Outbox, cancel, mail_worker, place, shipped_themes, work_off
from tests.web_fixtures import HERE, Web

REMINDER = "booking.reminded.customer.email"


def mails(web: Web) -> list[EmailMessage]:
    """What is sent to Ada of a reminder and a cancellation, with the service's real links."""
    happen(web.yoga, "booking.reminded", after=place(web.now.replace(year=2027)))
    cancel(web.yoga, web.now)
    outbox, links = Outbox(), ServiceLinks(HERE, web.services.tokens)
    post = Post(outbox, Composer(shipped_themes(), Catalogs([]), links), links, SENDER, HOST)
    work_off(mail_worker(web.yoga, post, HandClock(web.now)))
    return [mail for mail in outbox.mails if mail["To"] == "ada@example.com"]


def subjects(web: Web) -> list[str]:
    return sorted(mail["Subject"].split(":")[0] for mail in mails(web))


def test_n1_what_is_switched_off_is_not_sent_and_what_is_needed_always_is(web: Web) -> None:
    ada = web.customer()
    page = ada.get("profile/messages").text
    assert page.count("always sent") > 5
    assert f'value="{REMINDER}" checked' in page
    fields = ada.form("profile/messages")
    guard = {"csrf_token": fields["csrf_token"]}
    sent = {**guard, "shown": [REMINDER, "booking.cancelled.customer.email"], "wanted": []}
    for _click in range(2):
        assert ada.post("profile/messages", sent).status_code == 303
    assert subjects(web) == ["Cancelled"]
    assert ada.post("profile/messages", {**sent, "wanted": [REMINDER]}).status_code == 303
    assert subjects(web) == ["Cancelled", "Reminder"]


def test_n1_one_click_in_the_mail_program_turns_a_kind_off(web: Web) -> None:
    """RFC 8058: looking does nothing; a post without cookie, origin and guard does."""
    by_subject = {mail["Subject"].split(":")[0]: mail for mail in mails(web)}
    assert by_subject["Cancelled"]["List-Unsubscribe"] is None
    mail = message_from_bytes(by_subject["Reminder"].as_bytes(), policy=SMTP)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(mail["List-Unsubscribe"]).strip("<>").removeprefix(HERE)
    for part in ("plain", "html"):
        assert link in by_subject["Reminder"].get_body((part,)).get_content(), "and in the foot, for who reads it there"
        assert "/unsubscribe/" not in by_subject["Cancelled"].get_body((part,)).get_content()
    visitor = web.visitor()
    assert "do you no longer want these?" in visitor.get(link).text
    assert visitor.client.head(link, base_url=HERE).status_code == 200
    assert subjects(web) == ["Cancelled", "Reminder"]
    for _click in range(2):
        answer = visitor.post(link, {"List-Unsubscribe": "One-Click"}, origin=None)
        assert (answer.status_code, "Turned off" in answer.text) == (200, True)
    assert subjects(web) == ["Cancelled"]
    for wrong in (link[:-1], link.replace("/yoga/", "/other/")):
        assert visitor.get(wrong).status_code == 404
        assert visitor.post(wrong, {}, origin=None).status_code == 404


def test_n1_text_messages_have_switches_of_their_own_once_the_business_sends_them(web: Web) -> None:
    ada, text = web.customer(), REMINDER.replace("email", "sms")
    assert "By text message" not in ada.get("profile/messages").text
    web.settings(web.yoga, messages__texts=text)
    page = ada.get("profile/messages").text
    assert "By text message" in page
    assert f'value="{text}" checked' in page
    assert "01632 960001" in page or "Add your phone number" in page
    guard = {"csrf_token": ada.form("profile/messages")["csrf_token"]}
    assert ada.post("profile/messages", {**guard, "shown": [text], "wanted": []}).status_code == 303
    page = ada.get("profile/messages").text
    assert f'value="{text}">' in page
    assert f'value="{REMINDER}" checked' in page
