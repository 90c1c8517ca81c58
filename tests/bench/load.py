"""A small client: a few connections that stay open, each with one request under way."""

import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import cycle

CONNECTIONS = 4
"""More than one, so that the server never waits for the client."""


def request(path: str, *, cookies: str = "", packed: bool = False) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: bench"]
    lines += [f"Cookie: {cookies}"] if cookies else []
    lines += ["Accept-Encoding: gzip"] if packed else []
    return "\r\n".join([*lines, "", ""]).encode()


def visit(port: int, requests: Sequence[bytes], seconds: float) -> int:
    """Sends them in turn for so long; gives how many were answered. `RuntimeError` for an answer but 200."""
    waiting, done, end = cycle(requests), 0, time.monotonic() + seconds
    with ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20)) for _ in range(CONNECTIONS)
        ]
        for connection in connections:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(next(waiting))
        while time.monotonic() < end:
            for connection in connections:
                read_answer(connection)
                connection.sendall(next(waiting))
                done += 1
        for connection in connections:
            read_answer(connection)
            done += 1
    return done


def read_answer(connection: socket.socket) -> int:
    """Reads one answer to its end; gives the length of its body."""
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
    return length


def receive(connection: socket.socket) -> bytes:
    got = connection.recv(65536)
    if not got:
        raise RuntimeError("the server closed the connection")
    return got
