"""A tiny service and a host page: just enough of the contract in docs/protocol.md to exercise the two scripts.

It knows one customer and one form, and keeps everything in memory. The product's own server has its own tests.
"""

import gzip
import itertools
import json
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import rjsmin
from werkzeug.wrappers import Request, Response

ROOT = Path(__file__).parents[2]
SCRIPTS = {"/embed.js": ROOT / "embed.js", "/static/frame.js": ROOT / "bookwidget/web/static/frame.js"}
FRAME_COOKIE, PROBE_COOKIE = "__Host-bw-frame", "__Host-bw-probe"
ADDRESS, PASSWORD = "ann@example.test", "correct horse"
STYLE = ".error,.bw-note{color:#a1211d}"


def minified(path: Path) -> str:
    """A script as the server sends it: comments and white space out, names kept."""
    return str(rjsmin.jsmin(path.read_text()))


def weight(path: Path) -> int:
    """Bytes of the script as sent with gzip -9."""
    return len(gzip.compress(minified(path).encode(), 9, mtime=0))


class Service:
    """WSGI: entry, one page with a form, sign-in, sign-out, probe. `allowed` is the host page's origin."""

    def __init__(self) -> None:
        self.allowed = ""
        self.scripts = dict(SCRIPTS)
        self.sign_ins: set[str] = set()
        self.notes: list[str] = []
        self.paragraphs = 0  # more text on the page, to make it taller
        self._numbers = itertools.count(1)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        return self.answer(request)(environ, start_response)

    def answer(self, request: Request) -> Response:
        match request.path.strip("/").split("/"):
            case ["embed.js"] | ["static", "frame.js"]:
                return Response(minified(self.scripts[request.path]), mimetype="text/javascript")
            case ["static", "style.css"]:
                return Response(STYLE, mimetype="text/css")
            case ["w", tenant, _widget]:
                return self.enter(request, tenant)
            case ["w", tenant, "1", *rest]:
                return self.finish(request, self.inside(request, tenant, rest))
        return Response("", 404)

    def inside(self, request: Request, tenant: str, rest: list[str]) -> Response:
        match rest:
            case ["-", "probe"]:
                return Response(json.dumps({"cookies": PROBE_COOKIE in request.cookies}))
            case ["-", "sign-out"]:
                return self.log_out(request, tenant)
            case ["login"]:
                return self.log_in(request, tenant)
        return self.bookings(request, tenant, rest[0])

    def log_out(self, request: Request, tenant: str) -> Response:
        if not self.signed_in(request, tenant):
            return self.page(request, tenant, self.login_form(), 401)
        self.sign_ins.discard(self.signed_in(request, tenant))
        answer = Response("", headers={"X-Bookwidget-Go": f"/w/{tenant}/1/bookings"})
        if "Authorization" in request.headers:
            answer.headers["X-Bookwidget-Token"] = ""
        answer.delete_cookie(FRAME_COOKIE, secure=True, samesite="None", partitioned=True)
        return answer

    def enter(self, request: Request, tenant: str) -> Response:
        parts = urlsplit(request.headers.get("Referer", ""))
        host = request.args.get("o") or f"{parts.scheme}://{parts.netloc}"
        if host != self.allowed:
            policy = {"Content-Security-Policy": "frame-ancestors 'none'"}
            return Response("<h1>Not available here</h1>", 403, policy, mimetype="text/html")
        return Response("", 303, {"Location": f"/w/{tenant}/1/bookings"})

    def signed_in(self, request: Request, tenant: str) -> str:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        secret = token or request.cookies.get(FRAME_COOKIE, "")
        return secret if secret in self.sign_ins and secret.startswith(tenant + ".") else ""

    def log_in(self, request: Request, tenant: str) -> Response:
        if request.method == "GET":
            return self.page(request, tenant, self.login_form())
        if request.form["password"] != PASSWORD:
            return self.page(request, tenant, self.login_form("Email or password is wrong."), 422)
        secret = f"{tenant}.{next(self._numbers)}"
        self.sign_ins.add(secret)
        answer = Response("", headers={"X-Bookwidget-Go": f"/w/{tenant}/1/bookings"})
        if PROBE_COOKIE in request.cookies:
            answer.set_cookie(FRAME_COOKIE, secret, secure=True, httponly=True, samesite="None", partitioned=True)
        else:
            answer.headers["X-Bookwidget-Token"] = secret
        return answer

    def bookings(self, request: Request, tenant: str, page: str) -> Response:
        if not self.signed_in(request, tenant):
            return self.page(request, tenant, self.login_form(), 401)
        if request.method == "POST" and not request.form["note"]:
            return self.page(request, tenant, self.booking_form("Write something."), 422)
        if request.method == "POST":
            self.notes.append(request.form["note"])
            if request.form["note"] == "close my account":
                self.sign_ins.clear()
            return Response("", 303, {"Location": f"/w/{tenant}/1/bookings?done=1"})
        done = "done" in request.args and '<p data-focus data-event="booking.noted?booking=b1">Noted</p>'
        leave = '<form method="post" action="-/sign-out"><button id="out">Log out</button></form>'
        menu = f'<details class="bw-menu"><summary>Menu</summary><p>Inside</p>{leave}</details>'
        first = '<a href="?">The first of two sections</a>'
        tabs = f'<nav class="bw-nav"><ul><li>{first}<li><a aria-current="page">Here</a></ul></nav>'
        text = "<p>More text.</p>" * self.paragraphs
        links = '<a id="next" href="more">Next page</a>' if page == "bookings" else '<b id="more">More</b>'
        head = f'<h1>{escape(page.capitalize())}</h1><p id="who">{ADDRESS}</p>'
        return self.page(request, tenant, f"{head}{done or ''}{menu}{tabs}{text}{self.booking_form()}{links}")

    def booking_form(self, error: str = "") -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        invalid = ' aria-invalid="true"' if error else ""
        return (
            f'<ul id="notes">{notes}</ul><form method="post" action="bookings" id="write">'
            f'<input name="note"{invalid}><input type="hidden" name="action" value="clobbers">'
            f'<button id="send">Send</button><p class="error">{error}</p></form>'
            '<dialog><form method="dialog"><button id="close">Close</button></form></dialog>'
        )

    def login_form(self, error: str = "") -> str:
        invalid = ' aria-invalid="true"' if error else ""
        return (
            f'<footer>Footer</footer><main data-sign-in><h2>Log in</h2><form method="post" action="login" id="login">'
            f'<input name="email"><input name="password" type="password"{invalid}><p class="error">{error}</p>'
            f'<button id="log-in">Log in</button></form></main>'
        )

    def page(self, request: Request, tenant: str, body: str, status: int = 200) -> Response:
        facts = {
            "tenant": tenant,
            "parent": self.allowed,
            "base": f"/w/{tenant}/1/-/",
            "signed-in": "1" if self.signed_in(request, tenant) else "",
            "cookies": "1" if PROBE_COOKIE in request.cookies else "",
            "words-network": "No connection. What you typed is still here.",
        }
        stated = " ".join(f'data-{name}="{value}"' for name, value in facts.items())
        return Response(
            f'<!doctype html><html lang="en" {stated}><head><title>Bookings</title>'
            f'<meta name="color-scheme" content="light dark">'
            '<link rel="stylesheet" href="/static/style.css"><script src="/static/frame.js"></script></head>'
            f'<body><div id="root" tabindex="-1">{body}</div></body></html>',
            status,
            mimetype="text/html",
        )

    def finish(self, request: Request, answer: Response) -> Response:
        if PROBE_COOKIE not in request.cookies:
            answer.set_cookie(PROBE_COOKIE, "1", secure=True, httponly=True, samesite="None", partitioned=True)
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self';"
            f" frame-ancestors {self.allowed}"
        )
        answer.headers["Referrer-Policy"] = "strict-origin"
        answer.headers["Cache-Control"] = "no-store"
        return answer


class Host:
    """A business's own page, with a policy that allows nothing inline. `parts` go into its body."""

    def __init__(self) -> None:
        self.service = ""
        self.parts = ""
        self.headers: dict[str, str] = {}
        self.lang = "en"

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        page = (
            f'<!doctype html><html lang="{self.lang}"><head><title>Shop</title><link rel="icon" href="data:,">'
            f'</head><body><h1>Shop</h1>{self.parts}<script async src="{self.service}/embed.js"></script></body>'
            "</html>"
        )
        strict = f"default-src 'none'; script-src {self.service}; frame-src {self.service}; style-src 'none'"
        headers = {"Content-Security-Policy": strict + "; img-src data:"} | self.headers
        return Response(page, headers=headers, mimetype="text/html")(environ, start_response)
