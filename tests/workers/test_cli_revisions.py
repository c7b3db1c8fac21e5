"""What the command line tells of revisions, and of reading stored pages again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipeline.models import Author, EnricherRun, Notice
from pipeline.store.engine import open_engine
from tests.store.articles_fixture import BODY
from tests.store.test_articles import URL, save
from tests.workers.conftest import Run

NOTE = "Correction: An earlier version of this article named the dry dock."
LOOKED = (EnricherRun("notices", 1),)


@pytest.fixture
def corrected(run: Run, directory: Path) -> str:
    """An article that was stored, and then corrected by its page; its id."""
    assert run("account").code == 0  # makes the database
    engine = open_engine(f"sqlite:///{directory / 'var' / 'copydesk.db'}")
    saved = save(engine, enrichers=LOOKED)
    save(
        engine,
        body_text=BODY.replace("the dry dock", "the fish dock") + "\n\nA vote follows in May.",
        authors=(Author("Tom Reed", "Tom Reed"),),
        notices=(Notice("correction", NOTE),),
        enrichers=LOOKED,
    )
    engine.dispose()
    return saved.stored.article_id


def test_the_list_says_of_each_revision_when_and_why(run: Run, corrected: str) -> None:
    shown = run("article", corrected, "--revisions")
    assert shown.code == 0
    first, second = shown.out.splitlines()[1:3]
    assert first.split()[:2] == ["1", "first"]
    assert second.split()[:2] == ["2", "correction"]
    assert "+1 -0 ~1 paragraphs; authors, notices" in second
    [_, row] = run("article", URL, "--revisions", "--json").json
    assert (row["kind"], row["note"]) == ("correction", NOTE)
    assert row["changes"]["paragraphs_changed"] == 1


def test_a_diff_shows_fields_and_words(run: Run, corrected: str) -> None:
    shown = run("article", corrected, "--diff", "2").out.splitlines()
    assert f"the page says: {NOTE}" in shown
    assert shown[shown.index("authors:") + 1] == "  - Ines Calder"
    assert any("at the [-dry-] {+fish+} dock." in line for line in shown)
    assert "  + A vote follows in May." in shown
    found = run("article", corrected, "--diff", "2", "--json").json
    assert [one["change"] for one in found["paragraphs"]] == ["changed", "added"]
    assert found["fields"]["authors"] == [["Ines Calder", "Tom Reed"], ["Tom Reed"]]


def test_explain_says_when_the_article_is_looked_at_again(run: Run, corrected: str) -> None:
    assert "no look is planned" in run("explain", URL).out
    connection = sqlite3.connect("var/copydesk.db")
    connection.execute(
        "INSERT INTO rechecks (article_id, step, due_at, until)"
        " VALUES (1, 0, '2026-03-01 13:00:00.000000', '2026-03-02 13:00:00.000000')"
    )
    connection.commit()
    connection.close()
    assert "looked at again, not before 2026-03-01 13:00" in run("explain", URL).out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("article", "--revisions"), "name the article"),
        (("article", "nothing", "--revisions"), "no article has the id or the URL"),
        (("article", URL, "--diff", "3"), "there is no revision 3; the newest is 2"),
        (("reprocess", "--source", "nobody"), "there is no source 'nobody'"),
        (("reprocess", "--extractor-older-than", "new"), "is no version"),
        (("reprocess", "--enricher-older-than", "entity/2"), "these are language/"),
        (("reprocess", "--since", "yesterday"), "is neither a day nor a time"),
    ],
)
def test_what_cannot_be_done_says_what_could(
    run: Run, corrected: str, arguments: tuple[str, ...], words: str
) -> None:
    refused = run(*arguments)
    assert refused.code == 2
    assert words in refused.err


def test_pages_whose_files_are_gone_are_named_and_left_out(run: Run, corrected: str) -> None:
    announced = run("reprocess", "--dry-run", "--processes", "1", "--json")
    assert announced.code == 0
    lost = [{"outcome": "dropped", "reason": "raw_page_lost", "count": 1}]
    assert (announced.json["pages"], announced.json["reasons"]) == (1, lost)
    done = run("reprocess", "--run-key", "k", "--json")
    assert (done.json["accepted"], done.json["dropped"]) == (1, 1)
    assert done.json["reasons"] == lost
    again = run("reprocess", "--run-key", "k", "--json")
    assert (again.json["run"], again.json["accepted"]) == (done.json["run"], 1)
    assert run("reprocess", "--run-key", "k", "--since", "1d").code == 2
    assert run("account", "--check").code == 0
