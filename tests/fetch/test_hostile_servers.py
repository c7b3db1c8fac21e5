"""Servers that are slow, silent, broken or loud: each ends by its name and within its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import Drop, Outcome, TryLater
from pipeline.fetch import Client, FetchPolicy
from pipeline.fetch.answers import LONGEST_WAIT, retry_after
from pipeline.models import FetchRequest
from tests.fetch.conftest import MARGIN_SECONDS, PAGE, POLICY, Ends, Serve, page
from tests.fetch.server import Answer, Server, Talk, chunked, redirect, response

DEADLINE_SECONDS = 0.4

HEAD = b"HTTP/1.1 200 Told\r\nContent-Type: text/html\r\n"


def silent(talk: Talk) -> None:
    talk.wait()


def slow_status(talk: Talk) -> None:
    talk.drip(b"HTTP/1.1 200 " + b"O" * 10_000)


def slow_headers(talk: Talk) -> None:
    talk.send(HEAD)
    talk.drip(b"X-More: 1\r\n")


def slow_body(talk: Talk) -> None:
    talk.send(response(200, b"", length=100_000))
    talk.drip(b"<p>drop</p>")


def slow_body_without_length(talk: Talk) -> None:
    talk.send(HEAD + b"\r\n")
    talk.drip(b"<p>drop</p>")


def slow_chunks(talk: Talk) -> None:
    talk.send(chunked())
    talk.drip(b"1\r\nx\r\n")


def slow_chunk_length(talk: Talk) -> None:
    talk.send(chunked())
    talk.drip(b"0" * 10_000)


def slow_trailers(talk: Talk) -> None:
    talk.send(chunked(PAGE) + b"0\r\n")
    talk.drip(b"X-More: 1\r\n")


def slow_gzip(talk: Talk) -> None:
    talk.send(response(200, b"", "Content-Encoding: gzip", length=100_000))
    talk.drip(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 0.05)


def slow_error(talk: Talk) -> None:
    talk.send(response(404, b"", length=100_000))
    talk.drip(b"no")


def half_a_page(talk: Talk) -> None:
    talk.send(response(200, PAGE, length=len(PAGE) + 1))
    talk.wait()


def interim_for_ever(talk: Talk) -> None:
    talk.flood(b"HTTP/1.1 100 Continue\r\n\r\n")


def hints_for_ever(talk: Talk) -> None:
    talk.flood(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")


def hint_headers_for_ever(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 103 Early Hints\r\n")
    talk.flood(b"Link: </a>\r\n" * 100)


SLOW: tuple[Callable[[Talk], None], ...] = (
    silent, slow_status, slow_headers, slow_body, slow_body_without_length, slow_chunks,
    slow_chunk_length, slow_gzip, slow_error, half_a_page, interim_for_ever, hints_for_ever,
    hint_headers_for_ever,
)  # fmt: skip


@pytest.mark.parametrize("answer", SLOW, ids=lambda answer: answer.__name__)
def test_a_server_that_never_comes_to_an_end_meets_the_deadline(
    answer: Answer, serve: Serve, make_client: Callable[..., Client], ends: Ends
) -> None:
    hasty = make_client(deadline_seconds=DEADLINE_SECONDS)
    ended = ends(serve(answer).url(), "deadline_exceeded", hasty, DEADLINE_SECONDS)
    assert isinstance(ended, TryLater)


def test_trailers_after_a_whole_page_are_bounded_too(
    serve: Serve, make_client: Callable[..., Client]
) -> None:
    hasty = make_client(deadline_seconds=DEADLINE_SECONDS)
    started = time.monotonic()
    try:
        assert page(hasty, serve(slow_trailers).url()).body == PAGE
    except TryLater as later:
        assert later.reason == "deadline_exceeded"
    assert time.monotonic() - started < DEADLINE_SECONDS + MARGIN_SECONDS


def test_a_connection_without_a_word_meets_the_deadline(
    serve: Serve, make_client: Callable[..., Client], ends: Ends
) -> None:
    hasty = make_client(deadline_seconds=DEADLINE_SECONDS)
    ends(serve(silent, greet=False).url(), "deadline_exceeded", hasty, DEADLINE_SECONDS)


def test_slow_redirects_share_one_deadline(
    serve: Serve, make_client: Callable[..., Client], ends: Ends
) -> None:
    def late(target: str) -> Callable[[Talk], None]:
        def answer(talk: Talk) -> None:
            time.sleep(0.2)
            talk.send(redirect(target))

        return answer

    server = serve({f"/{n}": late(f"/{n + 1}") for n in range(5)})
    ends(server.url("/0"), "deadline_exceeded", make_client(deadline_seconds=0.5), 0.5)
    assert len(server.asked) <= 4


def test_a_slow_name_server_leaves_no_connection_without_a_deadline(serve: Serve) -> None:
    def resolve(host: str) -> list[str]:
        time.sleep(0.5)
        return ["127.0.0.1"]

    policy = FetchPolicy(
        contact="x", deadline_seconds=0.3, allowed_networks=("127.0.0.1/32",), respect_robots=False
    )
    started = time.monotonic()
    with pytest.raises(TryLater) as ended:
        Client(policy, resolver=resolve).fetch(FetchRequest(serve(slow_body).url(host="p.example")))
    assert ended.value.reason == "deadline_exceeded"
    assert time.monotonic() - started < 0.5 + MARGIN_SECONDS


def test_a_deadline_ends_its_own_fetch_and_not_the_next_one(
    serve: Serve, make_client: Callable[..., Client]
) -> None:
    """The timer of a fetch that just made it must not shut the sockets of the one after it."""
    client = make_client(deadline_seconds=0.25)

    def just_in_time(talk: Talk) -> None:
        time.sleep(0.15)
        talk.send(response(200, PAGE))

    server = serve(just_in_time)
    for _ in range(5):
        assert page(client, server.url()).body == PAGE


# ------------------------------------------------------------------ connections that break
def test_a_closed_port_is_a_failed_connection(serve: Serve, ends: Ends) -> None:
    server = serve(b"")
    server.close()
    ends(server.url(), "connection_failed")


def test_a_connection_closed_without_a_word_is_a_failed_one(serve: Serve, ends: Ends) -> None:
    ends(serve(b"").url(), "connection_failed")


def test_a_connection_closed_before_the_request_is_a_failed_one(serve: Serve, ends: Ends) -> None:
    ends(serve(lambda talk: None, greet=False).url(), "connection_failed")


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200", HEAD, response(200, PAGE, length=10_000)])
def test_a_reset_is_a_failed_connection(sent: bytes, serve: Serve, ends: Ends) -> None:
    def reset(talk: Talk) -> None:
        talk.send(sent)
        talk.reset()

    with pytest.raises(Outcome) as ended:
        raise ends(serve(reset).url(), "connection_failed")
    assert isinstance(ended.value, TryLater)


# ------------------------------------------------------------------ what is no HTTP
NO_HTTP = {
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "a mail server": b"220 mail.post.example ESMTP\r\n",
    "a bare page": b"<html><p>no header at all</p></html>\r\n\r\n",
    "a status that is no number": b"HTTP/1.1 ok fine\r\n\r\n",
    "a status of four digits": b"HTTP/1.1 2000 Told\r\n\r\n",
    "a version that is none": b"HTTP/9 200 Told\r\n\r\n",
    "an endless status line": b"HTTP/1.1 200 " + b"a" * 70_000 + b"\r\n\r\n",
    "an endless header": HEAD + b"X: " + b"a" * 70_000 + b"\r\n\r\n",
    "too many headers": HEAD + b"".join(b"X-%d: 1\r\n" % n for n in range(200)) + b"\r\n",
    "binary": bytes(range(128, 256)) * 4,
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=list(NO_HTTP))
def test_an_answer_that_is_no_http_is_named_so(sent: bytes, serve: Serve, ends: Ends) -> None:
    assert isinstance(ends(serve(sent).url(), "bad_response"), Drop)


def test_headers_beyond_the_cap_are_too_large(serve: Serve, ends: Ends) -> None:
    many = [f"X-{n}: {'a' * 1000}" for n in range(80)]
    ends(serve(response(200, PAGE, *many)).url(), "too_large")


def test_a_flood_of_headers_ends(serve: Serve, ends: Ends) -> None:
    def flood(talk: Talk) -> None:
        talk.send(HEAD)
        talk.flood(b"X-More: 1\r\n" * 100)

    ends(serve(flood).url(), "bad_response")


ODD_HEADERS = {
    "no colon": "nonsense",
    "no name": ": value",
    "a folded one": "X-Folded: a\r\n b",
    "raw UTF-8": "X-Town: MÃ¼nchen",
    "a NUL": "X-Nul: a\x00b",
    "a bare carriage return": "X-Cr: a\rb",
    "the same twice": "Content-Type: text/plain",
    "a blank before the colon": "X-Blank : 1",
}


@pytest.mark.parametrize("header", ODD_HEADERS.values(), ids=list(ODD_HEADERS))
def test_odd_headers_keep_nobody_from_the_page(header: str, serve: Serve, client: Client) -> None:
    assert PAGE in page(client, serve(response(200, PAGE, header)).url()).body


@pytest.mark.parametrize("status", [100, 102, 103, 110, 199])
def test_interim_answers_are_skipped(status: int, serve: Serve, client: Client) -> None:
    interim = f"HTTP/1.1 {status} Wait\r\nLink: </a.css>; rel=preload\r\n\r\n".encode()
    assert page(client, serve(interim * 3 + response(200, PAGE)).url()).body == PAGE


def test_a_switch_of_protocols_nobody_asked_for_is_no_page(serve: Serve, ends: Ends) -> None:
    sent = b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    ends(serve(sent).url(), "bad_response")


# ------------------------------------------------------------------ statuses
STATUSES = {
    204: "empty", 205: "empty", 206: "bad_response", 304: "bad_response", 400: "client_error",
    401: "access_denied", 402: "access_denied", 403: "access_denied", 404: "not_found",
    405: "client_error", 406: "client_error", 407: "access_denied", 408: "server_error",
    410: "gone", 418: "client_error", 421: "client_error", 425: "server_error",
    429: "rate_limited", 451: "legally_unavailable", 499: "client_error", 500: "server_error",
    502: "server_error", 503: "server_error", 504: "server_error", 520: "server_error",
    599: "server_error", 999: "server_error",
}  # fmt: skip


@pytest.mark.parametrize(("status", "reason"), STATUSES.items())
def test_a_status_has_its_reason(status: int, reason: str, serve: Serve, ends: Ends) -> None:
    ended = ends(serve(response(status, b"" if status in (204, 304) else PAGE)).url(), reason)
    later = status in (408, 425, 429) or status >= 500
    assert isinstance(ended, TryLater if later else Drop)


@pytest.mark.parametrize("status", [200, 201, 202, 203])
def test_a_status_of_success_brings_a_page(status: int, serve: Serve, client: Client) -> None:
    assert page(client, serve(response(status, PAGE)).url()).status == status


def test_not_modified_is_an_answer_to_who_asked(serve: Serve, client: Client) -> None:
    server = serve(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
    found = page(client, server.url(), etag='"1"')
    assert (found.status, found.body, found.header("etag")) == (304, b"", '"1"')
    assert server.asked[0].headers["if-none-match"] == '"1"'


NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WAITS = {
    "0": timedelta(0),
    "120": timedelta(minutes=2),
    " 7 ": timedelta(seconds=7),
    "-5": timedelta(0),
    "99999999999999999999": LONGEST_WAIT,
    "604800": LONGEST_WAIT,
    "Mon, 02 Mar 2026 09:10:00 GMT": timedelta(minutes=10),
    "Mon, 02 Mar 2026 10:10:00 +0100": timedelta(minutes=10),
    "Monday, 02-Mar-26 09:10:00 GMT": timedelta(minutes=10),
    "Mon Mar  2 09:10:00 2026": timedelta(minutes=10),
    "Mon, 02 Mar 2026 08:00:00 GMT": timedelta(0),
    "Tue, 02 Mar 2027 09:00:00 GMT": LONGEST_WAIT,
    "": None,
    "soon": None,
    "1.5": None,
    "Mon, 99 Foo 2026 09:10:00 GMT": None,
    "\x00": None,
    "9" * 10_000: None,
}


@pytest.mark.parametrize(("value", "wait"), WAITS.items(), ids=[v[:30] or "none" for v in WAITS])
def test_retry_after_is_read_as_seconds_or_a_date(value: str, wait: timedelta | None) -> None:
    assert retry_after(value, NOW) == wait


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("value", "seconds"), [("120", 120), ("0", 0), ("9999999", 86400)])
def test_a_server_that_asks_for_a_pause_asks_for_its_whole_host(
    status: int, value: str, seconds: int, serve: Serve, ends: Ends
) -> None:
    ended = ends(serve(response(status, b"", f"Retry-After: {value}")).url(), "rate_limited")
    assert isinstance(ended, TryLater)
    assert (ended.after, ended.host_wide) == (timedelta(seconds=seconds), True)


def test_an_unreadable_pause_is_none(serve: Serve, ends: Ends) -> None:
    ended = ends(serve(response(503, b"", "Retry-After: soon")).url(), "server_error")
    assert isinstance(ended, TryLater) and (ended.after, ended.host_wide) == (None, False)
    ended = ends(serve(response(429, b"", "Retry-After: soon")).url(), "rate_limited")
    assert isinstance(ended, TryLater) and (ended.after, ended.host_wide) == (None, True)


# ------------------------------------------------------------------ many at once
def test_no_thread_or_socket_is_left_behind(serve: Serve, good: Server) -> None:
    import psutil

    client = Client(POLICY)
    process = psutil.Process()
    broken = [
        serve(answer) for answer in (b"", b"junk\r\n\r\n", redirect("/"), response(500, PAGE))
    ]
    urls = [good.url(), *(server.url() for server in broken)]

    def everything() -> None:
        for url in urls:
            try:
                client.fetch(FetchRequest(url))
            except Outcome:
                continue

    everything()
    files, threads = process.num_fds(), threading.active_count()
    for _ in range(10):
        everything()
    time.sleep(0.2)
    assert process.num_fds() <= files + 5, "50 fetches later"
    assert threading.active_count() <= threads + 3
