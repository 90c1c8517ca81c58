"""Which web addresses may frame a widget, as browsers compare them: scheme, host and port. Pure."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

import idna

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.text import _

LONGEST = 300
PORTS = {"http": 80, "https": 443}
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
NOT_AN_ADDRESS = _("This does not look like a web address. Copy it from your browser, for example www.shop.example.")


def clean_origin(text: str, field: str = "origin") -> str:
    """The exact origin of what an owner pasted: a page's address, a bare host, with or without a port.

    Written as browsers send it: lower case, international hosts in punycode, no default port. `Refused` says why
    something cannot be a site.
    """
    line = clean_line(text, field, longest=LONGEST, required=True)
    if line.startswith("//"):
        line = line[2:]
    if "://" not in line and SCHEME.match(line):
        raise Refused(field, _("Only web addresses that begin with https:// can show a widget."))
    parts = _split(line if "://" in line else f"https://{line}", field)
    if parts.scheme not in PORTS:
        raise Refused(field, _("Only web addresses that begin with https:// can show a widget."))
    if "@" in parts.netloc:
        raise Refused(field, _("Leave out everything before the @: a web address has no user name."))
    host = _host(parts, field)
    scheme = parts.scheme
    if is_local(host) and "://" not in line:
        scheme = "http"  # what people mean who type localhost:3000
    if scheme == "http" and not is_local(host):
        raise Refused(field, _("This site is not secure. Widgets are only shown on pages that start with https://."))
    port = parts.port
    return f"{scheme}://{host}" + ("" if port in (None, PORTS[scheme]) else f":{port}")


def is_local(host: str) -> bool:
    """This very machine: the only place where a page without https may show a widget."""
    return host in ("localhost", "127.0.0.1", "[::1]") or host.endswith(".localhost")


def _split(address: str, field: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        usable = parts.port != 0  # raises for what is no number
    except ValueError as error:
        raise Refused(field, NOT_AN_ADDRESS) from error
    if not usable:
        raise Refused(field, NOT_AN_ADDRESS)
    return parts._replace(scheme=parts.scheme.lower())


def _host(parts: SplitResult, field: str) -> str:
    host = (parts.hostname or "").rstrip(".")
    if "*" in host:
        raise Refused(field, _("Add each site separately: an asterisk for several sites at once is not possible."))
    if ":" in host:
        return _ip_six(host, field)
    try:
        ascii_host = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise Refused(field, NOT_AN_ADDRESS) from error
    labels = ascii_host.split(".")
    if not all(LABEL.fullmatch(label) for label in labels):
        raise Refused(field, NOT_AN_ADDRESS)
    if len(labels) == 1 and ascii_host != "localhost":
        raise Refused(field, _("The ending is missing, for example .com: write the whole address."))
    if labels[-1].isdigit():
        return _ip_four(ascii_host, field)
    return ascii_host


def _ip_four(host: str, field: str) -> str:
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError as error:
        raise Refused(field, NOT_AN_ADDRESS) from error


def _ip_six(host: str, field: str) -> str:
    try:
        return f"[{ipaddress.IPv6Address(host)}]"
    except ValueError as error:
        raise Refused(field, NOT_AN_ADDRESS) from error
