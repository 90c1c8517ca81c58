"""Pages go compressed. Their length is blurred, because a page holds both secrets and text a visitor can choose.

Whoever can watch lengths and make a browser ask again and again could otherwise guess a page's secrets by what
compresses well (BREACH). The file name in gzip's header, which browsers skip, takes a random length: as in the
"Heal the BREACH" paper of 2022, and without a byte more in the page itself.
"""

import gzip
import io
import secrets
from functools import lru_cache

from flask import Flask, Response
from werkzeug.http import parse_accept_header

from bookwidget.web.current import request
from bookwidget.web.headers import given, put

SMALLEST = 500
"""Bytes; below this a page gains nothing."""
BY = "Accept-Encoding"
BLUR = 100
"""Longest file name, in bytes."""


def init_app(app: Flask) -> None:
    @app.after_request
    def compress(response: Response) -> Response:
        is_page = (given(response, "content-type") or "").startswith("text/html")
        if not is_page or response.direct_passthrough or given(response, "content-encoding"):
            return response
        varies = given(response, "vary")
        if not varies:
            put(response, {"Vary": BY}, {})
        elif BY not in varies:
            response.headers["Vary"] = f"{varies}, {BY}"
        if takes_gzip(request.environ.get("HTTP_ACCEPT_ENCODING")) and (response.content_length or 0) >= SMALLEST:
            response.set_data(blurred_gzip(response.get_data()))
            response.headers["Content-Encoding"] = "gzip"
        return response


@lru_cache(maxsize=256)
def takes_gzip(accepted: str | None) -> bool:
    """What a browser says is one of few texts."""
    return parse_accept_header(accepted)["gzip"] > 0


def blurred_gzip(body: bytes) -> bytes:
    out = io.BytesIO()
    name = "a" * secrets.randbelow(BLUR)
    with gzip.GzipFile(name, "wb", compresslevel=5, fileobj=out, mtime=0) as packed:
        packed.write(body)
    return out.getvalue()
