"""``copydesk changes`` and ``consumers``: what a reader of the feed gets, on both databases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine

from pipeline.store.transactions import transact
from pipeline.store.withdrawals import withdraw
from tests.store.articles_fixture import NOW, to_store
from tests.store.test_articles import save
from tests.workers.conftest import Ran, Run
from workers.cli.output import ReaderGone

URL = "https://post.example/{}"


@pytest.fixture
def three(engine: Engine) -> list[str]:
    """The public ids of three articles; the second was revised after the third was stored."""
    ids = []
    for number in range(3):
        saved = save(engine, URL.format(number), body_text=f"Text {number}. " * 40)
        ids.append(saved.stored.article_id or "")
    save(engine, URL.format(1), body_text="Another text. " * 40)
    return ids


def lines(ran: Ran) -> list[dict[str, Any]]:
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def seqs(ran: Ran) -> list[int]:
    return [line["seq"] for line in lines(ran)]


def test_changes_are_json_lines_in_the_order_of_commits(
    run: Run, database_url: str, three: list[str]
) -> None:
    found = lines(run("changes", "--json", database_url=database_url))
    assert [one["kind"] for one in found] == ["stored", "stored", "stored", "revised"]
    assert [one["article_id"] for one in found] == [*three, three[1]]
    assert [one["seq"] for one in found] == [1, 2, 3, 4]
    assert found[3]["revision"] == 2
    assert found[0]["url"] == URL.format(0)
    assert seqs(run("changes", "--after", "2", "--json", database_url=database_url)) == [3, 4]
    assert seqs(run("changes", "--limit", "1", "--json", database_url=database_url)) == [1]
    assert seqs(run("changes", "--after", "now", "--json", database_url=database_url)) == []


def test_a_compact_feed_has_each_article_once_at_its_newest_change(
    run: Run, database_url: str, three: list[str]
) -> None:
    found = lines(run("changes", "--compact", "--json", database_url=database_url))
    assert [one["article_id"] for one in found] == [three[0], three[2], three[1]]
    assert [one["seq"] for one in found] == [1, 3, 4]


def test_a_consumer_goes_on_where_it_was(run: Run, database_url: str, three: list[str]) -> None:
    where = {"database_url": database_url}
    first = run("changes", "--consumer", "site", "--limit", "3", "--json", **where)
    assert seqs(first) == [1, 2, 3]
    [listed] = run("consumers", "list", "--json", **where).json
    assert (listed["name"], listed["seq"], listed["behind"]) == ("site", 3, 1)
    assert listed["behind_seconds"] > 0
    [in_status] = run("status", "--json", **where).json["consumers"]
    assert in_status["seq"] == 3
    assert "site" in run("status", **where).out
    assert seqs(run("changes", "--consumer", "site", "--json", **where)) == [4]
    [listed] = run("consumers", "list", "--json", **where).json
    assert (listed["behind"], listed["behind_seconds"]) == (0, 0)


def test_a_consumer_can_start_in_the_middle_be_reset_and_removed(
    run: Run, database_url: str, three: list[str]
) -> None:
    where = {"database_url": database_url}
    assert seqs(run("changes", "--consumer", "late", "--after", "3", "--json", **where)) == [4]
    refused = run("changes", "--consumer", "late", "--after", "0", **where)
    assert refused.code == 2
    assert "stands at 4" in refused.err
    assert run("consumers", "reset", "late", "--to", "1", **where).code == 0
    assert seqs(run("changes", "--consumer", "late", "--json", **where)) == [2, 3, 4]
    assert run("consumers", "remove", "late", **where).code == 0
    assert run("consumers", "list", "--json", **where).json == []
    for gone in (("remove", "late"), ("reset", "late", "--to", "1")):
        ended = run("consumers", *gone, **where)
        assert (ended.code, "no consumer 'late'" in ended.err) == (2, True)


def test_a_consumer_that_died_before_its_output_was_out_reads_it_again(
    run: Run, database_url: str, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ReaderGone

    where = {"database_url": database_url}
    with monkeypatch.context() as patch:
        patch.setattr("workers.cli.changes._write", broken)
        patch.setattr("workers.cli.main.let_go", lambda _: None)
        run("changes", "--consumer", "site", **where)
    assert seqs(run("changes", "--consumer", "site", "--json", **where)) == [1, 2, 3, 4]


def test_two_readers_under_one_name_are_told(
    run: Run, database_url: str, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    where = {"database_url": database_url}
    run("changes", "--consumer", "site", "--limit", "1", **where)

    def meanwhile(*_: object, **__: object) -> None:
        monkeypatch.undo()
        from pipeline.store.consumers import advance
        from pipeline.store.engine import open_engine

        other = open_engine(database_url)
        transact(other, lambda c: advance(c, "site", 1, 4, NOW))
        other.dispose()

    monkeypatch.setattr("workers.cli.changes._write", meanwhile)
    ended = run("changes", "--consumer", "site", "--limit", "1", **where)
    assert (ended.code, "another reader" in ended.err) == (4, True)


def test_a_hostile_headline_cannot_steer_the_terminal(
    run: Run, engine: Engine, database_url: str
) -> None:
    save(engine, headline="Mild \x1b[2Jweather\nahead")
    ran = run("changes", database_url=database_url)
    assert ran.out.count("\n") == 1
    assert "\x1b" not in ran.out


@pytest.mark.parametrize("words", [("--after", "-1"), ("--after", "soon"), ("--limit", "0")])
def test_what_is_no_sequence_number_is_refused(run: Run, words: tuple[str, str]) -> None:
    assert run("changes", *words).code == 2


def test_a_withdrawal_is_a_change(run: Run, engine: Engine, database_url: str) -> None:
    save(engine)
    transact(engine, lambda c: withdraw(c, to_store(c, URL.format(9)).url_id, "gone", NOW))
    transact(engine, lambda c: withdraw(c, 1, "gone", NOW))
    found = lines(run("changes", "--json", database_url=database_url))
    assert [one["kind"] for one in found] == ["stored", "withdrawn"]
