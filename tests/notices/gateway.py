"""A gateway for text messages on loopback, for tests: it records what it is asked, and answers as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep


@dataclass(frozen=True)
class Asked:
    """One request, headers in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Gateway:
    """Keeps every request; a message of a key that it has taken already goes out only once, as with real ones."""

    answers: list[int] = field(default_factory=list)
    """Status codes of the next answers; then 202. 0: it takes the message and hangs up without an answer."""
    pause: float = 0
    asked: list[Asked] = field(default_factory=list)
    taken: dict[str, bytes] = field(default_factory=dict)
    """What went out, by its idempotency key."""

    def answer(self, asked: Asked) -> int:
        self.asked.append(asked)
        sleep(self.pause)
        status = self.answers.pop(0) if self.answers else 202
        if status in (0, 202):
            self.taken.setdefault(asked.headers.get("idempotency-key", ""), asked.body)
        return status


@contextmanager
def serving_texts(gateway: Gateway) -> Iterator[str]:
    """The address of its interface."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = gateway.answer(Asked(self.path, headers, self.rfile.read(int(headers["content-length"]))))
            if status:
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send?v=1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
