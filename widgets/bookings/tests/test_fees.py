"""What cancelling late costs is said before, and stands there afterwards (B8)."""

from datetime import timedelta

from tests import factories
from tests.web_fixtures import Web


def test_b8_what_cancelling_late_costs_is_said_before_and_after(web_everywhere: Web) -> None:
    web = web_everywhere
    web.settings(
        web.yoga, bookings__cancel_notice_hours=0, bookings__cancel_fee_percent=50, bookings__cancel_fee_hours=24
    )
    soon = factories.make_appointment(web.yoga, starts_at=web.now + timedelta(hours=5))
    later = factories.make_appointment(web.yoga, starts_at=web.now + timedelta(days=6))
    owed = f"{soon.price // 2 / 100:.2f}"
    ada = web.customer()

    page = ada.get(f"bookings/{later.code}/cancel").text
    assert "You can cancel for free until" in page
    assert "costs you" not in page

    page = ada.get(f"bookings/{soon.code}/cancel").text
    assert "Cancelling now costs you 50% of the price" in page
    assert owed in page
    assert "for free" not in page
    assert ada.send(f"bookings/{soon.code}/cancel").status_code == 303
    page = ada.get(f"bookings/{soon.code}").text
    assert "Cancellation fee" in page
    assert owed in page
