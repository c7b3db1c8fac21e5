"""``copydesk ingest --warc``: archives become stored pages, once, whatever their state."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.store.ledger.accounting import account
from pipeline.store.ledger.runs import KeyReused
from pipeline.store.reading import find_article
from pipeline.store.tables.articles import articles
from pipeline.store.transactions import transact
from pipeline.warc import WarcWriter
from tests.workers.conftest import Run
from tests.workers.desk import html, open_desk, store_pages, work_off
from workers import warc_intake
from workers.exporting import Order, export
from workers.warc_intake import accept_warcs
from workers.wiring import Services

AT = datetime(2026, 2, 20, 6, 30, tzinfo=UTC)
HTML = [("Content-Type", "text/html; charset=utf-8")]


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Services]:
    services = open_desk(database_url, tmp_path / "var")
    yield services
    services.close()


def archive(pages: int, *, compress: bool = True) -> bytes:
    """An archive as crawlers write it: requests, pictures, redirects and errors among the pages."""
    file = io.BytesIO()
    writer = WarcWriter(file, compress=compress)
    writer.warcinfo("a.warc.gz", AT, [("software", "test")])
    for n in range(pages):
        url = f"https://post.example/{n}"
        writer.write("request", AT, [("WARC-Target-URI", url)], b"GET / HTTP/1.1\r\n\r\n")
        writer.response(url, AT, 200, "OK", HTML, html(n).encode())
    writer.response(
        "https://post.example/x.jpg", AT, 200, "OK", [("Content-Type", "image/jpeg")], b"JFIF"
    )
    writer.response("https://post.example/gone", AT, 404, "Not Found", HTML, b"<p>gone</p>")
    writer.write("response", AT, [("WARC-Target-URI", "dns:post.example")], b"20260220 1.2.3.4")
    return file.getvalue()


def put(tmp_path: Path, data: bytes, name: str = "a.warc.gz") -> Path:
    (tmp_path / name).write_bytes(data)
    return tmp_path / name


def shown(desk: Services, url: str) -> dict[str, Any]:
    found = transact(desk.engine, lambda c: find_article(c, url))
    assert found is not None
    return found


def test_pages_are_accepted_with_the_time_of_their_capture_and_the_rest_is_counted(
    desk: Services, tmp_path: Path
) -> None:
    run, report = accept_warcs(desk, [put(tmp_path, archive(3))])
    assert (report.records, report.pages, report.damage) == (10, 3, [])
    assert report.skipped == {
        "warcinfo": 1, "request": 3, "not html": 1, "status 404": 1, "not http": 1,
    }  # fmt: skip
    work_off(desk)
    found = transact(desk.engine, lambda c: find_article(c, "https://post.example/1"))
    assert found is not None
    assert (found["first_seen_at"], found["headline"]) == (AT, "Report 1: pier to be rebuilt")
    counted = transact(desk.engine, lambda c: account(c, run_id=run.id))
    assert (counted.accepted, counted.stored, counted.balances) == (3, 3, True)


def test_what_was_exported_comes_back_as_the_same_articles(
    desk: Services, tmp_path: Path, sqlite_template: Path
) -> None:
    pages = {f"https://post.example/{n}": html(n) for n in range(5)}
    store_pages(desk, tmp_path / "in", pages)
    export(desk, Order("warc", tmp_path / "out", compression="gzip", part_articles=2))
    fresh_path = tmp_path / "fresh.db"
    fresh_path.write_bytes(sqlite_template.read_bytes())
    fresh = open_desk(f"sqlite:///{fresh_path}", tmp_path / "fresh")
    _, report = accept_warcs(fresh, sorted((tmp_path / "out").glob("*.warc.gz")))
    assert (report.pages, report.damage) == (5, [])
    work_off(fresh)
    ours = {"id", "last_seen_at"}  # given by each database
    for url in pages:
        here, there = shown(fresh, url), shown(desk, url)
        assert here["headline"]
        assert {k: v for k, v in here.items() if k not in ours} == {
            k: v for k, v in there.items() if k not in ours
        }
    fresh.close()


def test_a_damaged_archive_gives_what_can_be_read_and_names_the_place(
    desk: Services, tmp_path: Path
) -> None:
    whole = archive(3)
    _, report = accept_warcs(desk, [put(tmp_path, whole[: len(whole) * 2 // 3])])
    assert report.pages == 2
    [(name, offset, what)] = report.damage
    assert (name, what) == ("a.warc.gz", "the file ends within a record")
    assert whole[offset:].startswith(b"\x1f\x8b")


def test_a_key_accepts_an_archive_once_and_another_archive_not_at_all(
    desk: Services, tmp_path: Path
) -> None:
    path = put(tmp_path, archive(3))
    first, _ = accept_warcs(desk, [path], "morning")
    again, report = accept_warcs(desk, [path], "morning")
    assert (again.id, again.is_whole, report.pages) == (first.id, True, 0)
    with pytest.raises(KeyReused):
        accept_warcs(desk, [put(tmp_path, archive(4))], "morning")


def test_an_import_cut_off_between_batches_goes_on_behind_what_was_accepted(
    desk: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, accept_batch, calls = put(tmp_path, archive(7)), warc_intake.accept_batch, []
    monkeypatch.setattr(warc_intake, "BATCH", 2)

    def dies(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise SystemExit
        return accept_batch(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(warc_intake, "accept_batch", dies)
        with pytest.raises(SystemExit):
            accept_warcs(desk, [path], "k")
    monkeypatch.setattr(warc_intake, "BATCH", 3)
    run, _ = accept_warcs(desk, [path], "k")
    work_off(desk)
    counted = transact(desk.engine, lambda c: account(c, run_id=run.id))
    assert (counted.accepted, counted.stored, counted.duplicate) == (7, 7, 0)


def test_two_imports_with_one_key_at_once_accept_each_page_once(
    desk: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second goes over three pages while the first is at work on two at a time."""
    path, accept_batch, inside = put(tmp_path, archive(8)), warc_intake.accept_batch, []
    monkeypatch.setattr(warc_intake, "BATCH", 2)

    def meets_another(*arguments: object) -> object:
        if not inside:
            inside.append(1)
            with monkeypatch.context() as patch:
                patch.setattr(warc_intake, "BATCH", 3)
                patch.setattr(warc_intake, "all_accepted", lambda *_: None)
                accept_warcs(desk, [path], "k")
        return accept_batch(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(warc_intake, "accept_batch", meets_another)
    run, _ = accept_warcs(desk, [path], "k")
    counted = transact(desk.engine, lambda c: account(c, run_id=run.id))
    assert (counted.accepted, counted.duplicate) == (8, 0)


def test_a_page_beyond_the_limits_is_dropped_with_its_reason(
    desk: Services, tmp_path: Path
) -> None:
    file = io.BytesIO()
    writer = WarcWriter(file)
    writer.response("https://post.example/big", AT, 200, "OK", HTML, b"<p>" * 6_000_000)
    bomb = [*HTML, ("Content-Encoding", "gzip")]
    writer.response(
        "https://post.example/bomb", AT, 200, "OK", bomb, gzip.compress(bytes(50_000_000))
    )
    writer.response("https://post.example/none", AT, 200, "OK", HTML, b"")
    run, report = accept_warcs(desk, [put(tmp_path, file.getvalue())])
    counted = transact(desk.engine, lambda c: account(c, run_id=run.id))
    assert report.pages == 3
    assert counted.reasons == (("dropped", "empty", 1), ("dropped", "too_large", 2))
    with desk.engine.begin() as connection:
        assert connection.execute(select(articles.c.id)).all() == []


def test_the_command_reports_pages_and_damage_and_ends_with_3_when_there_was_any(
    run: Run, directory: Path
) -> None:
    whole = put(directory, archive(2))
    told = run("ingest", "--warc", str(whole), "--json")
    assert told.code == 0
    assert (told.json["accepted"], told.json["pending"]) == (2, 2)
    assert told.json["warc"]["pages"] == 2 and told.json["warc"]["damage"] == []
    broken = put(directory, archive(2)[:-100], "b.warc.gz")
    told = run("ingest", "--warc", str(broken), "--warc", str(whole), "--json")
    assert told.code == 3
    [damage] = told.json["warc"]["damage"]
    assert damage["file"] == "b.warc.gz" and damage["offset"] > 0
    assert f"b.warc.gz: damaged at byte {damage['offset']}" in told.err
    for wrong in (("--warc", "missing.warc"), ("--warc", str(whole), "https://a.example/")):
        assert run("ingest", *wrong, contact="https://d.example").code == 2


def test_a_table_with_a_column_named_url_is_a_list_of_urls(run: Run, directory: Path) -> None:
    table = 'title,URL,note\r\n"a, b",https://post.example/1,x\r\n\r\nc,https://post.example/2\r\n'
    (directory / "list.csv").write_text(table, encoding="utf-8-sig")
    told = run("ingest", "--from", "list.csv", "--json", contact="https://d.example")
    assert (told.json["accepted"], told.json["pending"]) == (2, 2)
    (directory / "none.csv").write_text("a,b\r\n1,2\r\n")
    refused = run("ingest", "--from", "none.csv", contact="https://d.example")
    assert refused.code == 2 and "no column named url" in refused.err
