"""robots.txt by RFC 9309: groups, the longest match, failures, expiry, and the crawl-delay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import Drop, Outcome, TryLater
from pipeline.fetch import Client
from pipeline.fetch.robots import KEEP, KEEP_AT_LEAST, KEEP_UNREACHABLE, MAX_BYTES, Answer, Robots
from tests.fetch.conftest import PAGE, Serve, page
from tests.fetch.server import Talk, redirect, response

AGENT = "Copydesk/0.1 (+https://desk.example/newsbot)"
SITE = "https://post.example"


class Host:
    """A host that answers for its robots.txt as the test says, and a clock."""

    def __init__(self, answer: Answer | Outcome) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.robots = Robots(AGENT, self._get, lambda: self.now)

    def _get(self, url: str) -> Answer:
        self.asked.append(url)
        if isinstance(self.answer, Outcome):
            raise self.answer
        return self.answer

    def allows(self, path: str, site: str = SITE) -> bool:
        try:
            self.robots.check(site + path)
        except Drop as dropped:
            assert dropped.reason == "robots_forbidden"
            return False
        return True


def host(text: str | bytes, status: int = 200, cache_control: str | None = None) -> Host:
    body = text if isinstance(text, bytes) else text.encode()
    return Host((status, body, cache_control))


# (robots.txt, path, allowed?)
RULES = {
    "nothing": ("", "/a", True),
    "everything forbidden": ("User-agent: *\nDisallow: /", "/a", False),
    "an empty rule": ("User-agent: *\nDisallow:", "/a", True),
    "a prefix": ("User-agent: *\nDisallow: /private", "/private/a", False),
    "a prefix of a word": ("User-agent: *\nDisallow: /private", "/privateer", False),
    "a folder": ("User-agent: *\nDisallow: /private/", "/private", True),
    "another case of the path": ("User-agent: *\nDisallow: /Private", "/private", True),
    "the longest match": ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
    "the longest match, other order": ("User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/b/c", True),
    "a longer disallow": ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b", False),
    "equal length allows": ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
    "a star": ("User-agent: *\nDisallow: /*/print", "/news/print", False),
    "a star for nothing": ("User-agent: *\nDisallow: /a*b", "/ab", False),
    "a star at the end": ("User-agent: *\nDisallow: /a*", "/abc", False),
    "an end": ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
    "beyond an end": ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x=1", True),
    "a dollar inside": ("User-agent: *\nDisallow: /a$b", "/a$b", False),
    "the home page alone": ("User-agent: *\nDisallow: /$", "/a", True),
    "a query": ("User-agent: *\nDisallow: /*?sort=", "/a?sort=up", False),
    "an escaped letter": ("User-agent: *\nDisallow: /%61", "/a", False),
    "an escape in lower case": ("User-agent: *\nDisallow: /caf%c3%a9", "/caf%C3%A9", False),
    "raw UTF-8": ("User-agent: *\nDisallow: /café", "/caf%C3%A9", False),
    "our group": ("User-agent: *\nDisallow: /\nUser-agent: copydesk\nAllow: /", "/a", True),
    "our group forbids": (
        "User-agent: Copydesk\nDisallow: /\nUser-agent: *\nAllow: /",
        "/a",
        False,
    ),
    "our group alone counts": (
        "User-agent: *\nDisallow: /b\nUser-agent: copydesk\nDisallow: /a",
        "/b",
        True,
    ),
    "upper-case name": ("User-agent: COPYDESK\nDisallow: /", "/a", False),
    "several names for one group": (
        "User-agent: x\nUser-agent: copydesk\nUser-agent: y\nDisallow: /",
        "/a",
        False,
    ),
    "our group twice": (
        "User-agent: copydesk\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\n"
        "User-agent: copydesk\nDisallow: /b",
        "/b",
        False,
    ),
    "another crawler": ("User-agent: otherbot\nDisallow: /", "/a", True),
    "a name in our contact": ("User-agent: newsbot\nDisallow: /", "/a", True),
    "our contact's host": ("User-agent: desk\nDisallow: /", "/a", True),
    "our name with a version": ("User-agent: copydesk/2.1\nDisallow: /a", "/a", False),
    "our name and more words": ("User-agent: copydesk crawler\nDisallow: /a", "/a", False),
    "the beginning of our name": ("User-agent: copy\nDisallow: /", "/a", True),
    "our name and more letters": ("User-agent: copydesker\nDisallow: /", "/a", True),
    "everybody and more words": ("User-agent: * all\nDisallow: /a", "/a", False),
    "lower-case fields": ("user-agent: *\ndisallow: /a", "/a", False),
    "blanks around": ("  User-agent :  * \n\t Disallow :  /a  ", "/a", False),
    "comments": ("# hello\nUser-agent: * # everybody\nDisallow: /a # not this\n", "/a", False),
    "carriage returns": ("User-agent: *\rDisallow: /a\r", "/a", False),
    "both line ends": ("User-agent: *\r\nDisallow: /a\r\n", "/a", False),
    "blank lines inside a group": ("User-agent: *\n\n\nDisallow: /a", "/a", False),
    "unknown fields": ("User-agent: *\nNoindex: /b\nFoo: bar\nDisallow: /a", "/a", False),
    "a sitemap between": (
        "User-agent: *\nSitemap: https://post.example/s.xml\nDisallow: /a",
        "/a",
        False,
    ),
    "a rule before any group": ("Disallow: /a\nUser-agent: *\nDisallow: /b", "/a", True),
    "a page of HTML": ("<!doctype html><title>Home</title><p>Disallow: /", "/a", True),
    "robots.txt itself": ("User-agent: *\nDisallow: /", "/robots.txt", True),
}


@pytest.mark.parametrize(("text", "path", "allowed"), RULES.values(), ids=list(RULES))
def test_the_rules_are_read_as_the_rfc_reads_them(text: str, path: str, allowed: bool) -> None:
    assert host(text).allows(path) == allowed


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert not host(b"\xef\xbb\xbfUser-agent: *\nDisallow: /a").allows("/a")


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"\x00" * 100, bytes(range(256)) * 10,
                                  b"User-agent: *\nDisallow: /\xff\xfe\n"])  # fmt: skip
def test_bytes_that_are_no_text_forbid_nothing_else(body: bytes) -> None:
    assert host(body).allows("/a")


def test_500_kib_are_read_and_no_line_is_read_in_half() -> None:
    line = b"Disallow: /no\n"
    head = b"User-agent: *\nDisallow: /first\n"
    filler = b"#" + b"x" * (MAX_BYTES - len(head) - len(b"Disallow: /\n") + 1) + b"\n"
    cut = host(
        head + filler[: MAX_BYTES - len(head) - 11] + b"\nDisallow: /pages/only/these\n" + line
    )
    assert not cut.allows("/first")
    assert cut.allows("/a"), "the line that the cut went through is not 'Disallow: /'"
    assert cut.allows("/no"), "what comes after 500 KiB is not read"
    assert not host(head + b"#\n" * 1000 + line).allows("/no")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451, 300, 304])
def test_where_there_are_no_rules_everything_is_allowed(status: int) -> None:
    assert host("User-agent: *\nDisallow: /", status).allows("/a")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
def test_where_the_rules_cannot_be_had_nothing_is_allowed_for_now(status: int) -> None:
    with pytest.raises(TryLater) as later:
        host("", status).allows("/a")
    assert later.value.reason == "robots_unreachable"
    assert later.value.after == KEEP_UNREACHABLE


@pytest.mark.parametrize("reason", ["dns_failed", "connection_failed", "deadline_exceeded"])
def test_a_host_that_does_not_answer_is_asked_again_later(reason: str) -> None:
    silent = Host(TryLater(reason))
    for _ in range(3):
        with pytest.raises(TryLater) as later:
            silent.allows("/a")
        assert later.value.reason == reason
    assert len(silent.asked) == 1, "not before the failure has expired"
    silent.now += KEEP_UNREACHABLE
    silent.answer = (200, b"", None)
    assert silent.allows("/a")


@pytest.mark.parametrize(
    "reason",
    [
        "too_many_redirects",
        "bad_redirect",
        "scheme_forbidden",
        "address_forbidden",
        "port_forbidden",
    ],
)
def test_rules_behind_a_redirect_to_nowhere_are_no_rules(reason: str) -> None:
    assert Host(Drop(reason)).allows("/a")


@pytest.mark.parametrize("reason", ["bad_encoding", "bad_response", "too_large"])
def test_rules_that_cannot_be_read_allow_nothing_for_now(reason: str) -> None:
    with pytest.raises(TryLater) as later:
        Host(Drop(reason)).allows("/a")
    assert later.value.reason == "robots_unreachable"


def test_a_certificate_that_is_wrong_is_the_pages_own_fault() -> None:
    with pytest.raises(Drop) as dropped:
        Host(Drop("tls_failed")).robots.check(SITE + "/a")
    assert dropped.value.reason == "tls_failed"


# ------------------------------------------------------------------ how long they hold
def test_rules_are_asked_for_once_a_day_and_host() -> None:
    known = host("User-agent: *\nDisallow: /a")
    for path in ("/a", "/b", "/c"):
        known.allows(path)
    assert known.asked == [SITE + "/robots.txt"]
    known.allows("/a", "http://post.example")
    known.allows("/a", "https://post.example:8443")
    known.allows("/a", "https://www.post.example")
    assert len(known.asked) == 4, "scheme, port and host make another file"
    known.now += KEEP - timedelta(seconds=1)
    known.allows("/a")
    assert len(known.asked) == 4
    known.now += timedelta(seconds=1)
    known.answer = (200, b"", None)
    assert known.allows("/a")
    assert len(known.asked) == 5


@pytest.mark.parametrize(
    ("cache_control", "kept"),
    [
        ("max-age=3600", timedelta(hours=1)),
        ("public, Max-Age = 3600", timedelta(hours=1)),
        ("max-age=0", KEEP_AT_LEAST),
        ("max-age=99999999", KEEP),
        ("max-age=99999999999999999999", KEEP),
        ("no-store", KEEP),
        ("max-age=soon", KEEP),
    ],
)
def test_cache_control_says_how_long_between_minutes_and_a_day(
    cache_control: str, kept: timedelta
) -> None:
    known = host("", 200, cache_control)
    known.allows("/a")
    known.now += kept - timedelta(seconds=1)
    known.allows("/a")
    assert len(known.asked) == 1
    known.now += timedelta(seconds=1)
    known.allows("/a")
    assert len(known.asked) == 2


# ------------------------------------------------------------------ crawl-delay
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 7", 7.0),
        ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: *\nCrawl-delay: 7\nUser-agent: copydesk\nCrawl-delay: 3", 3.0),
        ("User-agent: otherbot\nCrawl-delay: 7", None),
        ("User-agent: *\nCrawl-delay: slow", None),
        ("User-agent: *\nCrawl-delay: -3", None),
        ("User-agent: *\nCrawl-delay: nan", None),
        ("User-agent: *\nCrawl-delay: inf", None),
        ("", None),
    ],
)
def test_the_crawl_delay_is_a_number_of_seconds_or_none(text: str, seconds: float | None) -> None:
    assert host(text).robots.crawl_delay_seconds(SITE + "/a") == seconds


# ------------------------------------------------------------------ through the client
def robots_txt(text: str) -> bytes:
    return response(200, text.encode(), content_type="text/plain")


def test_robots_txt_is_asked_before_the_first_page(
    serve: Serve, make_client: Callable[..., Client]
) -> None:
    server = serve(
        {
            "/robots.txt": robots_txt("User-agent: *\nDisallow: /no\nCrawl-delay: 2"),
            "/yes": response(200, PAGE),
            "/away": redirect("/no"),
        }
    )
    client = make_client(respect_robots=True)
    assert page(client, server.url("/yes")).crawl_delay_seconds == 2
    for path in ("/no", "/away"):
        with pytest.raises(Drop) as dropped:
            page(client, server.url(path))
        assert dropped.value.reason == "robots_forbidden"
    assert [asked.path for asked in server.asked] == ["/robots.txt", "/yes", "/away"]
    ruleless = make_client(respect_robots=False)
    assert page(ruleless, server.url("/yes")).crawl_delay_seconds is None


def test_the_rules_of_a_host_that_is_redirected_to_are_asked_too(
    serve: Serve, make_client: Callable[..., Client]
) -> None:
    strict = serve(
        {"/robots.txt": robots_txt("User-agent: *\nDisallow: /"), "/a": response(200, PAGE)}
    )
    server = serve({"/": redirect(strict.url("/a"))})
    with pytest.raises(Drop) as dropped:
        page(make_client(respect_robots=True), server.url())
    assert dropped.value.reason == "robots_forbidden"
    assert [asked.path for asked in strict.asked] == ["/robots.txt"]


def test_five_redirects_to_the_rules_are_followed(
    serve: Serve, make_client: Callable[..., Client]
) -> None:
    table = {f"/r{n}": redirect(f"/r{n + 1}") for n in range(4)}
    table |= {"/robots.txt": redirect("/r0"), "/r4": robots_txt("User-agent: *\nDisallow: /a")}
    with pytest.raises(Drop) as dropped:
        page(make_client(respect_robots=True), serve({**table}).url("/a"))
    assert dropped.value.reason == "robots_forbidden"


def test_rules_without_an_end_are_read_in_part(
    serve: Serve, make_client: Callable[..., Client]
) -> None:
    def endless(talk: Talk) -> None:
        talk.send(
            b"HTTP/1.1 200 Told\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\nDisallow: /no\n"
        )
        talk.flood(b"# and so on\n" * 1000)

    client = make_client(respect_robots=True)
    server = serve({"/robots.txt": endless, "/yes": response(200, PAGE)})
    assert page(client, server.url("/yes")).body == PAGE
    with pytest.raises(Drop):
        page(client, server.url("/no"))
