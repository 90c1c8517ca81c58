"""The pages of a series and of one booking that is postponed or resumed, over HTTP."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bookwidget.bookings.actions import booking_token
from bookwidget.bookings.models import Booking
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.repeating import REPEATS, TEN, WEEK, codes, dates, key_at, start, weeks
from tests.web_fixtures import Forms, Web


def settle(web: Web, **settings: object) -> None:
    web.settings(web.yoga, **{name.replace(".", "__"): value for name, value in {**REPEATS, **settings}.items()})


@pytest.fixture
def five(web_everywhere: Web) -> Web:
    """Ada has five future dates, weekly."""
    settle(web_everywhere)
    start(web_everywhere.yoga)
    return web_everywhere


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1].split("</main>", maxsplit=1)[0]).split())


def test_b9_details_say_how_it_repeats_and_the_next_dates(five: Web) -> None:
    page = five.customer().get(f"bookings/{codes(five.yoga)[0]}").text
    shown = words(page)
    assert "Repeats Every week Next dates Tue 1 Dec, 10:00 this one Tue 8 Dec, 10:00 Tue 15 Dec" in shown
    assert f"/w/yoga/0/bookings/{codes(five.yoga)[1]}" in page


def test_b9_cancel_just_one_leaves_four(five: Web) -> None:
    ada, code = five.customer(), codes(five.yoga)[1]
    page = words(ada.get(f"bookings/{code}/cancel").text)
    assert "Just this one This and all later ones (4 dates)" in page
    answer = ada.send(f"bookings/{code}/cancel")
    assert answer.status_code == 303
    assert dates(five.yoga) == weeks(0, 2, 3, 4)


def test_b9_cancel_all_leaves_none_past_untouched_and_undo_restores_all(five: Web) -> None:
    five.now = TEN + WEEK - timedelta(days=2)
    ada, code = five.customer(), codes(five.yoga)[1]
    answer = ada.send(f"bookings/{code}/cancel", which="all", reason="Moving")
    assert answer.status_code == 303
    assert dates(five.yoga) == weeks(0), "what is past stays"
    page = ada.get(str(answer.location))
    assert "Massage on Tue 8 Dec and 3 later dates have been cancelled." in words(page.text)
    answer = ada.send(f"bookings/{code}/undo", page=str(answer.location))
    assert "Massage on Tue 8 Dec and 3 later dates are booked again." in words(ada.get(str(answer.location)).text)
    assert dates(five.yoga) == weeks(0, 1, 2, 3, 4)


def test_b9_the_page_says_which_dates_stay_and_why(five: Web) -> None:
    ada = five.customer()
    from_status(five, codes(five.yoga)[4], "hold")
    shown = words(ada.get(f"bookings/{codes(five.yoga)[3]}/cancel").text)
    assert "This and all later ones (1 date)" in shown
    assert (
        "These dates stay booked in any case: Tue 29 Dec, 10:00 This booking cannot be changed at the moment." in shown
    )


def from_status(web: Web, code: str, status: str) -> None:
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.execute(select(Booking).where(Booking.code == code)).scalar_one().status = status


def test_b9_a_stale_page_is_shown_again(five: Web) -> None:
    ada, code = five.customer(), codes(five.yoga)[0]
    fields = ada.form(f"bookings/{code}/cancel")
    five.customer().send(f"bookings/{codes(five.yoga)[2]}/cancel")
    answer = ada.post(f"bookings/{code}/cancel", {**fields, "which": "all", "reason": "I typed this"})
    assert answer.status_code == 422
    assert "Something has changed in the meantime." in answer.text
    assert "I typed this" in answer.text
    assert dates(five.yoga) == weeks(0, 1, 3, 4)


def test_b9_move_all_shows_every_date_first(five: Web) -> None:
    ada, code = five.customer(), codes(five.yoga)[1]
    factories.make_appointment(five.yoga, starts_at=TEN + 3 * WEEK + timedelta(hours=4), customer="ben")
    key = key_at(five.yoga, TEN + WEEK + timedelta(hours=4))
    answer = ada.send(f"bookings/{code}/move", slot=key, which="all")
    assert (answer.status_code, dates(five.yoga)) == (303, weeks(0, 1, 2, 3, 4))
    shown = words(ada.get(str(answer.location)).text)
    assert "3 dates move Tue 8 Dec, 10:00 Tue 8 Dec, 14:00" in shown
    assert "These dates stay where they are: Tue 22 Dec, 10:00 The new time is taken." in shown
    answer = ada.send(f"bookings/{code}/move-all", page=str(answer.location))
    assert answer.status_code == 303
    later = timedelta(hours=4)
    assert dates(five.yoga) == [TEN, TEN + WEEK + later, TEN + 2 * WEEK + later, TEN + 3 * WEEK, TEN + 4 * WEEK + later]
    assert "Massage has been moved to Tue 8 Dec, 14:00, and 2 later dates with it." in words(
        ada.get(str(answer.location)).text
    )


def test_b9_a_mail_s_link_opens_one_date_only(five: Web) -> None:
    visitor, code = five.visitor(), codes(five.yoga)[0]
    with five.yoga.database.session(five.yoga.tenant_id) as session:
        id = session.execute(select(Booking.id).where(Booking.code == code)).scalar_one()
    link = f"booking/{booking_token(five.services.tokens, five.yoga.tenant_id, id, 1)}"
    assert "This and all later ones" not in visitor.get(f"{link}/cancel").text
    assert visitor.post(f"{link}/cancel", {**visitor.form(f"{link}/cancel"), "which": "all"}).status_code == 404
    assert visitor.get(f"{link}/move-all?slot=x").status_code == 404
    assert dates(five.yoga) == weeks(0, 1, 2, 3, 4)


def test_b10_postpone_a_series_to_a_date(five: Web) -> None:
    settle(five, **{"bookings.postpone_allowed": True})
    ada, code = five.customer(), codes(five.yoga)[0]
    assert "Postpone it instead" in ada.get(f"bookings/{code}/cancel").text
    path = f"bookings/{code}/postpone"
    page = ada.get(f"{path}?from=2026-12-20")
    shown = words(page.text)
    assert "3 dates fall away Tue 1 Dec, 10:00 Tue 8 Dec, 10:00 Tue 15 Dec, 10:00" in shown
    assert "The series continues on Tue 22 Dec, 10:00." in shown
    assert dates(five.yoga) == weeks(0, 1, 2, 3, 4)
    found = [fields for fields in all_forms(page.text) if "seen" in fields]
    answer = ada.post(path, found[0])
    assert answer.status_code == 303
    assert dates(five.yoga) == weeks(3, 4)
    assert "The series has been postponed." in words(ada.get(str(answer.location)).text)


def all_forms(html: str) -> list[dict[str, str]]:
    """What each form of a page would send; several may go to the same address."""
    return [
        {name: value for fields in Forms(form).found.values() for name, value in fields.items()}
        for form in re.findall(r"<form.*?</form>", html, re.DOTALL)
    ]


@pytest.mark.parametrize("typed", ["2026-13-45", "yesterday", "2026-11-01", "2099-01-01", "2026-12-01"])
def test_b10_a_day_that_is_none_is_said_beside_the_field(five: Web, typed: str) -> None:
    settle(five, **{"bookings.postpone_allowed": True})
    single = factories.make_appointment(five.yoga, starts_at=TEN + timedelta(hours=3)).code
    ada = five.customer()
    for code in (codes(five.yoga)[0], single):
        answer = ada.get(f"bookings/{code}/postpone?from={typed}")
        assert answer.status_code == 422
        assert 'id="day-error"' in answer.text
        assert f'value="{typed}"' in answer.text


def test_b10_postpone_a_single_one_to_a_date(web_everywhere: Web) -> None:
    web = web_everywhere
    settle(web, **{"bookings.postpone_allowed": True})
    code = factories.make_appointment(web.yoga, starts_at=TEN).code
    ada, path = web.customer(), f"bookings/{code}/postpone"
    assert "Show free times" in ada.get(path).text
    target = TEN + 2 * WEEK + timedelta(hours=1)
    page = ada.get(f"{path}?from=2026-12-15").text
    assert key_at(web.yoga, target) in page
    moves = re.search(r'name="moves"[^>]*', page)
    assert moves is not None
    fields = next(fields for fields in all_forms(page) if "moves" in fields)
    answer = ada.post(f"{path}?from=2026-12-15", {**fields, "slot": key_at(web.yoga, target)})
    assert answer.status_code == 303, words(answer.text)
    assert dates(web.yoga) == [target]
    assert "Massage has been postponed to Tue 15 Dec, 11:00." in words(ada.get(str(answer.location)).text)


def test_b10_off_there_is_no_control_and_403(web_everywhere: Web) -> None:
    web = web_everywhere
    code = factories.make_appointment(web.yoga, starts_at=TEN).code
    ada = web.customer()
    assert "ostpone" not in ada.get(f"bookings/{code}").text + ada.get(f"bookings/{code}/cancel").text
    assert ada.get(f"bookings/{code}/postpone?from=2026-12-15").status_code == 403
    fields = {**ada.form(f"bookings/{code}/move"), "slot": key_at(web.yoga, TEN + WEEK)}
    assert ada.post(f"bookings/{code}/postpone", fields).status_code == 403
    assert dates(web.yoga) == [TEN]


def test_b11_resumable_asks_for_a_new_time_and_the_same_booking_is_active_again(web_everywhere: Web) -> None:
    web = web_everywhere
    web.settings(web.yoga, bookings__cancelled_is_final=False, bookings__undo_minutes=0)
    code = factories.make_appointment(web.yoga, starts_at=TEN).code
    ada = web.customer()
    ada.send(f"bookings/{code}/cancel")
    assert f"/bookings/{code}/resume" in ada.get("bookings/?tab=cancelled").text
    target = TEN + timedelta(hours=2)
    answer = ada.send(f"bookings/{code}/resume", slot=key_at(web.yoga, target))
    assert answer.status_code == 303, words(answer.text)
    assert (codes(web.yoga), dates(web.yoga)) == ([code], [target])
    assert "Massage is booked again, on Tue 1 Dec, 12:00." in words(ada.get(str(answer.location)).text)
    assert "You resumed it on" in ada.get(f"bookings/{code}").text


def test_b11_final_no_control_and_403(web_everywhere: Web) -> None:
    web = web_everywhere
    web.settings(web.yoga, bookings__undo_minutes=0)
    code = factories.make_appointment(web.yoga, starts_at=TEN).code
    ada = web.customer()
    fields = {**ada.form(f"bookings/{code}/move"), "slot": key_at(web.yoga, TEN + WEEK)}
    ada.send(f"bookings/{code}/cancel")
    pages = ada.get("bookings/?tab=cancelled").text + ada.get(f"bookings/{code}").text
    assert "esume" not in pages
    for answer in (ada.get(f"bookings/{code}/resume"), ada.post(f"bookings/{code}/resume", fields)):
        assert answer.status_code == 403
        assert "A cancelled booking cannot be resumed. Please book again." in answer.text
    assert dates(web.yoga) == []


def test_b11_a_time_that_is_gone_comes_back_with_the_nearest(web_everywhere: Web) -> None:
    web = web_everywhere
    web.settings(web.yoga, bookings__cancelled_is_final=False, bookings__undo_minutes=0)
    code = factories.make_appointment(web.yoga, starts_at=TEN).code
    ada = web.customer()
    ada.send(f"bookings/{code}/cancel")
    fields = ada.form(f"bookings/{code}/resume")
    factories.make_appointment(web.yoga, starts_at=TEN, customer="ben")
    answer = ada.post(f"bookings/{code}/resume", {**fields, "slot": key_at(web.yoga, TEN)})
    assert answer.status_code == 422
    assert "The nearest free times:" in answer.text
    assert dates(web.yoga) == []
