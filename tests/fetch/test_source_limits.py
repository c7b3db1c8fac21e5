"""A source's own limits: how much, how long, at which ports; its ports at its own domains alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.errors import Drop, Outcome
from pipeline.fetch import Client
from pipeline.fetch.addresses import vet
from pipeline.models import FetchRequest, SourceProfile
from tests.fetch.conftest import PAGE, POLICY, Serve
from tests.fetch.server import Talk, response


def test_a_source_may_allow_less_or_more_than_the_settings(
    serve: Serve, make_client: Callable[..., Client]
) -> None:
    body = PAGE + b"<p>" + b"long " * 1000
    server = serve(response(200, body))
    client = make_client(max_decoded_bytes=2_000, max_wire_bytes=2_000)
    with pytest.raises(Drop, match="too_large"):
        client.fetch(FetchRequest(server.url()))
    roomy = SourceProfile("paper", max_bytes=100_000)
    assert client.fetch(FetchRequest(server.url(), source=roomy)).body == body
    tight = SourceProfile("paper", max_bytes=1_000)
    with pytest.raises(Drop, match="too_large"):
        make_client().fetch(FetchRequest(server.url(), source=tight))


def test_a_sources_deadline_ends_a_page_that_the_settings_would_wait_for(
    serve: Serve, client: Client
) -> None:
    def drip(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        talk.drip(b"x", 0.05)

    hasty = SourceProfile("paper", deadline_seconds=0.3)
    with pytest.raises(Outcome, match=r"not complete after 0\.3 s"):
        client.fetch(FetchRequest(serve(drip).url(), source=hasty))


@pytest.mark.parametrize(
    ("host", "port", "reached"),
    [
        ("paper.example", 8443, True),
        ("www.paper.example", 8443, True),
        ("paper.example", 9000, False),
        ("notpaper.example", 8443, False),
        ("other.example", 8443, False),
    ],
)
def test_a_sources_ports_count_at_its_own_domains_alone(
    host: str, port: int, reached: bool
) -> None:
    source = SourceProfile("paper", domains=("paper.example",), ports=(8443,))
    policy = POLICY.for_source(source, host)

    def resolver(_: Any) -> list[str]:
        return ["1.1.1.1"]

    if reached:
        assert vet(host, port, policy, resolver) == "1.1.1.1"
    else:
        with pytest.raises(Drop, match="port_forbidden"):
            vet(host, port, policy, resolver)


def test_no_source_opens_a_private_network() -> None:
    source = SourceProfile("paper", domains=("paper.example",), ports=(80, 8080))
    with pytest.raises(Drop, match="address_forbidden"):
        vet(
            "paper.example",
            8080,
            POLICY.for_source(source, "paper.example"),
            lambda _: ["10.0.0.1"],
        )
