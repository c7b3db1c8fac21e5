"""Exports: whole files, each article once, and going on where a kill left off."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import zstandard
from warcio.archiveiterator import ArchiveIterator

from pipeline.export.formats import as_cell
from pipeline.store.filters import Filters
from pipeline.store.reading import find_article
from pipeline.store.transactions import transact
from pipeline.store.withdrawals import withdraw
from tests.workers.desk import html, open_desk, store_pages
from workers import exporting
from workers.exporting import ExportRefused, Order, export
from workers.wiring import Services

URLS = [f"https://{'post' if n % 2 else 'wire'}.example/{n}" for n in range(7)]


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Services]:
    services = open_desk(database_url, tmp_path / "var")
    store_pages(services, tmp_path / "in", {url: html(n) for n, url in enumerate(URLS)})
    yield services
    services.close()


def lines(folder: Path) -> list[dict[str, Any]]:
    found = []
    for path in sorted(folder.glob("part-*.jsonl")):
        found += [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return found


def revise(desk: Services, tmp_path: Path, n: int, words: str) -> None:
    store_pages(desk, tmp_path / f"again{words}", {URLS[n]: html(n, words)})


def test_lines_are_the_articles_as_the_database_has_them_and_the_manifest_tells_of_them(
    desk: Services, tmp_path: Path
) -> None:
    made = export(desk, Order("jsonl", tmp_path / "out", part_articles=3))
    found = lines(tmp_path / "out")
    assert [one["url"] for one in found] == URLS
    [whole] = [transact(desk.engine, lambda c: find_article(c, URLS[2]))]
    assert whole is not None and found[2]["body_text"] == whole["body_text"]
    assert found[2]["change_seq"] == whole["change_seq"] and found[2]["version"] == 1
    told = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (told["count"], told["complete"], told["schema_version"]) == (7, True, 1)
    assert [part["count"] for part in told["files"]] == [3, 3, 1]
    assert (told["first_seq"], told["last_seq"], told["reached"]) == (1, 7, 7)
    for part in told["files"]:
        data = (tmp_path / "out" / part["name"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (part["sha256"], part["size"])
    assert made.files[0].first_seq == 1


def test_the_same_order_again_adds_what_changed_and_nothing_twice(
    desk: Services, tmp_path: Path
) -> None:
    order = Order("jsonl", tmp_path / "out")
    export(desk, order)
    assert export(desk, order).count == 7
    revise(desk, tmp_path, 3, "revised")
    assert export(desk, order).count == 8
    found = lines(tmp_path / "out")
    assert [(one["url"], one["revision"]) for one in found[7:]] == [(URLS[3], 2)]
    with pytest.raises(ExportRefused, match="holds an export as jsonl of everything"):
        export(desk, Order("jsonl", tmp_path / "out", filters=Filters(language="nl")))
    with pytest.raises(ExportRefused, match="leave --after out"):
        export(desk, Order("jsonl", tmp_path / "out", after=2))


def dies_at(desk: Services, order: Order, at: int) -> None:
    """Export in a process that is gone at its ``at``-th fsync or rename, cleaning up nothing."""
    pid = os.fork()
    if pid:
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
        return
    calls, real_fsync, real_replace = [], os.fsync, Path.replace

    def counted() -> None:
        calls.append(1)
        if len(calls) == at:
            os._exit(9)

    def replace(source: Path, target: Path) -> Path:
        counted()
        return real_replace(source, target)

    try:
        os.fsync = lambda fd: (counted(), real_fsync(fd))[1]  # type: ignore[assignment]
        Path.replace = replace  # type: ignore[method-assign]
        settings = desk.settings
        export(open_desk(settings.database_url, Path(settings.data_dir)), order)
    finally:
        os._exit(1)


def test_an_export_killed_anywhere_goes_on_without_doubles_or_gaps(
    desk: Services, tmp_path: Path
) -> None:
    """It dies; then an article changes that it had written or not; then it is run again."""
    for at in (1, 2, 3, 4, 6, 7, 13, 17):
        folder = tmp_path / f"out{at}"
        order = Order("jsonl", folder, part_articles=2)
        dies_at(desk, order, at)
        revise(desk, tmp_path, 5, f"late{at}")
        done = export(desk, order)
        for part in done.files:
            data = (folder / part.name).read_bytes()
            assert hashlib.sha256(data).hexdigest() == part.sha256
        export(desk, order)
        keys = [(one["url"], one["revision"]) for one in lines(folder)]
        assert len(keys) == len(set(keys)), at
        newest = transact(desk.engine, lambda c: find_article(c, URLS[5]))
        assert newest is not None
        expected = {url: newest["revision"] if url == URLS[5] else 1 for url in URLS}
        assert dict(keys) == expected, at
        assert not list(folder.glob("*.part"))


def test_an_article_that_changes_while_it_is_read_is_in_this_export_or_the_next(
    desk: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, real = Order("jsonl", tmp_path / "out", part_articles=2), exporting.changed_articles
    changed: list[int] = []

    def slowly(*arguments: Any) -> Any:
        if len(changed) < 3:
            changed.append(len(changed) * 2)
            revise(desk, tmp_path, changed[-1], f"w{len(changed)}")
        return real(*arguments[:4], limit=2)

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "changed_articles", slowly)
        export(desk, order)
    export(desk, order)
    newest = {one["url"]: one["revision"] for one in lines(tmp_path / "out")}
    assert newest == {url: 2 if n in changed else 1 for n, url in enumerate(URLS)}


def test_filters_and_a_starting_number_choose_what_is_written(
    desk: Services, tmp_path: Path
) -> None:
    export(desk, Order("jsonl", tmp_path / "a", filters=Filters(publisher="wire.example")))
    assert [one["url"] for one in lines(tmp_path / "a")] == URLS[::2]
    export(desk, Order("jsonl", tmp_path / "b", after=5))
    assert [one["url"] for one in lines(tmp_path / "b")] == URLS[5:]


def test_one_file_is_written_whole_also_when_nothing_is_found(
    desk: Services, tmp_path: Path
) -> None:
    target = tmp_path / "out" / "all.jsonl.zst"
    export(desk, Order("jsonl", target, is_file=True, compression="zstd"))
    text = zstandard.ZstdDecompressor().stream_reader(target.read_bytes()).read()
    assert len(text.splitlines()) == 7
    nothing = Order("jsonl", tmp_path / "none.jsonl.gz", True, "gzip", after=99)
    assert export(desk, nothing).count == 0
    assert gzip.decompress((tmp_path / "none.jsonl.gz").read_bytes()) == b""
    assert not list(tmp_path.rglob("*.part")) and not list(tmp_path.rglob("*.lock"))


def test_csv_and_parquet_have_the_same_rows_with_types(desk: Services, tmp_path: Path) -> None:
    export(desk, Order("csv", tmp_path / "a.csv", is_file=True))
    export(desk, Order("parquet", tmp_path / "a.parquet", is_file=True))
    data = (tmp_path / "a.csv").read_bytes()
    assert data.count(b"\r\n") >= 8 and not data.replace(b"\r\n", b"").count(b"\r")
    rows = list(csv.DictReader(data.decode("utf-8").splitlines(keepends=True)))
    table = pq.read_table(tmp_path / "a.parquet")
    assert [r["url"] for r in rows] == table["url"].to_pylist() == URLS
    assert rows[1]["body_text"] == table["body_text"].to_pylist()[1]
    assert str(table.schema.field("published_at").type) == "timestamp[us, tz=UTC]"
    assert table["authors"].to_pylist()[0] == ["Ines Calder"]
    published = table["published_at"].to_pylist()[1]
    assert published.isoformat() == rows[1]["published_at"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2 degrees", "'-2 degrees"),
        ("\tx", "'\tx"),
        (-90, "-90"),
        (None, ""),
        (["=a", "b"], "'=a; b"),
        ("plain", "plain"),
    ],
)
def test_no_cell_is_a_formula(value: Any, cell: str) -> None:
    assert as_cell(value) == cell


def test_schema_org_documents_say_what_is_known_and_how_exactly(
    desk: Services, tmp_path: Path
) -> None:
    with desk.engine.begin() as connection:
        [row] = connection.exec_driver_sql(f"SELECT id FROM urls WHERE url = '{URLS[0]}'")
        withdraw(connection, row[0], "gone", desk.now())
    export(desk, Order("schema-org", tmp_path / "out"))
    documents = lines(tmp_path / "out")
    first = documents[0]
    assert (first["@context"], first["@type"]) == ("https://schema.org", "NewsArticle")
    assert first["datePublished"] == "2026-02-02T09:30:00+01:00"
    assert first["author"] == [{"@type": "Person", "name": "Ines Calder"}]
    assert documents[-1]["creativeWorkStatus"] == "Withdrawn"
    assert all(None not in one.values() for one in documents)


def test_the_pages_as_an_archive_are_read_by_warcio(desk: Services, tmp_path: Path) -> None:
    made = export(desk, Order("warc", tmp_path / "out", compression="gzip", part_bytes=2500))
    assert len(made.files) > 1, "a new file begins at the size"
    pages, articles, offsets = {}, [], []
    for part in made.files:
        with (tmp_path / "out" / part.name).open("rb") as file:
            records = ArchiveIterator(file, check_digests="raise")
            for record in records:
                uri = record.rec_headers.get_header("WARC-Target-URI")
                content = record.content_stream().read()
                offsets.append((part.name, records.get_record_offset()))
                if record.rec_type == "response":
                    pages[uri] = content.decode()
                    length = record.http_headers.get_header("Content-Length")
                    assert int(length) == len(content)
                elif record.rec_type == "metadata":
                    articles.append((uri, content.decode()))
    assert pages == {url: html(n) for n, url in enumerate(URLS)}
    [whole] = [transact(desk.engine, lambda c: find_article(c, URLS[0]))]
    assert whole is not None and f"article-id: {whole['id']}\r\n" in articles[0][1]
    assert len(set(offsets)) == len(offsets), "each record can be found alone"


def test_a_page_that_is_lost_is_counted_and_left_out(desk: Services, tmp_path: Path) -> None:
    [victim, *_] = sorted((tmp_path / "var" / "raw").rglob("*.zst"))
    victim.unlink()
    made = export(desk, Order("warc", tmp_path / "out"))
    assert (made.count, made.skipped) == (6, {"raw_page_lost": 1})
