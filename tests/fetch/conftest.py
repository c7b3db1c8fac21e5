"""Servers on loopback, and a client that may reach 127.0.0.1 and no other private address."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings

from pipeline.errors import Outcome
from pipeline.fetch import Client, FetchPolicy
from pipeline.models import FetchedPage, FetchRequest
from tests.fetch.server import Answer, Server, response

# A busy machine may take long for one example.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")

PAGE = b"<!doctype html><title>Pier</title><p>The northern pier was rebuilt before winter.</p>"
MARGIN_SECONDS = 3.0
"""What a busy machine may add to a deadline."""

POLICY = FetchPolicy(
    user_agent="Copydesk/0.1 (+https://desk.example/bot)",
    contact="https://desk.example/bot",
    deadline_seconds=4.0,
    connect_timeout_seconds=2.0,
    max_wire_bytes=2**20,
    max_decoded_bytes=2**20,
    allowed_networks=("127.0.0.1/32",),
    respect_robots=False,
)

Serve = Callable[..., Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Makes servers that are closed after the test."""
    servers: list[Server] = []

    def made(answer: Answer | dict[str, Answer], **options: Any) -> Server:
        servers.append(Server(answer, **options))
        return servers[-1]

    yield made
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def good() -> Iterator[Server]:
    """A server that answers as one should."""
    server = Server(response(200, PAGE))
    yield server
    server.close()


@pytest.fixture
def resolver() -> dict[str, list[str]]:
    """The name server's answers: what a test puts here; every other name is 127.0.0.1."""
    return {}


@pytest.fixture
def make_client(resolver: dict[str, list[str]]) -> Iterator[Callable[..., Client]]:
    """A client under the tests' policy with these changes."""
    clients: list[Client] = []

    def made(verify: bool | str = True, **changes: Any) -> Client:
        policy = replace(POLICY, **changes)

        def resolve(host: str) -> list[str]:
            return resolver.get(host, ["127.0.0.1"])

        clients.append(Client(policy, resolver=resolve, verify=verify))
        return clients[-1]

    yield made
    for client in clients:
        client.close()


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()


Ends = Callable[..., Outcome]


@pytest.fixture
def ends(client: Client, good: Server) -> Ends:
    """Fetch something hostile: it must end with this outcome, in time, and the client must then
    fetch a good page as if nothing had been."""

    def checked(url: str, reason: str, by: Client = client, seconds: float = 4.0) -> Outcome:
        started = time.monotonic()
        with pytest.raises(Outcome) as ended:
            by.fetch(FetchRequest(url))
        taken = time.monotonic() - started
        assert ended.value.reason == reason, ended.value
        assert taken < seconds + MARGIN_SECONDS
        assert by.fetch(FetchRequest(good.url())).body == PAGE
        return ended.value

    return checked


def page(client: Client, url: str, **request: Any) -> FetchedPage:
    return client.fetch(FetchRequest(url, **request))
