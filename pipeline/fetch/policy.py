"""How pages may be fetched: limits, identity, what may be reached."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.models import SourceProfile

MEBIBYTE = 2**20


@dataclass(frozen=True)
class FetchPolicy:
    """Limits of one fetch. Times in seconds, sizes in bytes."""

    user_agent: str = "Copydesk/0.1"
    contact: str = ""
    """Where site owners can reach us; public addresses are not asked without one. Part of
    ``user_agent``, which is what is sent."""
    deadline_seconds: float = 30.0
    connect_timeout_seconds: float = 10.0
    max_wire_bytes: int = 10 * MEBIBYTE
    max_decoded_bytes: int = 10 * MEBIBYTE
    max_header_bytes: int = 64 * 1024
    max_redirects: int = 5
    allowed_ports: tuple[int, ...] = (80, 443)
    allowed_networks: tuple[str, ...] = ()
    """CIDRs that lift the ban on private addresses, and on ports, for targets inside them."""
    respect_robots: bool = True

    @property
    def product(self) -> str:
        """Our name alone, in lower case: what robots.txt and robots metas call us by."""
        return self.user_agent.partition("/")[0].strip().lower()

    @cached_property
    def networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """``allowed_networks``, parsed. Raises ``ValueError`` for one that is none."""
        return tuple(ipaddress.ip_network(text) for text in self.allowed_networks)

    def for_source(self, source: SourceProfile | None, host: str) -> FetchPolicy:
        """The policy with the source's own limits; its ports count at its own domains alone."""
        if source is None or not (source.max_bytes or source.deadline_seconds or source.ports):
            return self
        own = source.is_own(host)
        return replace(
            self,
            deadline_seconds=source.deadline_seconds or self.deadline_seconds,
            max_wire_bytes=source.max_bytes or self.max_wire_bytes,
            max_decoded_bytes=source.max_bytes or self.max_decoded_bytes,
            allowed_ports=(*self.allowed_ports, *(source.ports if own else ())),
        )
