"""Archives as they come: plain, gzipped, cut off, damaged, hostile."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.warcwriter import WARCWriter as TheirWriter

from pipeline.warc import Damage, WarcRecord, WarcWriter, read_warc

AT = datetime(2026, 3, 1, 12, 0, 1, 250_000, tzinfo=UTC)
MOST = 1_000_000


def record(n: int, body: bytes = b"<p>page</p>") -> bytes:
    file = io.BytesIO()
    headers = [("Content-Type", "text/html")]
    WarcWriter(file, compress=False).response(
        f"https://post.example/{n}", AT, 200, "OK", headers, body
    )
    return file.getvalue()


def zipped(*records: bytes) -> list[bytes]:
    return [gzip.compress(data) for data in records]


def read(tmp_path: Path, data: bytes, most: int = MOST) -> list[WarcRecord | Damage]:
    path = tmp_path / "a.warc"
    path.write_bytes(data)
    with path.open("rb") as file:
        return list(read_warc(file, max_bytes=most))


def urls(found: list[WarcRecord | Damage]) -> list[str]:
    return [r.target_uri.rpartition("/")[2] for r in found if isinstance(r, WarcRecord)]


def damages(found: list[WarcRecord | Damage]) -> list[Damage]:
    return [one for one in found if isinstance(one, Damage)]


THREE = [record(n) for n in range(3)]


@pytest.mark.parametrize(
    "data",
    [
        b"".join(THREE),
        b"".join(zipped(*THREE)),
        gzip.compress(b"".join(THREE)),  # zipped as one, against the advice of the standard
        b"\r\n\r\n" + b"\r\n".join(THREE),
        b"\0\0\0".join(zipped(*THREE)) + b"\0" * 500,
        b"".join(THREE).replace(b"WARC/1.1\r\n", b"WARC/1.0\r\nX-Folded: a\r\n  b\r\n"),
    ],
    ids=["plain", "zipped", "zipped as one", "blank lines", "padded", "folded headers"],
)
def test_every_form_of_an_archive_gives_its_records_with_their_places(
    tmp_path: Path, data: bytes
) -> None:
    found = read(tmp_path, data)
    assert (urls(found), damages(found)) == (["0", "1", "2"], [])
    first = found[0]
    assert isinstance(first, WarcRecord)
    assert first.date == AT
    assert first.content.endswith(b"\r\n\r\n<p>page</p>")


def test_what_warcio_writes_is_read_and_what_we_write_is_read_by_warcio(tmp_path: Path) -> None:
    theirs = io.BytesIO()
    writer = TheirWriter(theirs, gzip=True)
    payload = io.BytesIO(b"<p>theirs</p>")
    made = writer.create_warc_record("https://post.example/t", "resource", payload=payload)
    writer.write_record(made)
    found = read(tmp_path, theirs.getvalue())
    assert urls(found) == ["t"] and damages(found) == []
    ours = io.BytesIO(b"".join(zipped(*THREE)))
    seen = [
        (
            r.rec_headers.get_header("WARC-Target-URI"),
            r.content_stream().read(),
            r.digest_checker.passed,
        )
        for r in ArchiveIterator(ours, check_digests=True)
    ]
    assert seen == [(f"https://post.example/{n}", b"<p>page</p>", True) for n in range(3)]


def _broken() -> dict[str, tuple[bytes, list[str], int]]:
    """Name -> file, the records that can still be read, and where the damage is."""
    a, b, c = THREE
    za, zb, zc = zipped(a, b, c)
    flipped = bytearray(zb)
    flipped[len(zb) // 2] ^= 0xFF
    wrong_sum = bytearray(zb)
    wrong_sum[-6] ^= 0xFF
    size = len(record(1)) - record(1).index(b"HTTP/1.1") - 4
    told = f"Content-Length: {size}".encode()
    assert told in b
    return {
        "cut off": (a + b + c[:-30], ["0", "1"], len(a + b)),
        "cut off in the headers": (a + b[:40], ["0"], len(a)),
        "cut off, zipped": (za + zb[:-20], ["0"], len(za)),
        "cut off in the trailer": (za + zb[:-3], ["0"], len(za)),
        "a flipped bit, zipped": (za + bytes(flipped) + zc, ["0", "2"], len(za)),
        "a wrong checksum": (za + bytes(wrong_sum) + zc, ["0", "2"], len(za)),
        "a flipped bit, plain": (a + b.replace(b"page", b"paGe") + c, ["0", "2"], len(a)),
        "terabytes": (
            a + b.replace(told, b"Content-Length: 9000000000000") + c,
            ["0", "2"],
            len(a),
        ),
        "terabytes, zipped": (
            za + gzip.compress(b.replace(told, b"Content-Length: 9000000000000")) + zc,
            ["0", "2"],
            len(za),
        ),
        "too short": (a + b.replace(told, b"Content-Length: 9") + c, ["0", "2"], len(a)),
        "a negative length": (a + b.replace(told, b"Content-Length: -1") + c, ["0", "2"], len(a)),
        "no length": (a + b.replace(told, b"Content-Size: 5") + c, ["0", "2"], len(a)),
        "garbage between": (za + b"garbage here" + zb + zc, ["0", "1", "2"], len(za)),
        "garbage between, plain": (a + b"garbage: x\r\n\r\n" + b + c, ["0", "1", "2"], len(a)),
        "endless headers": (a + b"WARC/1.1\r\n" + b"X: y\r\n" * 50_000 + c, ["0", "2"], len(a)),
        "an endless line": (
            a + b"WARC/1.1\r\nX: " + b"y" * 500_000 + b"\r\n" + c,
            ["0", "2"],
            len(a),
        ),
        "no archive": (b"GIF89a" * 100, [], 0),
        "a zipped other thing": (gzip.compress(b"hello" * 50), [], 0),
    }


@pytest.mark.parametrize("name", _broken())
def test_damage_is_named_with_its_place_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    data, readable, offset = _broken()[name]
    found = read(tmp_path, data)
    assert urls(found) == readable
    assert [one.offset for one in damages(found)][:1] == [offset]
    assert len(damages(found)) <= 2


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, b"") == []


def test_bombs_and_giants_take_no_memory(tmp_path: Path) -> None:
    """300 MB of zeros in a record that is kept, in one that is skipped, and one plain giant."""
    head = b"WARC/1.1\r\nWARC-Type: %s\r\nContent-Length: %d\r\n\r\n"
    size = 300_000_000
    pack = zlib.compressobj(9, wbits=31)
    bomb = pack.compress(head % (b"response", size))
    for _ in range(size // 1_000_000):
        bomb += pack.compress(bytes(1_000_000))
    bomb += pack.flush()
    path = tmp_path / "bomb.warc.gz"
    path.write_bytes(bomb + gzip.compress(THREE[0]))
    tracemalloc.start()
    with path.open("rb") as file:
        found = list(read_warc(file, max_bytes=MOST))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert urls(found)[-1] == "0"
    assert peak < 12 * MOST


def test_a_record_longer_than_the_limit_is_cut_and_says_so(tmp_path: Path) -> None:
    found = read(tmp_path, record(0, b"x" * 5000) + THREE[1], most=1000)
    assert [(len(r.content), r.is_cut) for r in found if isinstance(r, WarcRecord)] == [
        (1000, True),
        (len(THREE[1]) - THREE[1].index(b"HTTP/1.1") - 4, False),
    ]


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_damage_leaves_the_reader_standing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    place = tmp_path_factory.mktemp("w")
    whole = bytearray(data.draw(st.sampled_from([b"".join(THREE), b"".join(zipped(*THREE))])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        end = data.draw(st.integers(at, min(len(whole), at + 40)))
        whole[at:end] = data.draw(st.binary(max_size=20))
        if not whole:
            break
    found = read(place, bytes(whole))
    assert len(urls(found)) <= 8
