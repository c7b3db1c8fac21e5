"""Copies find each other whatever the order and however many store at once."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from pipeline.dedup import judge
from pipeline.store import fingerprints as fingerprint_rows
from pipeline.store.duplicates import cluster, look, merge, not_compared
from pipeline.store.events import changes_after, last_seq
from pipeline.store.tables.articles import articles
from pipeline.store.tables.duplicates import clusters, dup_edges
from pipeline.store.transactions import transact
from tests.store.articles_fixture import NOW
from tests.store.test_articles import save

ROOTS = ("harbour", "council", "pier", "winter", "storm", "ferry")
WORDS = [f"{root}{number}" for root in ROOTS for number in range(40)]


def story(seed: int, words: int = 180) -> str:
    """A text of its own, as unlike other seeds' as words allow."""
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) for _ in range(words)).capitalize() + "."


def edited(text: str, seed: int) -> str:
    """The same story with another first sentence and a word changed here and there."""
    chance = random.Random(seed)
    words = text.split()
    for _ in range(3):
        words[chance.randrange(len(words))] = f"edit{chance.randrange(1000)}"
    return f"Agency copy number {seed} begins in its own way. " + " ".join(words)


def compare(engine: Engine) -> int:
    """Compare all that waits for it; how many articles moved."""
    return transact(
        engine, lambda c: cluster(c, not_compared(c, 100), judge, NOW), patience_seconds=20
    )


def members(engine: Engine) -> dict[int, int | None]:
    with engine.begin() as connection:
        rows = connection.execute(select(articles.c.id, articles.c.cluster_id)).all()
    return {row.id: row.cluster_id for row in rows}


def test_an_edited_copy_joins_the_cluster_and_the_measure_is_kept(engine: Engine) -> None:
    first = save(engine, "https://post.example/1", body_text=story(1)).article_id
    copy = save(engine, "https://wire.example/1", body_text=edited(story(1), 1)).article_id
    other = save(engine, "https://post.example/2", body_text=story(2)).article_id
    before = transact(engine, last_seq, read_only=True)
    assert compare(engine) == 2
    assert members(engine) == {first: first, copy: first, other: None}
    with engine.begin() as connection:
        [edge] = connection.execute(select(dup_edges)).all()
    assert (edge.a_id, edge.b_id, edge.relation) == (first, copy, "copy")
    assert 0.5 < edge.containment <= 1 and 0 < edge.jaccard <= 1
    told = transact(engine, lambda c: changes_after(c, before), read_only=True)
    assert [event.kind for event in told] == ["clustered", "clustered"]


def test_comparing_again_changes_nothing(engine: Engine) -> None:
    save(engine, "https://post.example/1", body_text=story(1))
    save(engine, "https://wire.example/1", body_text=edited(story(1), 1))
    compare(engine)
    before = transact(engine, last_seq, read_only=True)
    ids = list(members(engine))
    assert transact(engine, lambda c: cluster(c, ids, judge, NOW)) == 0
    assert transact(engine, last_seq, read_only=True) == before


def test_the_representative_is_the_earliest_and_then_the_longest(engine: Engine) -> None:
    later = save(
        engine, "https://wire.example/1", body_text=edited(story(1), 1), word_count=400
    ).article_id
    longer = save(engine, "https://post.example/1", body_text=story(1), word_count=500).article_id
    compare(engine)
    with engine.begin() as connection:
        found = connection.execute(select(clusters.c.representative_id)).scalar_one()
    assert found == longer != later, "published at the same time, so the longer one"


def test_an_excerpt_gets_an_edge_and_stays_in_a_cluster_of_its_own(engine: Engine) -> None:
    whole = story(5, words=900)
    first = save(engine, "https://post.example/1", body_text=whole).article_id
    part = save(
        engine, "https://wire.example/1", body_text=" ".join(whole.split()[:200])
    ).article_id
    compare(engine)
    assert members(engine) == {first: None, part: None}
    with engine.begin() as connection:
        assert connection.execute(select(dup_edges.c.relation)).scalars().all() == ["excerpt"]


