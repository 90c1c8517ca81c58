"""Where a host name leads, asked of the DNS when somebody presses the button, and never on a page's way."""

from typing import TYPE_CHECKING

from bookwidget.kernel.later import later

if TYPE_CHECKING:
    from dns import exception as dns_exception
    from dns import resolver as dns_resolver
else:
    dns_exception, dns_resolver = later("dns.exception"), later("dns.resolver")

PATIENCE = 4.0
"""Seconds that one question may take altogether."""


class Names:
    """`server` is `address:port` of a name server; empty: the machine's own."""

    def __init__(self, server: str = "") -> None:
        self._server = server

    def leads_to(self, name: str, target: str) -> bool:
        """Whether the name is an alias of the target, on however many steps, or has no address but the target's."""
        passed, addresses = self._asked(name)
        if target.lower() in passed:
            return True
        return bool(addresses) and addresses <= self._asked(target)[1]

    def _asked(self, name: str) -> tuple[set[str], set[str]]:
        """The names that it is an alias of, and its addresses; nothing of either where nobody answers."""
        passed: set[str] = set()
        addresses: set[str] = set()
        resolver = self._resolver()
        for kind in ("A", "AAAA"):
            try:
                answer = resolver.resolve(f"{name}.", kind, raise_on_no_answer=False, lifetime=PATIENCE)
            except dns_exception.DNSException:
                continue
            for aliases in answer.chaining_result.cnames:
                passed |= {str(alias.target).rstrip(".").lower() for alias in aliases}
            addresses |= {record.address for record in answer.rrset or ()}
        return passed, addresses

    def _resolver(self) -> "dns_resolver.Resolver":
        resolver = dns_resolver.Resolver(configure=not self._server)
        if self._server:
            address, _colon, port = self._server.rpartition(":")
            resolver.nameservers, resolver.port = [address], int(port)
        return resolver
