"""Files for signed-in customers, also where a download cannot bring its sign-in along.

A frame without cookies keeps its sign-in in the script, which sends it with what it fetches; a download is no fetch. So
the script's question is answered with a link that is good for one address, one customer and a minute.
"""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, current_app, make_response, request
from itsdangerous import BadData, URLSafeTimedSerializer

from bookwidget.kernel.clock import is_fresh, utc_now
from bookwidget.kernel.ids import parse_uuid
from bookwidget.web.visits import is_fetched, place

LIFETIME = timedelta(seconds=60)
"""How long a link to a file is good for."""


def file_answer(data: bytes, name: str, mimetype: str) -> Response:
    """A download under an ASCII name; for views that are a signed-in customer's only."""
    person = place().signed_in
    if is_fetched() and person:
        answer = make_response("", 200)
        token = _signer().dumps([request.path, person.person_id.hex])
        answer.headers["X-Bookwidget-File"] = f"{request.path}?{urlencode({'file': token})}"
    else:
        answer = make_response(data, 200)
        answer.headers["Content-Type"] = mimetype
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


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
