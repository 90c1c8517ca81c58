"""The long-running processes of an installation, each until it is told to stop."""

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server

from bookwidget import create_app
from bookwidget.config import Config
from bookwidget.events.worker import stopped_by_signals
from bookwidget.logs import log
from bookwidget.ops.errors import PortTaken
from bookwidget.ops.memory import share_arenas

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

PATIENCE = 10
"""Seconds that requests under way are given at the end."""


def check_port(host: str, port: int) -> None:
    """Raises `PortTaken` if we could not listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(f"port {port} on {host} cannot be used: {error.strerror}") from None


def stop_asked(*, with_input: bool = False) -> threading.Event:
    """An event that SIGTERM and SIGINT set; `with_input`: the end of standard input too.

    The latter is how a child learns that its parent is gone, even one that was killed.
    """
    stop = stopped_by_signals()
    if with_input:

        def watch() -> None:
            while sys.stdin.buffer.read(1):
                pass
            stop.set()

        threading.Thread(target=watch, name="parent", daemon=True).start()
    return stop


def serve_app(app: Wsgi, host: str, port: int, threads: int, stop: threading.Event, *, trusted: bool = False) -> None:
    """Serves until `stop`; then no new connection is taken, and requests under way are finished.

    `trusted` leaves the X-Forwarded headers to the application; otherwise nobody's are believed.
    """
    check_port(host, port)
    channels: dict[int, Any] = {}
    server = create_server(
        app, map=channels, host=host, port=port, threads=threads, ident=None, clear_untrusted_proxy_headers=not trusted
    )
    log.info("serving", host=host, port=port, threads=threads)
    while not stop.is_set():
        turn(channels)
    for listener in [channel for channel in channels.values() if getattr(channel, "accepting", False)]:
        wasyncore.dispatcher.close(listener)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and any(map(is_busy, channels.values())):
        turn(channels)
    server.task_dispatcher.shutdown(timeout=1)
    wasyncore.close_all(channels)
    log.info("served")


def turn(channels: dict[int, Any]) -> None:
    """Handles what came in; waits for it up to half a second."""
    wasyncore.loop(timeout=0.5, map=channels, count=1, use_poll=True)


def is_busy(channel: Any) -> bool:
    """Whether a connection is waiting for its answer, or for the rest of it."""
    return isinstance(channel, HTTPChannel) and bool(channel.requests or channel.total_outbufs_len)


def serve(config: Config, *, with_input: bool = False) -> None:
    """The web service."""
    share_arenas()
    stop = stop_asked(with_input=with_input)
    app = create_app(config)
    serve_app(app, config.listen, config.port, config.threads, stop, trusted=bool(config.trusted_proxies))
