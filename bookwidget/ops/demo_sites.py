"""The example businesses' own websites, as plain files with a few values filled in. They are no part of the service:
another process, another origin, nothing but HTML, CSS and pictures.
"""

import mimetypes
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.security import safe_join
from werkzeug.wrappers import Request, Response

from bookwidget.ops.demo_content import BUSINESSES
from bookwidget.ops.processes import Wsgi

FOLDER = Path(__file__).resolve().parent / "demo_content"
STRICT = (
    "default-src 'none'; script-src {service}; frame-src {service}; style-src 'self'; img-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""What a careful web designer sends: nothing inline, and of strangers the booking service alone."""
POLICIES = {"harbour-yoga": STRICT}
"""By slug; the others send none, as most small sites do."""


class Sites:
    """`<slug>.localhost` is a site's own address; `127.0.0.1/<slug>/` shows the same."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.names = {business.slug: business.name for business in BUSINESSES}
        self.pages = Environment(
            loader=FileSystemLoader(FOLDER / "sites"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        try:
            response: Response = self.answer(request)
        except HTTPException as error:
            response = Response(f"{error.code} {error.name}\n", error.code, mimetype="text/plain")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-cache"
        return response(environ, start_response)

    def answer(self, request: Request) -> Response:
        slug = request.host.partition(".")[0]
        path = request.path.removeprefix("/")
        if slug not in self.names:
            slug, slash, path = path.partition("/")
            if not slug:
                return self.contents()
            if slug in self.names and not slash:
                return Response(status=308, headers={"Location": f"/{slug}/"})
        if slug not in self.names:
            raise NotFound
        return self.file(slug, path) if "." in path else self.page(slug, path or "index")

    def contents(self) -> Response:
        """The bare address: which sites there are."""
        html = self.pages.get_template("contents.html").render(names=self.names)
        return Response(html, mimetype="text/html")

    def page(self, slug: str, name: str) -> Response:
        if safe_join(str(FOLDER / "sites" / slug), f"{name}.html") is None or name.startswith("_"):
            raise NotFound
        if not (FOLDER / "sites" / slug / f"{name}.html").is_file():
            raise NotFound
        html = self.pages.get_template(f"{slug}/{name}.html").render(service=self.service, slug=slug, page=name)
        response = Response(html, mimetype="text/html")
        if slug in POLICIES:
            response.headers["Content-Security-Policy"] = POLICIES[slug].format(service=self.service)
        return response

    def file(self, slug: str, name: str) -> Response:
        if name == "logo.png":
            path: str | None = str(FOLDER / f"{slug}.png")
        else:
            path = safe_join(str(FOLDER / "sites" / slug), name)
        kind = mimetypes.guess_type(name)[0]
        if path is None or kind not in ("text/css", "image/svg+xml", "image/png") or not Path(path).is_file():
            raise NotFound
        return Response(Path(path).read_bytes(), mimetype=kind)


def make_sites(service: str) -> Wsgi:
    """`service` is the address that browsers reach bookwidget at."""
    return Sites(service)
