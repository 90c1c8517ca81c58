"""The policy simulator (issue 5, item 3; FEATURES 4, row 10), over HTTP."""

import inspect
import re
from html import unescape

from bookwidget.bookings import policy
from bookwidget.bookings.simulating import DECIDING
from tests.bookings.test_statements import counted
from tests.console.desks import events, hire, nobody, owner, sign_in
from tests.factories import make_booking
from tests.web_fixtures import Visitor, Web

PAGE = "settings/simulator"


def ask(visitor: Visitor, status: int = 200, **typed: str) -> dict[str, list[str]]:
    """The table: by action what stands in its cells, after sending the form with these fields changed."""
    return rows_of(asked(visitor, status, **typed))


def asked(visitor: Visitor, status: int = 200, **typed: str) -> str:
    fields = {**visitor.form(PAGE), **{name.replace("__", "."): value for name, value in typed.items()}}
    answer = visitor.get(PAGE, query_string={name: value for name, value in fields.items() if value != "off"})
    assert answer.status_code == status, answer.text
    return answer.text


def rows_of(text: str) -> dict[str, list[str]]:
    found = {}
    for row in re.findall(r"<tr.*?</tr>", text.split("<tbody>")[1].split("</tbody>", 1)[0], re.S):
        title, *cells = [" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in re.split(r"<td", row)]
        found[re.sub(r" (better|worse).*", "", title)] = [cell.lstrip("> ") for cell in cells]
    return found


def test_item3_each_action_has_its_rule_and_its_end(web: Web) -> None:
    boss = owner(web)
    web.settings(web.yoga, bookings__max_moves=2, bookings__cancel_fee_percent=30, bookings__cancel_fee_hours=72)
    found = ask(boss, days="3", hours="2", moves="1")
    assert "Yes" in found["Cancel"][0]
    assert "Free until" in found["Cancel"][0]
    assert found["Cancel"][0].endswith("cancel_allowed")
    assert found["Reschedule"][0].endswith("move_allowed")
    late = ask(boss, days="2", moves="2")
    assert "For 30% of the price" in late["Cancel"][0]
    assert "any more often" in late["Reschedule"][0]
    assert late["Reschedule"][0].endswith("max_moves")
    assert "No" in ask(boss, days="0", hours="5")["Cancel"][0]
    assert ask(boss, days="0", hours="5", actor="staff")["Cancel"][0].endswith("staff")
    assert ask(boss, direction="ago", days="1", hours="0")["Cancel"][0].endswith("already_past")
    assert ask(boss, state="cancelled")["Undo the cancellation"][0].endswith("undo_allowed")
    assert ask(boss, state="cancelled-yesterday")["Undo the cancellation"][0].endswith("undo_over")
    assert ask(boss, service=web.yoga.ids["massage"].hex)["Transfer tickets"][0].endswith("only_classes")
    assert "Choose a number from 0 to 23" in asked(boss, 422, hours="99")
    assert events(web.yoga) == []


def test_item3_changes_are_tried_before_they_are_saved(web_everywhere: Web) -> None:
    web, boss = web_everywhere, owner(web_everywhere)
    for hours in (30, 40, 200):
        make_booking(web.yoga, days=hours / 24)
    make_booking(web.other, days=2)
    text = asked(boss, bookings__cancel_notice_hours="48")
    found = rows_of(text)
    assert len(found["Cancel"]) == 2
    assert found["Reschedule"][1].endswith("The same")
    assert "2 of 3 upcoming bookings would be answered otherwise" in text
    assert "worse for customers: 2" in text
    assert "Saved: 24 hours" in text
    assert "None of your upcoming bookings (3)" in asked(boss, bookings__resume_days="3")
    assert len(ask(boss)["Cancel"]) == 1, "nothing was changed, so there is one column"
    massage = web.yoga.ids["massage"].hex
    of_service = boss.get(PAGE, query_string={"service": massage}).text
    assert "Settings of Massage to try" in of_service
    other = asked(boss, service=massage, tried=massage, bookings__cancel_notice_hours="48")
    assert "There are no upcoming bookings" in other
    assert "whole number" in asked(boss, 422, bookings__cancel_notice_hours="x")
    with counted(web.database) as few:
        asked(boss, bookings__cancel_notice_hours="48")
    for day in range(20):
        make_booking(web.yoga, days=1.5 + day)
    with counted(web.database) as many:
        asked(boss, bookings__cancel_notice_hours="48")
    assert len(many) == len(few)
    assert events(web.yoga) == []
    hire(web.yoga, "sam@staff.example", "staff")
    assert sign_in(nobody(web), "sam@staff.example").get(PAGE).status_code == 403


def test_the_page_has_each_setting_that_the_policy_asks() -> None:
    named = {setting.name for setting in DECIDING}
    asked_for = set(re.findall(r"choices\.([A-Z_]+)", inspect.getsource(policy)))
    known = {name for name in vars(policy.choices) if getattr(getattr(policy.choices, name), "name", "") in named}
    assert asked_for - known == {"TRANSFER_VALUE"}, "what new tickets may cost is no question of whether"
