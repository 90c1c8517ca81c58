"""WSGI applications over https in a thread, under any `*.localhost` name, with every request recorded."""

import datetime as dt
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from socket import SHUT_RDWR, socket
from tempfile import TemporaryDirectory
from typing import Any

import trustme
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
IDLE_SECONDS = 10
STOP_SECONDS = 5


@cache
def _certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    far = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
    identity = trustme.CA().issue_cert("*.localhost", "localhost", "127.0.0.1", not_after=far)
    with TemporaryDirectory() as folder:
        path = Path(folder, "chain.pem")
        identity.private_key_and_cert_chain_pem.write_to_path(str(path))
        context.load_cert_chain(path)
    return context


class _Handler(WSGIRequestHandler):
    timeout = IDLE_SECONDS  # a browser opens connections ahead and may never use them

    def log(self, type: str, message: str, *args: Any) -> None:
        if type == "error" and not message.startswith("Request timed out"):  # such an idle connection was closed
            self.server.errors.append(message % args)  # type: ignore[attr-defined]


class _Listener(ThreadedWSGIServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, app: Wsgi, context: ssl.SSLContext) -> None:
        self.errors: list[str] = []
        self.connections: set[socket] = set()
        self._secure = context
        super().__init__("127.0.0.1", port, app, _Handler)
        self.ssl_context = context  # tells the handler that the scheme is https

    def get_request(self) -> tuple[socket, Any]:
        plain, address = super().get_request()
        # The handshake belongs into the connection's own thread: a silent peer must not stop the others.
        secure = self._secure.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self.connections.add(secure)
        return secure, address

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no news; errors of the application come through the handler's log."""


class Server:
    """`app` at https on a free port. `stop()` and `start()` make the outage that a test needs, on the same port."""

    def __init__(self, app: Wsgi) -> None:
        self.app = app
        self.requests: list[Request] = []
        self.errors: list[str] = []
        self.port = 0
        self.start()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.requests.append(Request(environ, populate_request=False, shallow=True))
        return self.app(environ, start_response)

    def origin(self, name: str) -> str:
        """`https://<name>.localhost:<port>`; two names are two sites to a browser."""
        return f"https://{name}.localhost:{self.port}"

    def asked(self, method: str, part: str = "") -> list[str]:
        """Full paths of the requests so far with this method whose path contains `part`."""
        return [r.full_path.rstrip("?") for r in self.requests if r.method == method and part in r.path]

    def start(self) -> None:
        self._listener = _Listener(self.port, self, _certificate())
        self._listener.errors = self.errors
        self.port = self._listener.server_port
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()
        for connection in list(self._listener.connections):
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)  # wakes the thread that reads from it; that one closes it
        until = time.monotonic() + STOP_SECONDS
        while self._listener.connections and time.monotonic() < until:
            time.sleep(0.01)
