"""Files that customers send and get, also where a download cannot bring its sign-in along.

A frame without cookies keeps its sign-in in the script, which sends it with what it fetches; a download is no fetch. So
the script's question is answered with a link that is good for one address, one customer and a minute.
"""

from datetime import timedelta
from urllib.parse import quote, urlencode
from uuid import UUID

from flask import Response, current_app, make_response
from itsdangerous import BadData, URLSafeTimedSerializer

from bookwidget.kernel.clock import is_fresh, utc_now
from bookwidget.kernel.ids import parse_uuid
from bookwidget.web.current import request
from bookwidget.web.visits import is_fetched, place

LIFETIME = timedelta(seconds=60)
"""How long a link to a file is good for."""


SANDBOX = "default-src 'none'; sandbox"
"""For what strangers wrote: whatever shows it runs nothing of it."""


def file_answer(data: bytes, name: str, mimetype: str = "application/octet-stream") -> Response:
    """A download; for views that are a signed-in customer's only, or whose address names all that it takes."""
    person = place().signed_in
    if is_fetched():
        answer = make_response("", 200)
        answer.headers["X-Bookwidget-File"] = signed_path(person.person_id) if person else request.full_path.rstrip("?")
    else:
        answer = make_response(data, 200)
        answer.headers["Content-Type"] = mimetype
        answer.headers["Content-Disposition"] = disposition(name)
        answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "no-store"
    return answer


def signed_path(person_id: UUID) -> str:
    """This very address for a minute, for who cannot bring their sign-in along."""
    return f"{request.path}?{urlencode({'file': _signer().dumps([request.path, person_id.hex])})}"


def disposition(name: str) -> str:
    """As RFC 6266 has it: plain letters for every program, and the whole name where that is not all of it."""
    stem, dot, ending = name.encode("ascii", "ignore").decode().replace('"', "").rpartition(".")
    plain = f"{stem.strip() or 'file'}{dot}{ending}"
    rest = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'attachment; filename="{plain}"{rest}'


def allow_body(most: int) -> None:
    """This request may bring so many bytes, for a form with files. Before anything of it is looked at."""
    request.max_content_length = most


def reader_of_file() -> UUID | None:
    """The customer whom a signed link in this request's address lets read this very address, and nothing else."""
    if request.method != "GET" or "file" not in request.args:
        return None
    try:
        (path, person), made_at = _signer().loads(request.args["file"], return_timestamp=True)
    except (BadData, ValueError):
        return None
    return parse_uuid(person) if path == request.path and is_fresh(made_at, LIFETIME, utc_now()) else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="file")
