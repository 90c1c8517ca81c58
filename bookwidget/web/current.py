"""The request, its application and what is kept with it: Flask's `request`, `current_app` and `g`, in one step.

Flask's own stand-ins first fail to have what they are asked for, raise, and only then look for it: one and a half
microseconds each time, and a page asks eighty times. What passes every request asks these instead. The two variables
are internals of Flask's minor version; `tests/web/test_current.py` fails when they change.
"""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Request
from flask.ctx import _AppCtxGlobals
from flask.globals import _cv_app, _cv_request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

NO_ARGS: MultiDict[str, str] = ImmutableMultiDict()
read_args: Callable[[Request], MultiDict[str, str]] = cast(Any, Request.args).fget


class WidgetRequest(Request):
    """The service's kind of request."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """From where the server puts them; Werkzeug goes through all headers to find them."""
        return cast("ImmutableMultiDict[str, str]", parse_cookie(self.environ.get("HTTP_COOKIE"), ImmutableMultiDict))

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """Most addresses have none, and Werkzeug decodes, splits and packs that."""
        return read_args(self) if self.environ.get("QUERY_STRING") else NO_ARGS


class CurrentRequest:
    """`LookupError` outside of a request."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        return getattr(_cv_request.get().request, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_cv_request.get().request, name, value)


class CurrentGlobals:
    """`LookupError` outside of an application's context."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        return getattr(_cv_app.get().g, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_cv_app.get().g, name, value)

    def __contains__(self, name: str) -> bool:
        return name in _cv_app.get().g


def kept() -> _AppCtxGlobals:
    """What is kept with the request: `g` without a stand-in."""
    return _cv_app.get().g


def application() -> Flask:
    """The one that answers. `LookupError` outside of an application's context."""
    return _cv_app.get().app


request = cast(Request, CurrentRequest())
g = cast(_AppCtxGlobals, CurrentGlobals())
