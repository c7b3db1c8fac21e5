"""Redirects: schemes, loops, counts, broken targets, and what does not travel to another host."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.errors import Drop
from pipeline.fetch import Client
from pipeline.models import SourceProfile
from tests.fetch.conftest import PAGE, Ends, Serve, page
from tests.fetch.server import Answer, Talk, redirect, response

OTHER_SCHEMES = (
    "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:11211/stats", "javascript:alert(1)", "data:text/html,<p>page", "ws://127.0.0.1/",
    "mailto:desk@post.example", "view-source:http://127.0.0.1/", "feed://127.0.0.1/", "tel:110",
)  # fmt: skip


@pytest.mark.parametrize("target", OTHER_SCHEMES)
def test_a_redirect_out_of_the_web_is_not_followed(target: str, serve: Serve, ends: Ends) -> None:
    ends(serve(redirect(target)).url(), "scheme_forbidden")


UNUSABLE = {
    "a broken address": "http://[",
    "user and password": "http://reader:secret@127.0.0.1/",
    "a port beyond all ports": "http://127.0.0.1:99999/",
    "port zero": "http://127.0.0.1:0/",
    "a scheme and no host": "http://",
    "a blank in the host": "http://127.0.0.1 /a",
    "an at and no host": "http://@/",
    "a backslash and no host": "http:\\\\",
    "a zone of an address": "http://[fe80::1%25lo]/",
    "endless": "/" + "a" * 5000,
}


@pytest.mark.parametrize("target", UNUSABLE.values(), ids=list(UNUSABLE))
def test_a_redirect_to_no_address_is_named_so(target: str, serve: Serve, ends: Ends) -> None:
    ends(serve(redirect(target)).url(), "bad_redirect")


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 306, 307, 308, 399])
def test_a_redirect_without_a_target_is_named_so(status: int, serve: Serve, ends: Ends) -> None:
    ends(serve(response(status, b"moved")).url(), "bad_redirect")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_every_step_recorded(
    status: int, serve: Serve, client: Client
) -> None:
    server = serve({"/": redirect("/a?b=1#c", status), "/a": response(200, PAGE)})
    found = page(client, server.url())
    assert found.final_url == server.url("/a?b=1")
    assert found.redirects == (server.url(),)
    assert found.body == PAGE


def test_a_target_in_raw_utf8_is_read_as_such(serve: Serve, client: Client) -> None:
    moved = "HTTP/1.1 302 Told\r\nContent-Length: 0\r\nLocation: /müll\r\n\r\n".encode()
    server = serve({"/": moved, "/m%C3%BCll": response(200, PAGE)})
    assert page(client, server.url()).final_url.endswith("/m%C3%BCll")


LOOPS: dict[str, dict[str, Answer]] = {
    "itself": {"/": redirect("/")},
    "itself with a fragment": {"/": redirect("/#again")},
    "two": {"/": redirect("/a"), "/a": redirect("/")},
    "three": {"/": redirect("/a"), "/a": redirect("/b"), "/b": redirect("/a")},
}


@pytest.mark.parametrize("table", LOOPS.values(), ids=list(LOOPS))
def test_a_loop_ends(table: dict[str, Answer], serve: Serve, ends: Ends) -> None:
    server = serve(table)
    ends(server.url(), "too_many_redirects")
    assert len(server.asked) <= 3


def counted(hops: int) -> dict[str, Answer]:
    """A page behind so many redirects."""
    steps: dict[str, Answer] = {f"/{n}": redirect(f"/{n + 1}") for n in range(hops)}
    return {**steps, f"/{hops}": response(200, PAGE)}


def test_five_redirects_are_followed_and_a_sixth_is_not(
    serve: Serve, client: Client, ends: Ends
) -> None:
    assert len(page(client, serve(counted(5)).url("/0")).redirects) == 5
    server = serve(counted(6))
    ends(server.url("/0"), "too_many_redirects")
    assert len(server.asked) == 6


def test_the_body_of_a_redirect_is_hardly_read(serve: Serve, client: Client) -> None:
    def endless(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 302 Told\r\nLocation: /a\r\nContent-Type: text/html\r\n\r\n")
        talk.flood(b"<p>moved</p>" * 10_000)

    found = page(client, serve({"/": endless, "/a": response(200, PAGE)}).url())
    assert found.body == PAGE
    assert found.wire_bytes < 2**20


def test_a_redirect_that_always_grows_ends(serve: Serve, ends: Ends) -> None:
    def longer(talk: Talk) -> None:
        talk.send(redirect(talk.asked.path + "a"))

    ends(serve(longer).url(), "too_many_redirects")


# ------------------------------------------------------------------ what stays behind
def test_cookies_are_never_sent_back(serve: Serve, client: Client) -> None:
    server = serve(
        {"/": redirect("/a", 302, "Set-Cookie: id=1; Path=/"), "/a": response(200, PAGE)}
    )
    page(client, server.url())
    page(client, server.url("/a"))
    assert [("cookie" in asked.headers) for asked in server.asked] == [False, False, False]


SECRETS = SourceProfile("post", headers=(("Authorization", "Bearer secret"), ("X-Key", "secret")))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_sources_headers_stay_with_its_host(status: int, serve: Serve, client: Client) -> None:
    other = serve(response(200, PAGE))
    server = serve(
        {"/": redirect("/b", status), "/b": redirect(other.url(host="else.example"), status)}
    )
    asked = {"etag": '"1"', "last_modified": "Mon, 02 Mar 2026 09:00:00 GMT", "source": SECRETS}
    page(client, server.url(), **asked)
    for own in server.asked:
        assert own.headers["authorization"] == "Bearer secret"
        assert own.headers["if-none-match"] == '"1"'
        assert own.headers["if-modified-since"] == "Mon, 02 Mar 2026 09:00:00 GMT"
    [away] = other.asked
    private = {"authorization", "x-key", "if-none-match", "if-modified-since", "cookie", "referer"}
    assert private.isdisjoint(away.headers)
    assert "secret" not in str(away.headers)


def test_another_port_is_another_host(serve: Serve, client: Client) -> None:
    other = serve(response(200, PAGE))
    server = serve(redirect(other.url()))
    page(client, server.url(), source=SECRETS)
    assert "authorization" not in other.asked[0].headers


def test_headers_come_back_neither_after_a_detour(serve: Serve, client: Client) -> None:
    """A host that sends us away and is sent back to gets what was meant for it, and only that."""
    table: dict[str, Answer] = {"/end": response(200, PAGE)}
    server = serve(table)
    other = serve(redirect(server.url("/end")))
    table["/"] = redirect(other.url(host="else.example"))
    assert page(client, server.url(), source=SECRETS).body == PAGE
    assert "authorization" not in other.asked[0].headers


def test_every_request_says_who_we_are_and_whom_to_write_to(serve: Serve, client: Client) -> None:
    server = serve({"/": redirect("/a"), "/a": response(200, PAGE)})
    page(client, server.url())
    for asked in server.asked:
        assert asked.headers["user-agent"] == "Copydesk/0.1 (+https://desk.example/bot)"
        assert asked.headers["host"] == f"127.0.0.1:{server.port}"


def test_neither_proxies_nor_netrc_of_the_environment_are_used(
    serve: Serve,
    make_client: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: object,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", f"{tmp_path}/netrc")
    with open(f"{tmp_path}/netrc", "w") as file:  # noqa: PTH123
        file.write("machine 127.0.0.1 login reader password secret\n")
    server = serve(response(200, PAGE))
    assert page(make_client(), server.url()).body == PAGE
    assert "authorization" not in server.asked[0].headers


def test_a_refusal_names_the_address_that_gave_it(serve: Serve, client: Client) -> None:
    server = serve({"/": redirect("/lost"), "/lost": response(410, b"gone")})
    with pytest.raises(Drop) as refused:
        page(client, server.url())
    assert (refused.value.reason, refused.value.answered) == ("gone", server.url("/lost"))
