"""Plans above the switches: what a plan lacks is off, says so, and cannot be turned on by hand."""

from bookwidget.catalog.models import Service
from bookwidget.tenancy.plans import EVERYTHING
from bookwidget.tenancy.platform import set_plan
from bookwidget.tenancy.session import writing
from tests.console.desks import owner
from tests.factories import make_booking, make_class
from tests.web_fixtures import Web

RATINGS = "bookings.ratings"


def test_s2_what_a_plan_lacks_is_off_and_cannot_be_turned_on_by_hand(web: Web) -> None:
    mara, ada = owner(web), web.customer()
    path = f"bookings/{make_booking(web.yoga, occurrence=make_class(web.yoga, days=-3)).code}"
    web.settings(web.yoga, bookings__ratings=True, profile__companions=True)
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        flow = session.get_one(Service, (web.yoga.tenant_id, web.yoga.ids["flow"]))
        flow.settings = {RATINGS: True}
    sent = mara.form("settings/")
    assert "/rate" in ada.get(path).text
    assert ada.get("profile/people").status_code == 200
    set_plan(web.database, web.yoga.tenant_id, "essential")
    assert "/rate" not in ada.get(path).text
    assert ada.get(f"{path}/rate").status_code == 403
    assert ada.get("profile/people").status_code == 404
    page = mara.get("settings/").text
    assert "Not in your plan" in page
    assert "It takes the plan: Everything." in page
    assert f'name="{RATINGS}"' not in page
    of_massage = f"settings/?service={web.yoga.ids['massage'].hex}"
    for where, seen in (("settings/", "false"), (of_massage, "null")):
        answer = mara.post(where, {"csrf_token": sent["csrf_token"], f"seen:{RATINGS}": seen, RATINGS: "1"})
        assert answer.status_code == 422
        assert "Your plan does not have this." in answer.text
    assert "/rate" not in ada.get(path).text
    set_plan(web.database, web.yoga.tenant_id, EVERYTHING)
    assert "/rate" in ada.get(path).text
    assert ada.get("profile/people").status_code == 200


def test_s2_a_plan_leaves_other_switches_to_the_business(web: Web) -> None:
    set_plan(web.database, web.yoga.tenant_id, "essential")
    mara = owner(web)
    fields = mara.form("settings/")
    fields.pop("bookings.online")
    assert mara.post("settings/", fields).location.endswith("saved=1")
    assert web.visitor().get("book/").status_code == 404
    assert "Book</a>" not in web.customer().get("bookings/").text
