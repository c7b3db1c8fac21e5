"""The address that was looked at is the one that is asked for, to the letter: libraries between may
not spell it anew, or what robots.txt and the guard allowed would be another page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.fetch import Client
from pipeline.urls import resolve_url
from tests.fetch.conftest import PAGE, POLICY, page
from tests.fetch.server import Server, response

ODD = (
    "/a b", "/a|b^c[d]", "/a'b?c='d'&e=[f]|g^h`{}", "/a//b", "/a//../b", "/%00%ff%2f%5c",
    "?a=%zz&b=%",
    "/a;b?c;d", "/a?b#c?d", "/.../a", "/%2e%2e%2fa", "/a%2e%2e/b", "?=&&=", "/ä?ö", "/a?", "/~%7e",
    "/%41%3a%2A", "/a%20b+c", "?a+b=%2B", "/:a", "/@a:b", "\\a\\..\\b", "/\u200b", "/a\tb", "/%25",
    "/a?http://b.example/?c#d", "/100%", "/!$&'()*+,;=", "?/?/?", "/a%0d%0aX:%20y",
)  # fmt: skip


@pytest.fixture(scope="module")
def asked() -> Iterator[tuple[Client, Server]]:
    server = Server(response(200, PAGE))
    client = Client(POLICY)
    yield client, server
    client.close()
    server.close()


@pytest.mark.parametrize("reference", ODD, ids=ascii)
def test_what_was_looked_at_is_what_is_asked_for(
    reference: str, asked: tuple[Client, Server]
) -> None:
    client, server = asked
    url = resolve_url(server.url("/x/y"), reference)
    assert page(client, url).final_url == url
    assert server.url(server.asked[-1].path) == url
