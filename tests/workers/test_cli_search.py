"""``copydesk search`` and ``copydesk db reindex`` as they are typed."""

from __future__ import annotations

from pathlib import Path

from pipeline.store.engine import open_engine
from tests.store.test_search import fill
from tests.workers.conftest import Run


def test_search_pages_by_cursor_marks_its_words_and_refuses_what_makes_no_sense(
    run: Run, directory: Path
) -> None:
    assert run("db", "upgrade").code == 0
    engine = open_engine(f"sqlite:///{directory}/var/copydesk.db")
    fill(engine)
    engine.dispose()
    first = run("search", "pier", "--limit", "2", "--json").json
    assert [hit["in_headline"] for hit in first["hits"]] == [True, False]
    [[start, end]] = first["hits"][1]["marks"]
    assert first["hits"][1]["snippet"][start:end] == "Pier"
    rest = run("search", "pier", "--limit", "2", "--after", first["next"], "--json").json
    assert (len(rest["hits"]), rest["next"]) == (1, None)
    shown = run("search", "--cites", "tide gazette", "--language", "en", "--type", "opinion")
    assert "Ferry runs again" in shown.out
    for until in ("2020-01-01", "9999d"):
        assert "nothing found" in run("search", "pier", "--until", until).err
    assert "0 articles indexed" in run("db", "reindex").err
    assert "7 articles indexed" in run("db", "reindex", "--all").err
    assert len(run("search", "pier", "--json").json["hits"]) == 3
    for wrong in (("--since", "lately"), ("--type", "poem"), ("--after", "xyz"), ("--limit", "0")):
        assert run("search", "pier", *wrong).code == 2, wrong
