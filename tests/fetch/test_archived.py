"""Archived HTTP responses: whatever their archive has undone already, the page is found."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import brotli
import pytest

from pipeline.errors import Drop
from pipeline.fetch import page_from_response
from pipeline.models import FetchedPage

AT = datetime(2026, 3, 1, tzinfo=UTC)
BODY = "<html><body><p>Küche, quai, пристань</p></body></html>".encode()
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def chunked(body: bytes) -> bytes:
    pieces = [body[n : n + 7] for n in range(0, len(body), 7)]
    return b"".join(b"%x;ext=1\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


def page(block: bytes, most: int = 100_000) -> FetchedPage:
    return page_from_response("https://post.example/a", block, fetched_at=AT, max_bytes=most)


@pytest.mark.parametrize(
    "block",
    [
        OK + b"\r\n" + BODY,
        OK.replace(b"\r\n", b"\n") + b"\n" + BODY,
        OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(BODY),
        OK + b"Content-Encoding: br\r\n\r\n" + brotli.compress(BODY),
        OK + b"Content-Encoding: gzip\r\n\r\n" + BODY,
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(BODY),
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + BODY,
        OK
        + b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
        + chunked(gzip.compress(BODY)),
    ],
)
def test_the_body_is_found_whatever_was_undone(block: bytes) -> None:
    found = page(block)
    assert (found.body, found.status, found.charset) == (BODY, 200, "utf-8")
    assert found.fetched_at == AT


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (b"", "bad_response"),
        (b"<html>", "bad_response"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 400_000, "bad_response"),
        (OK + b"\r\n", "empty"),
        (OK + b"\r\n" + b"<p>" * 50_000, "too_large"),
        (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(50_000_000)), "too_large"),
        (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(BODY)[:-9], "bad_encoding"),
        (OK + b"\r\n" + gzip.compress(BODY), "not_text"),
    ],
)
def test_what_holds_no_page_is_refused_with_its_reason(block: bytes, reason: str) -> None:
    with pytest.raises(Drop) as refused:
        page(block)
    assert refused.value.reason == reason
