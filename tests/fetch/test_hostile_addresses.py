"""Addresses that must not be reached, in every spelling, and public ones that may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from pipeline.errors import Outcome, TryLater
from pipeline.fetch import Client
from pipeline.fetch.addresses import FORBIDDEN, vet
from pipeline.models import FetchRequest
from tests.fetch.conftest import PAGE, POLICY, Ends, Serve, page
from tests.fetch.server import Server, redirect, response

OPEN_WEB = replace(POLICY, allowed_networks=())

LITERALS = {
    "loopback": "127.0.0.1",
    "end of loopback": "127.255.255.254",
    "short": "127.1",
    "shorter": "127.0.1",
    "one number": "2130706433",
    "hexadecimal": "0x7f000001",
    "dotted hexadecimal": "0x7f.0x0.0x0.0x1",
    "octal": "0177.0.0.1",
    "long octal": "00000000177.0.0.1",
    "one octal number": "017700000001",
    "mixed bases": "0x7f.1",
    "full-width digits": "１２７.0.0.1",
    "circled digits": "①②⑦.0.0.1",
    "ideographic dots": "127。0。0。1",
    "dot at the end": "127.0.0.1.",
    "this network": "0.0.0.0",
    "zero": "0",
    "class A private": "10.0.0.1",
    "class A private, short": "10.1",
    "class B private": "172.16.0.1",
    "end of class B private": "172.31.255.255",
    "class C private": "192.168.0.1",
    "carrier-grade NAT": "100.64.0.1",
    "link-local": "169.254.1.1",
    "metadata": "169.254.169.254",
    "metadata as a number": "2852039166",
    "metadata in hexadecimal": "0xa9fea9fe",
    "metadata in octal": "0251.0376.0251.0376",
    "metadata of a third cloud": "100.100.100.200",
    "metadata of a fourth cloud": "192.0.0.192",
    "platform services of a cloud": "168.63.129.16",
    "documentation 1": "192.0.2.1",
    "documentation 2": "198.51.100.1",
    "documentation 3": "203.0.113.1",
    "benchmarks": "198.19.255.255",
    "6to4 relay": "192.88.99.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "v6 loopback": "[::1]",
    "v6 loopback in full": "[0:0:0:0:0:0:0:1]",
    "v6 unspecified": "[::]",
    "IPv4-compatible": "[::127.0.0.1]",
    "IPv4-mapped": "[::ffff:127.0.0.1]",
    "IPv4-mapped in hexadecimal": "[::ffff:7f00:1]",
    "IPv4-mapped public": "[::ffff:8.8.8.8]",
    "IPv4-translated": "[64:ff9b:1::a00:1]",
    "NAT64": "[64:ff9b::7f00:1]",
    "NAT64 with dots": "[64:ff9b::10.0.0.1]",
    "6to4": "[2002:7f00:1::]",
    "Teredo": "[2001:0:7f00:1::]",
    "ORCHID": "[2001:10::1]",
    "v6 documentation": "[2001:db8::1]",
    "newer documentation": "[3fff::1]",
    "segment routing": "[5f00::1]",
    "discard": "[100::1]",
    "unique local": "[fc00::1]",
    "metadata over v6": "[fd00:ec2::254]",
    "v6 link-local": "[fe80::1]",
    "site-local": "[fec0::1]",
    "v6 multicast": "[ff02::1]",
}  # fmt: skip


def refused(url: str, resolver: Callable[[str], list[str]]) -> Outcome:
    """What a client without private networks says. Nothing listens on port 80 of the tests'
    machine as far as they know, so a missing check would show as another reason."""
    client = Client(OPEN_WEB, resolver=resolver)
    with pytest.raises(Outcome) as ended:
        client.fetch(FetchRequest(url))
    return ended.value


def never(host: str) -> list[str]:
    raise AssertionError(f"{host} is an address: nobody is to be asked for it")


@pytest.mark.parametrize("host", LITERALS.values(), ids=list(LITERALS))
def test_an_address_that_is_not_public_is_forbidden_in_every_spelling(host: str) -> None:
    assert refused(f"http://{host}/", never).reason == "address_forbidden"


ANSWERS = {
    "loopback": ["127.0.0.1"],
    "private after public": ["8.8.8.8", "10.0.0.1"],
    "private before public": ["10.0.0.1", "8.8.8.8"],
    "private v6 after public v4": ["8.8.8.8", "fd00::1"],
    "private among many": [*(f"8.8.8.{n}" for n in range(20)), "192.168.1.1"],
    "v6 loopback": ["::1"],
    "metadata": ["169.254.169.254"],
    "link-local with a zone": ["fe80::1%eth0"],
    "mapped": ["::ffff:169.254.169.254"],
    "NAT64": ["64:ff9b::a00:1"],
    "nothing that is an address": ["localhost"],
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=list(ANSWERS))
def test_a_name_is_forbidden_when_one_of_its_addresses_is(answer: list[str]) -> None:
    assert refused("http://post.example/", lambda host: answer).reason == "address_forbidden"


def test_a_name_without_an_address_is_asked_again_later() -> None:
    ended = refused("http://post.example/", lambda host: [])
    assert (ended.reason, isinstance(ended, TryLater)) == ("dns_failed", True)


def test_a_name_that_the_system_cannot_resolve_is_asked_again_later() -> None:
    client = Client(OPEN_WEB)
    with pytest.raises(TryLater) as ended:
        client.fetch(FetchRequest("http://" + "a" * 63 + ".invalid/"))
    assert ended.value.reason == "dns_failed"


@pytest.mark.parametrize("port", [1, 22, 25, 81, 3306, 6379, 8080, 8443, 65535])
def test_a_port_that_is_not_the_webs_is_forbidden(port: int) -> None:
    ended = refused(f"http://post.example:{port}/", lambda host: ["8.8.8.8"])
    assert ended.reason == "port_forbidden"


PUBLIC = (
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255",
    "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.167.255.255", "192.169.0.0",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:200::1", "2400::1",
    "2606:4700:4700::1111", "2a00:1450::1", "3ffe::1", "2000::1", "3fff:ffff::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address: str) -> None:
    assert vet("post.example", 443, OPEN_WEB, lambda host: [address]) == address


def test_the_blocklist_covers_what_python_calls_private() -> None:
    for network in FORBIDDEN:
        first = str(network[0])
        ended = refused("http://post.example/", lambda host, first=first: [first])
        assert ended.reason == "address_forbidden", network


def test_an_allowed_network_lifts_the_ban_for_itself_alone(ends: Ends) -> None:
    ends("http://127.0.0.2:8000/", "address_forbidden")


def test_the_open_web_is_not_asked_without_a_contact(serve: Serve) -> None:
    nameless = replace(OPEN_WEB, contact="")
    client = Client(nameless, resolver=lambda host: ["8.8.8.8"])
    with pytest.raises(TryLater) as ended:
        client.fetch(FetchRequest("https://post.example/"))
    assert ended.value.reason == "contact_missing"
    assert "COPYDESK_CONTACT" in str(ended.value)


def test_an_allowed_network_needs_no_contact(
    good: Server, make_client: Callable[..., Client]
) -> None:
    assert page(make_client(contact=""), good.url()).body == PAGE


# ------------------------------------------------------------------ names that change their minds
def in_turn(*answers: list[str]) -> tuple[Callable[[str], list[str]], list[str]]:
    """A resolver that gives another answer each time, and the names it was asked for."""
    given: Iterator[list[str]] = iter(answers)
    asked: list[str] = []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        return next(given)

    return resolve, asked


def test_the_connection_goes_to_the_very_address_that_was_looked_at(serve: Serve) -> None:
    inside = serve(response(200, b"<p>what no outsider may read</p>"), host="127.0.0.2")
    outside = serve(response(200, PAGE), host="127.0.0.1", port=inside.port)
    resolve, asked = in_turn(["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"])
    client = Client(POLICY, resolver=resolve)
    assert page(client, outside.url(host="post.example")).body == PAGE
    assert asked == ["post.example"], "resolved once"
    assert inside.asked == []


def test_a_name_that_was_rebound_is_looked_at_again_on_the_next_connection(serve: Serve) -> None:
    server = serve(lambda talk: talk.send(redirect("/next")))
    resolve, _ = in_turn(["127.0.0.1"], ["127.0.0.2"])
    with pytest.raises(Outcome) as ended:
        Client(POLICY, resolver=resolve).fetch(FetchRequest(server.url(host="post.example")))
    assert ended.value.reason == "address_forbidden"
    assert len(server.asked) == 1


# ------------------------------------------------------------------ redirects to them
TARGETS = (
    "127.0.0.2", "127.2", "2130706434", "0x7f000002", "0177.0.0.2", "10.0.0.1", "192.168.0.1",
    "169.254.169.254", "2852039166", "0.0.0.0", "[::1]", "[::ffff:127.0.0.2]", "[::127.0.0.2]",
    "[64:ff9b::7f00:2]", "[2002:7f00:2::]", "[fec0::1]", "[fe80::1]", "[fd00:ec2::254]",
    "inside.example",
)  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_a_redirect_to_a_forbidden_address_is_not_followed(
    target: str, serve: Serve, ends: Ends, resolver: dict[str, list[str]]
) -> None:
    resolver["inside.example"] = ["10.1.2.3"]
    ends(serve(redirect(f"http://{target}/latest/meta-data/")).url(), "address_forbidden")


def test_a_redirect_to_a_forbidden_port_is_not_followed(
    serve: Serve, ends: Ends, resolver: dict[str, list[str]]
) -> None:
    resolver["outside.example"] = ["8.8.8.8"]
    ends(serve(redirect("http://outside.example:6379/")).url(), "port_forbidden")
