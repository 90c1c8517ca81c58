"""Customers with a connection of their own, who press buttons at the same instant. Also what benchmarks send."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from threading import Barrier
from typing import TypeVar
from urllib.parse import urlencode

from tests.web_fixtures import Forms

PATIENCE = 60
"""Seconds after which a request counts as never answered."""
T = TypeVar("T")
Fields = dict[str, str]


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str
    seconds: float
    cookies: tuple[str, ...] = ()

    def forms(self) -> dict[str, Fields]:
        """The page's forms, by their action without its query."""
        return {url.split("?")[0]: fields for url, fields in Forms(self.text).found.items()}

    def last_form(self) -> tuple[str, Fields]:
        return list(self.forms().items())[-1]


class Gone(Exception):
    """The server went away before it had answered."""


@dataclass
class Person:
    """Somebody at an address of their own, with cookies. Each request goes to the next of the processes."""

    ports: Sequence[int]
    number: int
    base: str
    """Path of the tenant's pages."""
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        start = self.number % len(self.ports)
        self.next_port: Iterator[int] = cycle([*self.ports[start:], *self.ports[:start]])

    @property
    def address(self) -> str:
        """All of 127/8 is this machine; limits count by address."""
        return f"127.9.{self.number // 250}.{self.number % 250 + 1}"

    def ask(self, path: str, fields: Fields | None = None) -> Answer:
        """A page, or the answer to a form. `Gone` if there was none."""
        port, url = next(self.next_port), path if path.startswith("/") else self.base + path
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            headers |= {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/x-www-form-urlencoded"}
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE, source_address=(self.address, 0))
        try:
            connection.request("GET" if fields is None else "POST", url, urlencode(fields or {}), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException) as error:
            raise Gone(f"{type(error).__name__}: {error}") from None
        finally:
            connection.close()
        cookies = tuple(answer.headers.get_all("Set-Cookie") or ())
        self.cookies |= dict(one.split(";")[0].split("=", 1) for one in cookies)
        return Answer(answer.status, answer.headers.get("Location", ""), text, time.monotonic() - began, cookies)

    def form(self, page: str, action: str = "") -> Fields:
        """The form of a page that posts to `action`, by default to the page itself."""
        forms = self.ask(page).forms()
        path = action or page
        path = path if path.startswith("/") else self.base + path
        return forms.get(path) or forms[""]

    def sign_in(self, email: str, password: str) -> "Person":
        answer = self.ask("login/", {**self.form("login/"), "email": email, "password": password})
        assert answer.status == 303, answer.text
        return self

    def press(self, page: Answer, button: str, **changes: str) -> Answer:
        """A button of the last form of a page."""
        url, fields = page.last_form()
        return self.ask(url, {**fields, "do": button, **changes})


def at_once(deeds: Iterable[Callable[[], T]]) -> list[T]:
    """What each gives, in their order; all begin at the same instant."""
    all_of_them = list(deeds)
    start = Barrier(len(all_of_them))

    def begin(deed: Callable[[], T]) -> T:
        start.wait(PATIENCE)
        return deed()

    with ThreadPoolExecutor(len(all_of_them)) as pool:
        return list(pool.map(begin, all_of_them))
