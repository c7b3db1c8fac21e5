"""Bodies: bombs, broken and nested encodings, lengths that lie, types that are no page."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from pipeline.fetch import Client
from tests.fetch.conftest import PAGE, Ends, Serve, page
from tests.fetch.server import Talk, chunked, response

BOMB_BYTES = 40 * 2**20


def squeeze(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=1)


def raw_deflate(data: bytes) -> bytes:
    made = zlib.compressobj(wbits=-15)
    return made.compress(data) + made.flush()


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(data)


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", squeeze),
    "x-gzip": ("x-gzip", squeeze),
    "upper-case gzip": ("GZIP", squeeze),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", lambda data: brotli.compress(data, quality=1)),
    "zstd": ("zstd", zstd),
    "identity": ("identity", bytes),
    "identity and gzip": ("identity, gzip", squeeze),
    "gzip members": ("gzip", lambda data: squeeze(data[:9]) + squeeze(data[9:])),
    "gzip and rubbish": ("gzip", lambda data: squeeze(data) + b"\0" * 64),
    "gzip in gzip": ("gzip, gzip", lambda data: squeeze(squeeze(data))),
    "br over gzip": ("gzip, br", lambda data: brotli.compress(squeeze(data))),
}


@pytest.mark.parametrize(("name", "encode"), ENCODERS.values(), ids=list(ENCODERS))
def test_an_encoded_page_is_decoded(
    name: str, encode: Callable[[bytes], bytes], serve: Serve, client: Client
) -> None:
    sent = encode(PAGE)
    found = page(client, serve(response(200, sent, f"Content-Encoding: {name}")).url())
    assert found.body == PAGE
    assert found.wire_bytes == len(sent)


BOMBS = {name: made for name, made in ENCODERS.items() if "identity" not in name}


@pytest.mark.parametrize(("name", "encode"), BOMBS.values(), ids=list(BOMBS))
def test_a_bomb_ends_at_the_cap(
    name: str, encode: Callable[[bytes], bytes], serve: Serve, ends: Ends
) -> None:
    sent = encode(b"\n" * (4 * 2**20))
    ends(serve(response(200, sent, f"Content-Encoding: {name}")).url(), "too_large")


BROKEN = {
    "an unknown one": ("compress", PAGE),
    "a made-up one": ("aes128gcm", PAGE),
    "three layers": ("gzip, gzip, gzip", squeeze(squeeze(squeeze(PAGE)))),
    "twenty layers": (", ".join(["gzip"] * 20), PAGE),
    "gzip that is none": ("gzip", PAGE),
    "deflate that is none": ("deflate", b"\xff" * 50),
    "br that is none": ("br", b"\xff" * 50),
    "zstd that is none": ("zstd", PAGE),
    "half a gzip": ("gzip", squeeze(PAGE)[:30]),
    "half a deflate": ("deflate", zlib.compress(PAGE)[:30]),
    "half a br": ("br", brotli.compress(PAGE)[:30]),
    "half a zstd": ("zstd", zstd(PAGE)[:30]),
    "gzip with a wrong sum": ("gzip", squeeze(PAGE)[:-8] + b"\0" * 8),
    "gzip in the wrong order": ("gzip, br", squeeze(brotli.compress(PAGE))),
    "zstd with a window of 128 MiB": ("zstd", b"\x28\xb5\x2f\xfd\x00\x88" + b"\x01\x00\x00" * 9),
}


@pytest.mark.parametrize(("name", "sent"), BROKEN.values(), ids=list(BROKEN))
def test_an_encoding_that_does_not_decode_is_named_so(
    name: str, sent: bytes, serve: Serve, ends: Ends
) -> None:
    ends(serve(response(200, sent, f"Content-Encoding: {name}")).url(), "bad_encoding")


@pytest.fixture(scope="session")
def bombs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Large bombs in files: content encoding and path by name."""
    directory = tmp_path_factory.mktemp("bombs")
    made = {}
    for number, (name, (label, encode)) in enumerate(BOMBS.items()):
        path = directory / str(number)
        path.write_bytes(encode(b"\n" * BOMB_BYTES))
        made[name] = (label, str(path))
    return made


