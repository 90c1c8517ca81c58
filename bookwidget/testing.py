"""For tests that travel with a widget: `pytest -p bookwidget.testing widgets/ping` gives them the fixture `browse`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import TestResponse

from bookwidget.config import Config
from bookwidget.kernel.later import later
from bookwidget.web.errors import MISTAKES_SHOWN

if TYPE_CHECKING:
    from bookwidget.ops import invented
else:  # most tests invent nothing
    invented = later("bookwidget.ops.invented")

Browse = Callable[..., TestResponse]
"""`browse("ping")`, `browse("ping", "more?page=2")`, `browse("ping", name="Ada")`: opens a widget's page, or fills in
and sends the form that is there, as a customer who is signed in. The answer is the page that they see then: a
redirect is followed, and stands in its `history`. A page that fails fails the test, and says where.
"""


@pytest.fixture(scope="session")
def invented_customer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> "invented.Guest":
    """Of an invented business, in a service that finds the widgets of `BOOKWIDGET_WIDGET_FOLDERS` and `widgets/`."""
    config = Config.load(instance=tmp_path_factory.mktemp("invented"), database_url="")
    here = request.config.rootpath / "widgets"
    if here.is_dir() and not is_shipped(here) and here not in config.widget_folders:
        config = replace(config, widget_folders=(*config.widget_folders, here))
    guest = invented.Guest(invented.invent(config))
    guest.app.config[MISTAKES_SHOWN] = True
    return guest.sign_in()


@pytest.fixture
def browse(invented_customer: "invented.Guest") -> Browse:
    def answer(widget: str, path: str = "", **typed: str) -> TestResponse:
        where = f"{widget}/{path}"
        found = invented_customer.post(where, typed, follows=True) if typed else invented_customer.get(where)
        if found.status_code == 500:
            pytest.fail(found.text, pytrace=False)
        return found

    return answer


def is_shipped(folder: Path) -> bool:
    """Whether these are the widgets of a working copy of bookwidget, which are found anyway."""
    return (folder.parent / "bookwidget" / "hookspecs.py").is_file()
