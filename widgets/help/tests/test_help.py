"""S4: help that can be replaced, and whom to ask, in widgets and mails."""

from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests.console.desks import owner
from tests.web_fixtures import Web

OWN = "https://yoga.example/help"


def test_s4_help_is_in_the_tenants_look_and_language_and_can_be_replaced(web: Web) -> None:
    ada = web.customer()
    text = ada.get("bookings/").text
    assert text.count('href="/w/yoga/0/help/"') == 2  # the account menu and the foot
    page = web.visitor().get("help/")
    assert page.status_code == 200
    for question in ("How do I log in?", "How do I move a booking?", "How do I cancel?", "How do I book?"):
        assert question in page.text
    web.settings(web.yoga, bookings__cancel_allowed=False, bookings__online=False)
    page = web.visitor().get("help/")
    for question in ("How do I cancel?", "How do I book?"):
        assert question not in page.text
    assert "/book/" not in page.text
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Tenant, web.yoga.tenant_id).locale = "de_DE"
    assert "Wie verschiebe ich eine Buchung?" in web.visitor().get("help/").text
    assert owner(web).send("settings/", **{"portal.help_address": OWN}).location.endswith("saved=1")
    assert f'<a href="{OWN}" target="_blank" rel="noopener">' in web.customer().get("bookings/").text
    assert web.visitor().get("help/").location == OWN
    assert f'href="{OWN}"' not in web.visitor(web.other).get("book/").text
    assert web.visitor(web.other).get("help/").status_code == 200


def test_s4_whom_customers_ask_is_the_businesss_choice(web: Web) -> None:
    mara = owner(web)
    wrong = mara.send("settings/", **{"portal.support_phone": "01632 960144", "portal.support_email": "nobody"})
    assert wrong.status_code == 422
    assert "Write the number with +" in wrong.text
    before = web.visitor().get("book/").text
    mara.send("settings/", **{"portal.support_phone": "+441632960999", "portal.support_email": "ask@yoga.example"})
    after = web.visitor().get("book/").text
    for contact in ("tel:+441632960999", "mailto:ask@yoga.example"):
        assert contact in after
        assert contact not in before
        assert contact not in web.visitor(web.other).get("book/").text
