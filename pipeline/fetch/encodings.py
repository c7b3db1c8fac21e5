"""Content encodings, undone piece by piece so that a bomb ends at the cap and not in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]
import zstandard

from pipeline.errors import Drop

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
MAX_NESTING = 2
"""A server and a proxy may each have compressed; a third layer is no accident."""
PIECE = 64 * 1024
ZSTD_PIECE = 128


class Decoder(Protocol):
    """Undoes one encoding. ``feed`` yields pieces of bounded size."""

    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None:
        """Raises ``Drop("bad_encoding")`` when the stream is not complete."""


class _Zlib:
    """gzip and deflate; raw deflate is what some servers send under that name."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._made = zlib.decompressobj(31 if kind == "gzip" else 15)
        self._fed = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            first = self._made.decompress(data, PIECE)
        except zlib.error:
            if self._kind == "gzip" or self._fed:
                raise
            self._made = zlib.decompressobj(-15)
            first = self._made.decompress(data, PIECE)
        self._fed = True
        yield first
        while self._made.unconsumed_tail:
            yield self._made.decompress(self._made.unconsumed_tail, PIECE)
        while self._made.eof and self._kind == "gzip" and self._made.unused_data:
            rest = self._made.unused_data  # gzip members may follow one another (RFC 1952)
            if not rest.startswith(b"\x1f\x8b"):
                return
            self._made = zlib.decompressobj(31)
            yield self._made.decompress(rest, PIECE)
            while self._made.unconsumed_tail:
                yield self._made.decompress(self._made.unconsumed_tail, PIECE)

    def finish(self) -> None:
        if not self._made.eof:
            raise Drop("bad_encoding", f"{self._kind} stream ends early")


class _Brotli:
    def __init__(self) -> None:
        self._made = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = self._made.process(data, output_buffer_limit=PIECE)
        while piece or not self._made.can_accept_more_data():
            yield piece
            piece = self._made.process(b"", output_buffer_limit=PIECE)

    def finish(self) -> None:
        if not self._made.is_finished():
            raise Drop("bad_encoding", "br stream ends early")


class _Zstd:
    """One frame at a time; the window is capped at 8 MiB as RFC 8878 advises for the web."""

    def __init__(self) -> None:
        self._made = zstandard.ZstdDecompressor(max_window_size=8 * 2**20).decompressobj()

    def feed(self, data: bytes) -> Iterator[bytes]:
        # The binding has no bound on one call's output, so the input is cut small: the shortest
        # block has 4 bytes and 128 KiB of content (RFC 8878), so a piece has 4 MiB at the most.
        for start in range(0, len(data), ZSTD_PIECE):
            yield self._made.decompress(data[start : start + ZSTD_PIECE])

    def finish(self) -> None:
        if not self._made.eof:
            raise Drop("bad_encoding", "zstd stream ends early")


def decoders(content_encoding: str | None) -> list[Decoder]:
    """What undoes a ``Content-Encoding``, last applied first.

    Raises ``Drop("bad_encoding")`` for an unknown encoding or too many of them.
    """
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    names = [name.removeprefix("x-") for name in names if name and name != "identity"]
    if len(names) > MAX_NESTING:
        raise Drop("bad_encoding", f"{len(names)} encodings on top of each other")
    return [_decoder(name) for name in reversed(names)]


def _decoder(name: str) -> Decoder:
    if name in ("gzip", "deflate"):
        return _Zlib(name)
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise Drop("bad_encoding", f"unknown encoding {name!r}")


def decode(pieces: Iterator[bytes], undo: list[Decoder]) -> Iterator[bytes]:
    """The decoded pieces. Raises ``Drop("bad_encoding")`` for what does not decode."""
    stream = pieces
    for decoder in undo:
        stream = _through(stream, decoder)
    return stream


def _through(pieces: Iterator[bytes], decoder: Decoder) -> Iterator[bytes]:
    fed = False
    try:
        for piece in pieces:
            if piece:
                fed = True
                yield from decoder.feed(piece)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise Drop("bad_encoding", str(error)) from error
    if fed:
        decoder.finish()
