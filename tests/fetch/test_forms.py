"""Forms for hubs: under the same guard as pages, and only where the hub itself sends them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest

from pipeline.errors import Drop, Outcome, TryLater
from pipeline.fetch import Client
from tests.fetch.conftest import POLICY, Serve
from tests.fetch.server import Server, redirect, response

FORM = {"hub.mode": "subscribe", "hub.topic": "https://paper.example/feed?a=1&b=ü"}


def refusal(client: Client, url: str) -> Outcome:
    with pytest.raises(Outcome) as ended:
        client.post_form(url, FORM)
    return ended.value


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_form_goes_out_as_it_is_under_our_own_name(
    client: Client, serve: Serve, status: int
) -> None:
    hub = serve(response(status, b"taken"))
    client.post_form(hub.url("/subscribe"), FORM)
    [asked] = hub.asked
    assert asked.path == "/subscribe"
    assert dict(parse_qsl(asked.body.decode())) == FORM
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["user-agent"] == POLICY.user_agent
    assert "cookie" not in asked.headers


@pytest.mark.parametrize("status", [307, 308])
def test_a_hub_that_moved_is_followed_with_the_whole_form(
    client: Client, serve: Serve, status: int
) -> None:
    new = serve(response(202))
    old = serve(
        {
            "/": redirect("/here", status),
            "/here": redirect(new.url("/there", host="new.example"), status),
        }
    )
    client.post_form(old.url(), FORM)
    [asked] = new.asked
    assert asked.path == "/there"
    assert {one.body for one in (*old.asked, asked)} == {asked.body}
    assert dict(parse_qsl(asked.body.decode())) == FORM


def test_no_redirect_makes_a_question_of_a_form_or_goes_in_circles(
    client: Client, serve: Serve
) -> None:
    other = serve(response(202))
    for status in (301, 302, 303):
        hub = serve(redirect(other.url(), status))
        assert refusal(client, hub.url()).reason == "bad_redirect"
    assert other.asked == []
    assert refusal(client, serve(redirect("/", 307)).url()).reason == "too_many_redirects"
    assert refusal(client, serve(redirect("ftp://a/", 307)).url()).reason == "scheme_forbidden"


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (response(400, b"no such topic"), Drop, "client_error"),
        (response(403), Drop, "access_denied"),
        (response(404), Drop, "not_found"),
        (response(500), TryLater, "server_error"),
        (response(429, b"", "Retry-After: 600"), TryLater, "rate_limited"),
        (b"no HTTP at all\r\n\r\n", Drop, "bad_response"),
        (lambda talk: talk.drip(b"HTTP/1.1 202 Told\r\n"), TryLater, "deadline_exceeded"),
    ],
    ids=range(7),
)
def test_what_a_hub_answers_has_a_name(
    make_client: Callable[..., Client],
    serve: Serve,
    answer: object,
    kind: type[Outcome],
    reason: str,
) -> None:
    hub: Server = serve(answer)
    ended = refusal(make_client(deadline_seconds=1.0), hub.url())
    assert (type(ended), ended.reason) == (kind, reason)


def test_however_much_a_hub_answers_a_little_of_it_is_read(client: Client, serve: Serve) -> None:
    head = b"HTTP/1.1 202 Told\r\nContent-Type: image/png\r\n\r\n"
    hub = serve(lambda talk: talk.send(head) and talk.flood(b"x" * 65536))
    client.post_form(hub.url(), FORM)


def test_a_hub_at_a_private_address_is_not_asked(
    client: Client, resolver: dict[str, list[str]], serve: Serve
) -> None:
    resolver["hub.example"] = ["10.0.0.1"]
    for url in ("http://hub.example/", "http://169.254.169.254/latest", "http://[::1]/"):
        assert refusal(client, url).reason == "address_forbidden"
    hub = serve(redirect("http://hub.example/", 307))
    assert refusal(client, hub.url()).reason == "address_forbidden"
