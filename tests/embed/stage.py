"""A service, a host page and a browser that looks at it."""

from collections.abc import Callable

from tests.browser.drivers import Browser
from tests.browser.servers import Server, Wsgi
from tests.embed.service import Host, Service

IFRAME = '<iframe id="f" data-bookwidget src="{service}/w/shop/bookings" title="Shop"></iframe>'
DIV = '<div id="d" data-bookwidget="shop/bookings" data-title="My bookings"><p>Loading</p></div>'
LINK = '<p><a id="a" data-bookwidget="shop/bookings" href="{service}/p/shop/">Bookings</a></p>'


class Stage:
    """One test's service and host page; `layer` names the sign-in layer where a test runs in several."""

    layer = ""

    def __init__(self, browser: Browser, serve: Callable[[Wsgi], Server]) -> None:
        self.browser, self.service, self.host = browser, Service(), Host()
        self.server, self.shop = serve(self.service), serve(self.host)
        self.host.service = self.server.origin("widgets")
        self.service.allowed = self.shop.origin("shop")

    def open(self, parts: str) -> Browser:
        self.host.parts = parts.replace("{service}", self.host.service)
        self.browser.open(self.shop.origin("shop") + "/")
        return self.browser
