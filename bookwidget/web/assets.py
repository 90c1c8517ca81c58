"""Scripts, styles and pictures: small, named by their content, kept by browsers for a year."""

import gzip
import hashlib
import mimetypes
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, make_response, send_from_directory
from rjsmin import jsmin
from werkzeug.security import safe_join

from bookwidget.tenancy.scope import TenantFacts
from bookwidget.theming.branding import Branding
from bookwidget.theming.styles import minified, static_css, stylesheet
from bookwidget.web.current import request
from bookwidget.web.services import services
from bookwidget.web.visits import enter_tenant

blueprint = Blueprint("static", __name__)

PACKAGE = Path(__file__).resolve().parent.parent
FOLDERS = (PACKAGE / "web" / "static", PACKAGE / "theming" / "static", PACKAGE / "console" / "static")
YEAR = "public, max-age=31536000, immutable"
LOADER_CACHE = "public, max-age=300, stale-while-revalidate=86400"
REMEMBERED_FOR = 1.0
"""Seconds that a page takes the content of a static file for known: a page names its icons a hundred times."""
TEXT = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """A file as it is served."""

    body: bytes
    packed: bytes
    """The same, gzip."""
    mimetype: str
    digest: str


def packed(text: str, mimetype: str) -> Asset:
    body = text.encode()
    return Asset(body, gzip.compress(body, 9, mtime=0), mimetype, hashlib.sha256(body).hexdigest()[:12])


def read_asset(path: Path) -> Asset:
    """The file, smaller: comments and white space go, nothing is renamed. Read again when it changes."""
    return _read_asset(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _read_asset(path: Path, _changed: int) -> Asset:
    text = path.read_text("utf-8")
    smaller: dict[str, Callable[[str], str]] = {".js": jsmin, ".css": minified}
    return packed(smaller.get(path.suffix, str)(text), TEXT[path.suffix])


def loader_path() -> Path:
    """embed.js inside the package (a wheel) or beside it (the repository)."""
    return next(path for path in (PACKAGE / "embed.js", PACKAGE.parent / "embed.js") if path.is_file())


def find_asset(name: str) -> Path | None:
    """`frame.js` of our own, `w/<widget>/…` of a widget, `t/<theme>/…` of a theme."""
    first, _, rest = name.partition("/")
    owner, _, inner = rest.partition("/")
    if first == "w" and inner:
        widget = services().widgets.get(owner)
        folders = [widget.folder / "static"] if widget else []
    elif first == "t" and inner:
        theme = services().themes.found.get(owner)
        folders = [theme.folder / "static"] if theme else []
    else:
        folders, inner = list(FOLDERS), name
    for folder in folders:
        path = safe_join(str(folder), inner)
        if path and Path(path).is_file():
            return Path(path)
    return None


def answer(asset: Asset, cache: str) -> Response:
    response = make_response(asset.body)
    if request.accept_encodings["gzip"] > 0:
        response.set_data(asset.packed)
        response.headers["Content-Encoding"] = "gzip"
    response.mimetype = asset.mimetype
    response.headers.update({"Cache-Control": cache, "Vary": "Accept-Encoding"})
    response.set_etag(asset.digest)
    response.make_conditional(request)
    return response


@blueprint.get("/static/<path:name>")
def file(name: str) -> Response:
    path = find_asset(name) or abort(404)
    if path.suffix in TEXT:
        return answer(read_asset(path), YEAR if "v" in request.args else "no-cache")
    response = send_from_directory(path.parent, path.name, mimetype=mimetypes.guess_type(path.name)[0])
    response.headers["Cache-Control"] = YEAR if "v" in request.args else "no-cache"
    return response


@blueprint.get("/embed.js")
@blueprint.get("/embed/v1.js")
def loader() -> Response:
    """The loader. Its address never breaks: later versions keep speaking version 1 of the protocol."""
    response = answer(read_asset(loader_path()), LOADER_CACHE)
    response.headers["Access-Control-Allow-Origin"] = "*"  # so that pages may use integrity and crossorigin
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/brand/<tenant>.css")
def brand(tenant: str) -> Response:
    """Tokens, theme, branding and the shared styles in one file; its address names the content."""
    here = enter_tenant(tenant, "0")
    return answer(brand_asset(here.tenant.theme, here.branding), YEAR if "v" in request.args else "no-cache")


@lru_cache(maxsize=512)
def _brand_asset(text: str) -> Asset:
    return packed(text, TEXT[".css"])


def brand_asset(theme: str, branding: Branding) -> Asset:
    return _brand_asset(stylesheet(services().themes, theme, branding).text)


def brand_url(tenant: TenantFacts, branding: Branding) -> str:
    return f"/brand/{tenant.slug}.css?v={brand_asset(tenant.theme, branding).digest}"


def console_css() -> Asset:
    """The product's own look with the console's additions."""
    return _brand_asset(stylesheet(services().themes, "quiet", None, static_css("console.css")).text)


def console_css_url() -> str:
    """Address of the product's own look, for pages that belong to no tenant."""
    return f"/brand/-/console.css?v={console_css().digest}"


@blueprint.get("/brand/-/console.css")
def console() -> Response:
    return answer(console_css(), YEAR if "v" in request.args else "no-cache")


def asset_url(name: str) -> str:
    """Address of a static file with its content's digest. A name that is not there is a mistake of the template."""
    known, now = services().asset_urls, time.monotonic()
    found = known.get(name)
    if found is None or found[1] < now:
        found = known[name] = written_asset_url(name), now + REMEMBERED_FOR
    return found[0]


def written_asset_url(name: str) -> str:
    path = find_asset(name)
    if path is None:
        raise FileNotFoundError(f"static file {name}")
    if path.suffix not in TEXT:
        return f"/static/{name}?v={path.stat().st_mtime_ns:x}"
    return f"/static/{name}?v={read_asset(path).digest}"


def media_url(tenant: str, file: str) -> str:
    return f"/media/{tenant}/{file}"


@blueprint.get("/media/<tenant>/<name>")
def media(tenant: str, name: str) -> Response:
    """A picture of the tenant's, re-encoded by us and named by its content."""
    here = enter_tenant(tenant, "0")
    folder = services().config.files / here.tenant_id.hex
    if here.branding.logo is None or here.branding.logo.file != name:
        abort(404)
    response = send_from_directory(folder, name)
    response.headers["Cache-Control"] = YEAR
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
