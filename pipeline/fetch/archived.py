"""Pages out of archived HTTP responses: the bytes as they came over the wire, or nearly so.

Archives differ in what they have undone already: a body may still be chunked and compressed, or
its headers may only say so.
"""

from __future__ import annotations

import re
from datetime import datetime

from pipeline.errors import Drop
from pipeline.fetch.encodings import decode, decoders
from pipeline.fetch.pages import page_from_bytes
from pipeline.models import FetchedPage

MOST_HEAD_BYTES = 256 * 1024
MOST_HEADERS = 1000
PIECE = 64 * 1024
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[^\r\n]{0,200}\r?\n")


def page_from_response(
    url: str, block: bytes, *, fetched_at: datetime, max_bytes: int
) -> FetchedPage:
    """The page in an HTTP response as an archive holds it.

    Raises ``Drop`` like :func:`pipeline.fetch.page_from_bytes`, and ``bad_response`` for what is
    no HTTP response.
    """
    status, headers, body = split_response(block)
    named = {name.lower(): value for name, value in headers}
    if "chunked" in named.get("transfer-encoding", "").lower():
        body = _dechunk(body)
    body = _decode(body, named.get("content-encoding"), max_bytes)
    return page_from_bytes(
        url, body, fetched_at=fetched_at, status=status, headers=headers, max_bytes=max_bytes
    )


def split_response(block: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of an HTTP response. Raises ``Drop("bad_response")``."""
    found = _STATUS.match(block)
    end = re.search(rb"\r?\n\r?\n", block[:MOST_HEAD_BYTES])
    if found is None or end is None:
        raise Drop("bad_response", "no status line and headers of HTTP")
    lines = re.split(r"\r?\n", block[: end.start()].decode("utf-8", "replace"))[1:]
    pairs = (line.partition(":") for line in lines[:MOST_HEADERS] if ":" in line)
    headers = [(name.strip(), value.strip()) for name, _, value in pairs]
    return int(found[1]), headers, block[end.end() :]


def _dechunk(body: bytes) -> bytes:
    """The body without its chunks; as it is when it has none in spite of its header."""
    pieces: list[bytes] = []
    at = 0
    while size := _CHUNK.match(body, at):
        length = int(size[1], 16)
        if length == 0:
            return b"".join(pieces)
        pieces.append(body[size.end() : size.end() + length])
        at = size.end() + length
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    return b"".join(pieces) if pieces and at >= len(body) else body


def _decode(body: bytes, encoding: str | None, max_bytes: int) -> bytes:
    """The decoded body; the body itself when its header speaks of what was undone before."""
    decoded = bytearray()
    try:
        pieces = (body[n : n + PIECE] for n in range(0, len(body), PIECE))
        for piece in decode(pieces, decoders(encoding)):
            decoded += piece
            if len(decoded) > max_bytes:
                raise Drop("too_large", f"more than {max_bytes} bytes decoded")
    except Drop as refusal:
        if refusal.reason == "bad_encoding" and body.lstrip()[:1] == b"<":
            return body
        raise
    return bytes(decoded)
