"""Certificates that prove nothing, handshakes that never end, and the way down from https."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import timedelta

import pytest

from pipeline.errors import Drop
from pipeline.fetch import Client
from tests.fetch.certificates import DAY, Authority
from tests.fetch.conftest import PAGE, Ends, Serve, page
from tests.fetch.server import Talk, redirect, response

HOST = "post.example"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusting(make_client: Callable[..., Client], authority: Authority) -> Client:
    """A client that trusts the tests' authority and nobody else."""
    return make_client(str(authority.path))


def test_a_certificate_for_the_name_is_accepted_at_the_vetted_address(
    serve: Serve, trusting: Client, authority: Authority
) -> None:
    server = serve(response(200, PAGE), tls=authority.context(HOST))
    assert page(trusting, server.url(host=HOST)).body == PAGE


WRONG: dict[str, Callable[[Authority], ssl.SSLContext]] = {
    "self-signed": lambda authority: authority.context(HOST, signed=False),
    "expired": lambda authority: authority.context(HOST, -2 * DAY, -DAY),
    "expired a minute ago": lambda a: a.context(HOST, -DAY, timedelta(minutes=-1)),
    "not yet valid": lambda authority: authority.context(HOST, DAY, 2 * DAY),
    "for another host": lambda authority: authority.context("else.example"),
    "for a subdomain": lambda authority: authority.context("www.post.example"),
    "for a wild card too high": lambda authority: authority.context("*.example"),
}


@pytest.mark.parametrize("made", WRONG.values(), ids=list(WRONG))
def test_a_certificate_that_proves_nothing_is_refused(
    made: Callable[[Authority], ssl.SSLContext],
    serve: Serve, ends: Ends, trusting: Client, authority: Authority,
) -> None:  # fmt: skip
    server = serve(response(200, PAGE), tls=made(authority))
    assert isinstance(ends(server.url(host=HOST), "tls_failed", trusting), Drop)
    assert server.asked == [], "nothing was said over it"


def test_an_authority_that_nobody_trusts_is_refused(
    serve: Serve, ends: Ends, authority: Authority
) -> None:
    ends(serve(response(200, PAGE), tls=authority.context(HOST)).url(host=HOST), "tls_failed")


def test_plain_http_where_tls_should_be_is_refused(
    serve: Serve, ends: Ends, trusting: Client
) -> None:
    server = serve(response(400, b"speak up"), greet=False)
    ends(server.url(host=HOST).replace("http:", "https:"), "tls_failed", trusting)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_an_old_protocol_is_refused(
    serve: Serve, ends: Ends, trusting: Client, authority: Authority
) -> None:
    context = authority.context(HOST)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    ends(serve(response(200, PAGE), tls=context).url(host=HOST), "tls_failed", trusting)


def test_a_handshake_that_never_comes_meets_the_deadline(
    serve: Serve, ends: Ends, make_client: Callable[..., Client]
) -> None:
    def silent(talk: Talk) -> None:
        talk.wait()

    server = serve(silent, greet=False)
    hasty = make_client(deadline_seconds=0.4)
    ends(server.url(host=HOST).replace("http:", "https:"), "deadline_exceeded", hasty, 0.4)


def test_a_slow_body_under_tls_meets_the_deadline(
    serve: Serve, ends: Ends, make_client: Callable[..., Client], authority: Authority
) -> None:
    def slow(talk: Talk) -> None:
        talk.send(response(200, b"", length=10_000))
        talk.drip(b"<p>drop</p>")

    hasty = make_client(str(authority.path), deadline_seconds=0.6)
    server = serve(slow, tls=authority.context(HOST))
    ends(server.url(host=HOST), "deadline_exceeded", hasty, 0.6)


def test_https_never_leads_to_http(
    serve: Serve, ends: Ends, trusting: Client, authority: Authority
) -> None:
    plain = serve(response(200, PAGE))
    server = serve(redirect(plain.url()), tls=authority.context(HOST))
    ends(server.url(host=HOST), "scheme_forbidden", trusting)
    assert plain.asked == []


def test_http_may_lead_to_https(serve: Serve, trusting: Client, authority: Authority) -> None:
    safe = serve(response(200, PAGE), tls=authority.context(HOST))
    server = serve(redirect(safe.url(host=HOST)))
    assert page(trusting, server.url()).final_url == safe.url(host=HOST)
