"""Which addresses may be connected to: public ones, and what the policy names.

The blocklist is ours because ``ipaddress.is_global`` differs between Python versions (3.11 calls
NAT64, 6to4, ``fec0::/10`` and ``::127.0.0.1`` public). Source: IANA special-purpose address
registries for IPv4 and IPv6 (RFC 6890 and updates).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

from pipeline.errors import Drop, TryLater
from pipeline.fetch.policy import FetchPolicy

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], list[str]]

FORBIDDEN = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, cloud metadata
        "168.63.129.16/32",  # platform services of a cloud, under a public number
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocols
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relay anycast
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "::/96",  # unspecified, loopback, IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped: never answered by a name server for a web site
        "64:ff9b::/96",  # NAT64: the IPv4 inside may be private
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",  # discard
        "100:0:0:1::/64",  # dummy
        "2001::/23",  # IETF protocols, Teredo, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: the IPv4 inside may be private
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # unique local
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
        # Global addresses are all in 2000::/3; the rest is held back or for use inside of networks,
        # such as IPv4-translated ones (::ffff:0:127.0.0.1).
        "::/3",
        "4000::/2",
        "8000::/1",
    )
)


def resolve(host: str) -> list[str]:
    """Every address of a host, in the system's order.

    Raises ``TryLater("dns_failed")``: a name that is gone today may be back tomorrow.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TryLater("dns_failed", f"{host}: {error}") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def vet(host: str, port: int, policy: FetchPolicy, resolver: Resolver = resolve) -> str:
    """The address to connect to for a host: all of its addresses were looked at.

    One forbidden answer among good ones forbids the host: which of them a later look-up gives is
    for its owner to choose. Raises ``Drop("address_forbidden")``, ``Drop("port_forbidden")``,
    ``TryLater("dns_failed")`` or, for a public address and no contact in the policy,
    ``TryLater("contact_missing")``.
    """
    addresses = [_literal(host)] if _literal(host) else resolver(host)
    if not addresses:
        raise TryLater("dns_failed", f"{host} has no address")
    for address in addresses:
        if not _is_allowed(str(address), policy) and (why := _forbidden(str(address))):
            raise Drop("address_forbidden", f"{host} is {address}, in {why}")
    first = str(addresses[0])
    if not _is_allowed(first, policy):
        if port not in policy.allowed_ports:
            raise Drop("port_forbidden", f"port {port} of {host}")
        if not policy.contact:
            raise TryLater("contact_missing", f"{host} is on the open web; set COPYDESK_CONTACT")
    return first


def _literal(host: str) -> str | None:
    """The address that a host is itself, in any spelling that a resolver would understand."""
    bare = host.strip("[]")
    try:
        return str(ipaddress.ip_address(bare.partition("%")[0]))
    except ValueError:
        pass
    try:  # 2130706433, 0x7f.1, 0177.0.0.1, 127.1: inet_aton reads them all
        return socket.inet_ntoa(socket.inet_aton(bare)) if bare[-1:].isalnum() else None
    except OSError:
        return None


def _forbidden(address: str) -> str | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "nothing that is an address"
    return next((str(net) for net in FORBIDDEN if parsed in net), None)


def _is_allowed(address: str, policy: FetchPolicy) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in net for net in policy.networks)
