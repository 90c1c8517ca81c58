"""A note at a booking is told to the other side, and only if that side may read it."""

from bookwidget.bookings.actions import add_note
from tests import factories
from tests.events.work import HandClock
from tests.factories import World
from tests.notices.mailing import Outbox, mail_worker, post_with, text_of, work_off


def test_b15_a_note_goes_to_the_other_side(yoga: World) -> None:
    code, outbox = factories.make_booking(yoga).code, Outbox()
    for scope, text, is_shared in (
        (yoga.scope(), "The gate is open", False),
        (yoga.staff_scope(), "Pays late", False),
        (yoga.staff_scope(), "Bring a towel", True),
    ):
        with scope.session:
            add_note(scope, code, text, is_shared=is_shared)
    work_off(mail_worker(yoga, post_with(outbox), HandClock(yoga.now)))
    told = {mail["To"]: text_of(mail) for mail in outbox.mails}
    assert len(outbox.mails) == 2
    assert "Ada Byron wrote a note to this booking:" in told["hello@yoga.example"]
    assert "The gate is open" in told["hello@yoga.example"]
    assert "Bring a towel" in told["ada@example.com"]
    assert "Pays late" not in "".join(told.values())
