"""Bytes to a FetchedPage, with the same named refusals wherever the bytes come from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pipeline.errors import Drop
from pipeline.fetch.charset import detect_charset
from pipeline.fetch.policy import FetchPolicy
from pipeline.fetch.rights import rights_of
from pipeline.models import FetchedPage
from pipeline.urls import normalize_url

TEXT_TYPES = re.compile(
    r"text/.*|application/(?:.*\+)?(?:xml|json|xhtml)|application/octet-stream|unknown/unknown|"
)
"""Types that may be a page. Octet-stream and none at all are decided by the bytes."""
SNIFF_BYTES = 1024
BINARY_RATIO = 0.05
"""Part of the first bytes that may be control characters in a text (WHATWG MIME sniffing calls
one binary byte enough; broken templates do print a few)."""
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1b")
_MAGIC = (
    b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"OggS",
    b"\x00\x00\x00\x18ftyp", b"ID3", b"\x7fELF", b"MZ\x90", b"BZh", b"7z\xbc\xaf", b"wOFF", b"wOF2",
)  # fmt: skip


def page_from_bytes(
    url: str,
    body: bytes,
    *,
    content_type: str | None = None,
    fetched_at: datetime | None = None,
    final_url: str | None = None,
    status: int = 200,
    headers: Sequence[tuple[str, str]] = (),
    max_bytes: int = FetchPolicy.max_decoded_bytes,
) -> FetchedPage:
    """The page that these bytes are: from a file, an archive, a test.

    Raises ``Drop``: ``bad_url``, ``too_large``, ``empty``, ``not_text``.
    """
    if content_type is not None:
        headers = [*headers, ("content-type", content_type)]
    if len(body) > max_bytes:
        raise Drop("too_large", f"{len(body)} bytes; at most {max_bytes} are read")
    final_url = normalize_url(final_url or url)
    page = FetchedPage(
        url=normalize_url(url),
        final_url=final_url,
        status=status,
        headers=tuple(headers),
        body=body,
        fetched_at=fetched_at or datetime.now(UTC),
        rights=rights_of(final_url, headers, body, FetchPolicy().product),
    )
    return with_charset(page)


def with_charset(page: FetchedPage) -> FetchedPage:
    """The page with its charset decided. Raises ``Drop`` for what is no text at all."""
    check_type(page.header("content-type"))
    if not page.body.strip():
        raise Drop("empty", f"{len(page.body)} bytes")
    if _is_binary(page.body):
        raise Drop("not_text", "the bytes are not those of a text")
    found = detect_charset(page.body, page.header("content-type"))
    return replace(
        page,
        charset=found.codec,
        charset_from=found.origin,
        replacement_ratio=found.replacement_ratio,
    )


def check_type(content_type: str | None) -> None:
    """Return for a Content-Type that may be a page's. Raises ``Drop("not_text")``."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if not TEXT_TYPES.fullmatch(media_type):
        raise Drop("not_text", f"the server calls it {media_type[:100]}")


def _is_binary(body: bytes) -> bool:
    if body.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return False  # a byte order mark: UTF-16 is full of NULs and text all the same
    if body.startswith(_MAGIC):
        return True
    head = body[:SNIFF_BYTES]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls > max(2, BINARY_RATIO * len(head))