def test_memory_stays_bounded_whatever_the_bomb(bombs: dict[str, tuple[str, str]]) -> None:
    """In a process of its own, whose peak is measured before and after all bombs. The cap is
    1 MiB a page, the bombs hold 40 MiB each; buffers and the largest zstd window are 8 MiB."""
    program = f"""
from pathlib import Path
from pipeline.errors import Drop
from pipeline.fetch import Client
from pipeline.models import FetchRequest
from tests.fetch.conftest import PAGE, POLICY
from tests.fetch.server import Server, response
from tests.memory import peak_bytes

good = Server(response(200, PAGE))
client = Client(POLICY)
client.fetch(FetchRequest(good.url()))
before = peak_bytes()
for label, path in {list(bombs.values())!r}:
    sent = Path(path).read_bytes()
    server = Server(response(200, sent, f"Content-Encoding: {{label}}"))
    try:
        client.fetch(FetchRequest(server.url()))
        print("no bomb", label)
    except Drop as dropped:
        assert dropped.reason == "too_large", dropped
print((peak_bytes() - before) // 2**20)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert int(ran.stdout) < 32, "MiB that eleven bombs of 40 MiB took"


# ------------------------------------------------------------------ lengths
def test_a_length_that_is_too_long_is_a_broken_connection(serve: Serve, ends: Ends) -> None:
    ends(serve(response(200, PAGE, length=len(PAGE) + 100)).url(), "connection_failed")


def test_a_length_that_is_too_short_cuts_the_page_there(serve: Serve, client: Client) -> None:
    assert page(client, serve(response(200, PAGE, length=30)).url()).body == PAGE[:30]


def test_without_a_length_the_end_of_the_connection_is_the_end(
    serve: Serve, client: Client
) -> None:
    plain = b"HTTP/1.1 200 Told\r\nContent-Type: text/html\r\n\r\n"
    assert page(client, serve(plain + PAGE).url()).body == PAGE


def test_a_length_beyond_the_cap_is_refused_unread(serve: Serve, ends: Ends) -> None:
    def promise(talk: Talk) -> None:
        talk.send(response(200, PAGE, length=10**12))
        talk.wait()

    ends(serve(promise).url(), "too_large", seconds=1.0)


@pytest.mark.parametrize("length", ["-1", "abc", "0x20", "", "1e3", "9" * 30])
def test_a_length_that_is_no_number_stops_nobody(length: str, serve: Serve, client: Client) -> None:
    sent = response(200, PAGE, length=length)
    try:
        assert page(client, serve(sent).url()).body in (PAGE, PAGE[:1])
    except Exception as error:
        assert getattr(error, "reason", None) in ("bad_response", "connection_failed", "too_large")


def test_chunks_are_put_together(serve: Serve, client: Client) -> None:
    assert page(client, serve(chunked(PAGE[:20], PAGE[20:], b"")).url()).body == PAGE


BAD_CHUNKS = {
    "no last chunk": (chunked(PAGE), "connection_failed"),
    "a chunk cut short": (chunked(PAGE)[:-20], "connection_failed"),
    "a length that is none": (chunked() + b"xyz\r\nabc\r\n", "bad_response"),
    "everything there is": (chunked() + b"-1\r\n" + b"x" * 2**21, "bad_response"),
    "a negative length": (chunked() + b"-5\r\nabc\r\n", "bad_response"),
    "an endless length line": (chunked() + b"1" * 100_000, "connection_failed"),
}


@pytest.mark.parametrize(("sent", "reason"), BAD_CHUNKS.values(), ids=list(BAD_CHUNKS))
def test_chunks_that_do_not_fit_are_named(
    sent: bytes, reason: str, serve: Serve, ends: Ends
) -> None:
    ends(serve(sent).url(), reason)


def test_a_body_without_an_end_stops_at_the_cap(serve: Serve, ends: Ends) -> None:
    def endless(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 200 Told\r\nContent-Type: text/html\r\n\r\n")
        talk.flood(b"<p>more</p>" * 1000)

    ends(serve(endless).url(), "too_large")


def test_chunks_without_an_end_stop_at_the_cap(serve: Serve, ends: Ends) -> None:
    def endless(talk: Talk) -> None:
        talk.send(chunked())
        talk.flood(b"400\r\n" + b"x" * 1024 + b"\r\n")

    ends(serve(endless).url(), "too_large")


def test_an_error_page_without_an_end_is_read_in_part(serve: Serve, ends: Ends) -> None:
    def endless(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 404 Told\r\nContent-Type: text/html\r\n\r\n")
        talk.flood(b"<p>nothing here</p>" * 1000)

    ends(serve(endless).url(), "not_found")


# ------------------------------------------------------------------ types
TYPES = (
    "image/png", "application/pdf", "video/mp4", "audio/mpeg", "application/zip", "font/woff2",
    "application/vnd.ms-excel", "multipart/x-mixed-replace", "model/gltf", "application/wasm",
)  # fmt: skip


@pytest.mark.parametrize("content_type", TYPES)
def test_a_type_that_is_no_page_is_refused_before_its_body(
    content_type: str, serve: Serve, ends: Ends
) -> None:
    def endless(talk: Talk) -> None:
        talk.send(f"HTTP/1.1 200 Told\r\nContent-Type: {content_type}\r\n\r\n".encode())
        talk.wait()

    ends(serve(endless).url(), "not_text", seconds=1.0)


MAGIC = (b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"PK\x03\x04",
         b"\x1f\x8b\x08", b"RIFF\0\0\0\0WEBP", b"wOF2", b"\x7fELF", bytes(range(256)))  # fmt: skip


@pytest.mark.parametrize("content_type", ["text/html", "application/octet-stream", None])
@pytest.mark.parametrize("head", MAGIC, ids=lambda head: head[:4].hex())
def test_bytes_that_are_no_text_are_refused_whatever_they_are_called(
    content_type: str | None, head: bytes, serve: Serve, ends: Ends
) -> None:
    ends(serve(response(200, head + b"\0" * 50, content_type=content_type)).url(), "not_text")


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "TEXT/HTML; charset=x", "application/xhtml+xml", "text/plain", "application/xml",
     "application/rss+xml", "application/ld+json", "application/octet-stream", None, "", ";"],
)  # fmt: skip
def test_a_type_that_may_be_a_page_is_read(
    content_type: str | None, serve: Serve, client: Client
) -> None:
    assert page(client, serve(response(200, PAGE, content_type=content_type)).url()).body == PAGE


@pytest.mark.parametrize("body", [b"", b" ", b"\r\n\t\r\n", b"\n" * 1000])
def test_a_page_of_nothing_is_empty(body: bytes, serve: Serve, ends: Ends) -> None:
    ends(serve(response(200, body)).url(), "empty")


def test_an_empty_encoded_body_is_empty(serve: Serve, ends: Ends) -> None:
    ends(serve(response(200, b"", "Content-Encoding: gzip")).url(), "empty")
    ends(serve(response(200, squeeze(b""), "Content-Encoding: gzip")).url(), "empty")