def test_an_archive_finds_its_copies_by_the_day_they_were_published(engine: Engine) -> None:
    """Stored today, published years ago: copies of one day meet, whenever each comes in; the
    same text of another month is another report."""
    day = datetime(2019, 5, 3, 8, tzinfo=UTC)
    first, copy, other = (
        save(
            engine, f"https://{site}.example/1", body_text=edited(story(1), number), published_at=at
        )
        for number, (site, at) in enumerate(
            [("post", day), ("wire", day + timedelta(days=6)), ("post-2", day + timedelta(days=40))]
        )
    )
    compare(engine)
    found = members(engine)
    assert found[first.article_id] == found[copy.article_id] == first.article_id
    assert found[other.article_id] is None


def test_an_article_dated_after_it_was_seen_counts_from_the_day_it_was_seen(engine: Engine) -> None:
    first = save(engine, "https://post.example/1", body_text=story(1)).article_id
    wrong = NOW + timedelta(days=400)
    copy = save(
        engine, "https://wire.example/1", body_text=edited(story(1), 1), published_at=wrong
    ).article_id
    compare(engine)
    assert members(engine) == {first: first, copy: first}


def test_an_article_revised_while_it_was_compared_is_compared_again(engine: Engine) -> None:
    """The look was at the old text; nothing of it is written."""
    save(engine, "https://post.example/1", body_text=story(1))
    copy = save(engine, "https://wire.example/1", body_text=edited(story(1), 1)).article_id
    found = transact(engine, lambda c: look(c, not_compared(c, 9), judge), read_only=True)
    save(engine, "https://wire.example/1", body_text=story(2))
    transact(engine, lambda c: merge(c, [one for one in found if one.article_id == copy], NOW))
    assert members(engine)[copy] is None
    assert copy in transact(engine, lambda c: not_compared(c, 9), read_only=True)
    compare(engine)
    assert set(members(engine).values()) == {None}, "its new text is no copy"


def test_a_revised_article_is_found_by_its_new_text_alone(engine: Engine) -> None:
    save(engine, "https://post.example/1", body_text=story(1))
    save(engine, "https://post.example/1", body_text=story(2))
    old = save(engine, "https://wire.example/1", body_text=edited(story(1), 1)).article_id
    new = save(engine, "https://wire.example/2", body_text=edited(story(2), 1)).article_id
    compare(engine)
    found = members(engine)
    assert found[old] is None
    assert found[new] is not None


def test_a_key_that_hundreds_share_leads_to_the_first_of_them_and_costs_no_more(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint_rows, "MOST_PER_KEY", 3)
    ids = [
        save(engine, f"https://s{n}.example/1", body_text=edited(story(1), n)).article_id
        for n in range(8)
    ]
    compare(engine)
    assert set(members(engine).values()) == {ids[0]}


def test_what_has_not_been_compared_is_found_without_reading_all_articles(engine: Engine) -> None:
    is_sqlite = engine.dialect.name == "sqlite"
    asked = "SELECT id FROM articles WHERE compared_at IS NULL ORDER BY id LIMIT 100"
    with engine.begin() as connection:
        if not is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        plan = str(connection.exec_driver_sql(f"{explain} {asked}").all())
    assert "ix_articles_not_compared" in plan


@pytest.mark.parametrize("seed", [1])
def test_six_writers_at_once_never_split_a_cluster(engine: Engine, seed: int) -> None:
    """Each story comes as four copies through different writers, some of them twice."""
    stories, copies, writers = 12, 4, 6
    work = [(number, copy) for number in range(stories) for copy in range(copies)]
    work += random.Random(seed).sample(work, 8)  # redelivered
    random.Random(seed).shuffle(work)
    failures: list[BaseException] = []

    def writer(mine: list[tuple[int, int]]) -> None:
        try:
            for number, copy in mine:
                save(
                    engine,
                    f"https://site{copy}.example/{number}",
                    body_text=edited(story(100 + number), copy),
                )
                compare(engine)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=writer, args=(work[n::writers],)) for n in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with engine.begin() as connection:
        rows = connection.execute(select(articles.c.url, articles.c.cluster_id)).all()
        count = connection.execute(select(func.count()).select_from(clusters)).scalar_one()
    assert len(rows) == stories * copies
    by_story: dict[str, set[int | None]] = {}
    for row in rows:
        by_story.setdefault(row.url.rpartition("/")[2], set()).add(row.cluster_id)
    assert all(len(found) == 1 and None not in found for found in by_story.values()), by_story
    assert count == stories
