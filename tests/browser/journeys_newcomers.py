"""What needs the worker or a mail on its way: customers from a file, and a new business up to its snippet.

They come last: who signs up is not the owner any more whom the other journeys have logged in.
"""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import exists, select

from bookwidget.accounts.models import Customer
from tests.browser.hands import Hands
from tests.browser.journeys import gives_name_and_books, keep_a_time
from tests.browser.letters import link_in, post_office
from tests.browser.stage import Stage
from tests.console.signing_up import PASSWORD

SUCCESS = "[role=status]"
MAIN = "main form .bw-btn--main"
EMAIL = "noor@harbour.example"
IMPORTED = "zoe@example.com"
FILE = f"Kontakt;Vorname\n{IMPORTED};Zoë\nnobody;Nobody\n"
"""Its first column has a heading that says nothing, its last row no address."""


def imports_customers(hands: Hands) -> None:
    """A file that is missing, a column that is missing, a dry run, the import, and its undoing."""
    hands.open(f"{hands.stage.service_origin}/console/imports/")
    hands.press(MAIN)
    hands.sees("Choose a file", "#file-error")
    hands.choose_file("input[name=file]", written(hands.stage))
    hands.press(MAIN)
    hands.sees("Zoë", "main table")
    hands.press(MAIN)
    hands.there("select[name=email][aria-invalid=true]")
    hands.pick_second("select[name=email]")
    hands.press(MAIN)
    waits_for_the_worker(hands)
    hands.sees("1 row can be imported")
    hands.sees("Row 3", "[aria-labelledby=broken]")
    assert not is_imported(hands.stage), "it was a dry run"
    hands.press("form[action$='/run'] button")
    waits_for_the_worker(hands)
    hands.sees("The customers are there", SUCCESS)
    assert is_imported(hands.stage)
    hands.press("form[action$='/undo'] button")
    waits_for_the_worker(hands)
    hands.sees("The import is undone", SUCCESS)
    assert not is_imported(hands.stage)


def signs_up(hands: Hands) -> None:
    hands.open(f"{hands.stage.service_origin}/signup/")
    hands.type("input[name=email]", EMAIL)
    hands.press(MAIN)
    hands.there("input[name=business][aria-invalid=true]")
    hands.type("input[name=business]", "Harbour Hair")
    hands.press(MAIN)
    hands.sees("Look into your mailbox")
    with post_office(hands.stage) as post:
        hands.open(link_in(post.one_to(EMAIL), "/signup/confirm/"))
    hands.type("input[name=password]", PASSWORD)
    hands.press(MAIN)
    hands.there("button[name=trade]")


def sets_up(hands: Hands) -> None:
    """From the trade to a page with the snippet in it, the loader's, or the frame's where script is off; and somebody
    books and cancels there.
    """
    hands.press("button[name=trade][value=beauty]")
    hands.press(".bw-btn--swatch:last-of-type")
    hands.there(".bw-btn--swatch:last-of-type[aria-pressed=true]")
    hands.press("main .bw-foot .bw-btn--main")
    hands.there("select[name=timezone]")
    hands.press(MAIN)
    hands.type("input[name=minutes]", "50")
    hands.press(MAIN)
    hands.type("input[name=origin]", "our website")
    hands.press(MAIN)
    hands.there("input[name=origin][aria-invalid=true]")
    hands.type("input[name=origin]", hands.stage.page("harbour", "/hair"))
    hands.press(MAIN)
    hands.sees("harbour-hair/book", "#loader")
    hands.press("main a[href*='/embed/']")
    hands.stage.pages.write("/hair", hands.browser.text("#loader" if hands.browser.scripted else "#plain"))
    hands.open(hands.stage.page("harbour", "/hair"))
    hands.browser.frame("iframe")
    hands.sees("50 min", "main")
    hands.press("main a[href*='/book/']")
    hands.press(".bw-steppers a:last-of-type")  # in the week that goes on there may be nothing
    keep_a_time(hands)
    gives_name_and_books(hands)
    hands.press("main a[href*='/cancel']")
    hands.press("main form[action*='/cancel'] .bw-btn--bad")
    hands.sees("cancelled", SUCCESS)


def written(stage: Stage) -> Path:
    path = stage.mailbox.parent / "kunden.csv"
    path.write_text(FILE, "cp1252")
    return path


def waits_for_the_worker(hands: Hands) -> None:
    hands.there("progress, [aria-labelledby=work]")
    with post_office(hands.stage) as post:
        assert IMPORTED not in {mail["To"] for mail in post.arrived()}
    if not hands.browser.scripted:  # otherwise the page looks by itself
        hands.press("[data-watch] + p a")


def is_imported(stage: Stage) -> bool:
    with stage.yoga.database.session(stage.yoga.tenant_id) as session:
        return bool(session.scalar(select(exists().where(Customer.email == IMPORTED))))


NEWCOMERS: dict[str, Callable[[Hands], None]] = {
    "Console: import customers, undo it": imports_customers,
    "Sign up a business, after a mistake": signs_up,
    "Set it up, book and cancel by its snippet": sets_up,
}
