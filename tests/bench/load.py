"""A small client: a few connections that stay open, each with one request under way."""

import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from itertools import cycle

CONNECTIONS = 4
"""More than one, so that the server never waits for the client."""


def request(path: str, *, cookies: str = "", packed: bool = False) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: bench"]
    lines += [f"Cookie: {cookies}"] if cookies else []
    lines += ["Accept-Encoding: gzip"] if packed else []
    return "\r\n".join([*lines, "", ""]).encode()


class Link:
    """A connection with one request under way. Servers that close it after each answer get a new one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = self.opened()

    def opened(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def ask(self, request: bytes) -> None:
        self.connection.sendall(request)

    def take(self) -> None:
        """Waits for the answer."""
        if not read_answer(self.connection):
            self.connection.close()
            self.connection = self.opened()

    def close(self) -> None:
        self.connection.close()


def visit(port: int, requests: Sequence[bytes], seconds: float) -> int:
    """Sends them in turn for so long; gives how many were answered. `RuntimeError` for an answer but 200."""
    waiting, done, end = cycle(requests), 0, time.monotonic() + seconds
    with ExitStack() as stack:
        links = [stack.enter_context(closing(Link(port))) for _ in range(CONNECTIONS)]
        for link in links:
            link.ask(next(waiting))
        while time.monotonic() < end:
            for link in links:
                link.take()
                link.ask(next(waiting))
                done += 1
        for link in links:
            link.take()
            done += 1
    return done


def read_answer(connection: socket.socket) -> bool:
    """Reads one answer to its end; gives whether the connection stays open."""
    got = connection.recv(65536)
    while b"\r\n\r\n" not in got:
        got += receive(connection)
    head, _, body = got.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode("latin-1").splitlines()[0])
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    length, have = int(fields[b"content-length"]), len(body)
    while have < length:
        have += len(receive(connection))
    return fields.get(b"connection") != b"close"


def receive(connection: socket.socket) -> bytes:
    got = connection.recv(65536)
    if not got:
        raise RuntimeError("the server closed the connection")
    return got
