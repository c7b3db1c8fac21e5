"""Search: the same answers in the same order on both databases."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from pipeline.models import Author, Citation
from pipeline.search import parse_query
from pipeline.store import searching
from pipeline.store.articles import save_articles
from pipeline.store.engine import open_engine
from pipeline.store.filters import Filters
from pipeline.store.search_index import forget_all, index_missing
from pipeline.store.searching import BadCursor, Found, search
from pipeline.store.transactions import transact
from pipeline.store.withdrawals import withdraw
from tests.store.articles_fixture import NOW, to_store
from tests.store.test_articles import save

DAY = timedelta(days=1)
PLANNING = ("enable_seqscan", "jit")
STORIES: dict[str, dict[str, object]] = {
    "pier": {
        "headline": "Council votes to rebuild the pier",
        "body_text": "The harbour council voted on Tuesday. The old pier had rotted.",
        "published_at": NOW - 3 * DAY,
    },
    "harbour": {
        "headline": "Harbour café reopens",
        "body_text": "Guests see the pier from the terrace. It's co-owned by the council.",
        "published_at": NOW - 2 * DAY,
        "language": "en-GB",
    },
    "ferry": {
        "headline": "Ferry runs again",
        "subheadline": "Timetable unchanged",
        "body_text": "The ferry leaves from the northern quay. Pier no longer used.",
        "published_at": NOW - DAY,
        "authors": (Author("Zoë Müller-Łukasz", "Zoë"),),
        "citations": (Citation("Tide Gazette", "tidegazette.example", "S.", 0, 2, "said"),),
        "article_type": "opinion",
    },
    "tea": {
        "headline": "百年茶店重新开张",
        "body_text": "老师傅把手艺传给三名学徒。茶店在港口。",
        "language": "zh",
        "published_at": NOW - 5 * DAY,
    },
    "tokyo": {
        "headline": "東京の港で祭り",
        "body_text": "東京港では祭りが始まった。カフェも開いた。",
        "language": "ja",
        "published_at": NOW - 6 * DAY,
    },
    "thai": {
        "headline": "ท่าเรือใหม่เปิดแล้ว",
        "body_text": "สภาเมืองเปิดท่าเรือใหม่เมื่อวันอังคาร",
        "language": "th",
        "published_at": NOW - 7 * DAY,
    },
    "future": {
        "headline": "Quiet day",
        "body_text": "Nothing of note. The council slept.",
        "published_at": datetime(2999, 1, 1, tzinfo=UTC),
    },
}


def fill(engine: Engine) -> None:
    def work(connection):  # type: ignore[no-untyped-def]
        items = [
            to_store(connection, f"https://{name}post.example/{name}", **story)
            for name, story in STORIES.items()
        ]
        save_articles(connection, items, NOW)

    transact(engine, work)


def ask(engine: Engine, text: str = "", **options: object) -> Found:
    paging = {name: options.pop(name) for name in ("limit", "after") if name in options}
    asked, filters = parse_query(text), Filters(**options)  # type: ignore[arg-type]
    return transact(
        engine,
        lambda c: search(c, asked, filters, **paging),  # type: ignore[arg-type]
        read_only=True,
    )


def found(engine: Engine, text: str = "", **options: object) -> list[str]:
    return [hit.url.rpartition("/")[2] for hit in ask(engine, text, **options).hits]


QUERIES: list[tuple[str, list[str]]] = [
    ("pier", ["pier", "ferry", "harbour"]),  # in the headline first, then the newest
    ("PIER council", ["pier", "harbour"]),
    ("the council", ["pier", "future", "harbour"]),
    ("pier -council", ["ferry"]),
    ('pier -"the council"', ["pier", "ferry"]),
    ('"old pier"', ["pier"]),
    ('"pier old"', []),
    ('"the pier" "votes to"', ["pier"]),
    ("coun*", ["pier", "future", "harbour"]),
    ('"harbour coun"*', ["pier"]),
    ("cafe", ["harbour"]),
    ("café", ["harbour"]),
    ("co-owned", ["harbour"]),
    ("it's", ["harbour"]),
    ("muller-lukasz", ["ferry"]),
    ("unchanged", ["ferry"]),
    ('"unchanged zoe"', []),  # a phrase does not go from one field into the next
    ('"again timetable"', []),
    ("茶店", ["tea"]),
    ("港口", ["tea"]),
    ("港", ["tokyo", "tea"]),
    ("徒", ["tea"]),
    ("祭り", ["tokyo"]),
    ("ｶﾌｪ", ["tokyo"]),
    ("三名学徒", ["tea"]),
    ("名三", []),
    ("ท่าเรือ", ["thai"]),
    ("ท่าเรือใหม่ -สภา", []),
    ("nowhere", []),
    ("!!! ...", []),
    ("", ["future", "ferry", "harbour", "pier", "tea", "tokyo", "thai"]),
    ("-pier", ["future", "tea", "tokyo", "thai"]),
]


def test_a_query_finds_these_in_this_order(engine: Engine) -> None:
    fill(engine)
    assert [(query, found(engine, query)) for query, _ in QUERIES] == QUERIES


FILTERS: list[tuple[dict[str, object], list[str]]] = [
    ({"publisher": "FERRYPOST.example"}, ["ferry"]),
    ({"publisher": "harbour post"}, ["ferry", "harbour", "pier"]),
    ({"language": "EN"}, ["ferry", "harbour", "pier"]),
    ({"language": "en-gb"}, ["harbour"]),
    ({"language": "e%"}, []),
    ({"since": NOW - 2 * DAY}, ["ferry", "harbour"]),
    ({"until": NOW - 2 * DAY}, ["pier"]),
    ({"cites": "tide GAZETTE"}, ["ferry"]),
    ({"cites": "tidegazette.example"}, ["ferry"]),
    ({"article_type": "opinion"}, ["ferry"]),
]


def test_filters_narrow_what_is_found(engine: Engine) -> None:
    fill(engine)
    for filters, expected in FILTERS:
        assert sorted(found(engine, "pier", **filters)) == sorted(expected), filters


HOSTILE = [
    "'", '"', "\\", "''); DROP TABLE articles; --", "a' & 'b", "a:*", "title : x", "NEAR(a b)",
    "a AND", "OR", "NOT", "^a", "{title}", "*", "-", "--", "-*", '""*', "\x00", "\ud800", "a\x00b",
    "(" * 900, '"' * 901, "x" * 5000, "%", ":wanted", "%(wanted)s", "🦊", "\u202e", "a|!b", "<->",
    "港" * 900, " ".join("-" + c for c in "abcdefgh"), "é" * 999, "\ue000", "a \ue000 b",
]  # fmt: skip


def test_no_text_is_an_error_or_part_of_a_statement(engine: Engine) -> None:
    fill(engine)
    for text in HOSTILE:
        ask(engine, text)
        ask(engine, f'pier "{text}" {text}*', publisher=text, cites="'")
    assert found(engine, "") == found(engine, " ")
    assert len(found(engine, "pier")) == 3


def test_pages_follow_each_other_without_gap_or_repeat_while_articles_come_in(
    engine: Engine,
) -> None:
    fill(engine)
    seen: list[str] = []
    cursor = None
    while True:
        page = ask(engine, "the", limit=2, after=cursor)
        seen += [hit.url.rpartition("/")[2] for hit in page.hits]
        cursor = page.next
        if cursor is None:
            break
        save(engine, f"https://new.example/{len(seen)}", headline="x", published_at=NOW)
    assert seen == ["pier", "future", "ferry", "harbour"]


def test_a_cursor_that_no_search_gave_is_refused(engine: Engine) -> None:
    for cursor in ("x", "é", "MSAyIDM", "AAAA", "MiAyMDI2LTAzLTAxIDE"):
        with pytest.raises(BadCursor):
            ask(engine, "a", after=cursor)


def test_a_revision_is_found_by_its_own_words_and_no_longer_by_the_old_ones(
    engine: Engine,
) -> None:
    url = "https://post.example/a"
    save(engine, url, headline="Old words", body_text="The lighthouse stands.")
    save(engine, url, headline="New words", body_text="The lighthouse fell.")
    assert (found(engine, "stands"), found(engine, "fell")) == ([], ["a"])
    assert (found(engine, "old"), found(engine, "new")) == ([], ["a"])
    assert found(engine, "lighthouse -stands") == ["a"]


def test_what_was_withdrawn_is_found_and_marked(engine: Engine) -> None:
    fill(engine)
    with engine.begin() as connection:
        [row] = connection.exec_driver_sql(
            "SELECT id FROM urls WHERE url = 'https://ferrypost.example/ferry'"
        ).fetchall()
        withdraw(connection, row[0], "gone", NOW)
    assert [bool(hit.withdrawn_at) for hit in ask(engine, "pier").hits] == [False, True, False]


def test_a_store_that_fails_leaves_nothing_in_the_index(engine: Engine) -> None:
    def work(connection):  # type: ignore[no-untyped-def]
        save_articles(connection, [to_store(connection, "https://p.example/a")], NOW)
        raise KeyError

    with pytest.raises(KeyError):
        transact(engine, work)
    save(engine, "https://p.example/b")
    assert found(engine, "pier") == ["b"]


def test_a_text_beyond_what_a_vector_holds_is_stored_and_found_by_its_beginning(
    engine: Engine,
) -> None:
    words = " ".join(f"word{n}" for n in range(120_000))
    wide = " ".join(chr(0x10400 + n % 40) * 60 + str(n) for n in range(20_000))
    same = "again " * 50_000
    for n, body in enumerate((words, wide, same)):
        save(engine, f"https://p.example/{n}", headline="again", body_text=body)
    assert found(engine, "word7 word15000") == ["0"]
    assert found(engine, "word119999") == []
    assert found(engine, '"again again again"') == ["2"]


def test_reindexing_finds_what_was_stored_before_there_was_an_index(engine: Engine) -> None:
    fill(engine)
    before = [found(engine, text) for text in ("pier", "zoe", "港口", "")]
    transact(engine, forget_all)
    assert found(engine, "pier") == []
    while transact(engine, lambda c: index_missing(c, 3)):
        pass
    assert [found(engine, text) for text in ("pier", "zoe", "港口", "")] == before
    assert transact(engine, lambda c: index_missing(c, 3)) == 0


def test_a_search_leaves_its_transaction_planned_as_before(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    with engine.begin() as connection:
        before = [connection.exec_driver_sql(f"SHOW {one}").scalar() for one in PLANNING]
        search(connection, parse_query('"the pier"'))
        assert before == [connection.exec_driver_sql(f"SHOW {one}").scalar() for one in PLANNING]
    engine.dispose()


def test_both_databases_answer_random_questions_alike(
    sqlite_url: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "LOOKED_THROUGH", 4)  # some phrases are found beyond it
    dice = random.Random(7)
    words = ["pier", "Harbour", "café", "co-op", "東京港", "茶店", "ท่าเรือ", "7.5", "the", "a's"]
    engines = [open_engine(sqlite_url), open_engine(postgres_url)]
    stories = [
        (" ".join(dice.choices(words, k=4)), " ".join(dice.choices(words, k=30))) for _ in range(60)
    ]
    for engine in engines:

        def work(connection):  # type: ignore[no-untyped-def]
            items = [
                to_store(
                    connection,
                    f"https://p.example/{n}",
                    headline=headline,
                    body_text=f"{body} n{n}",
                    published_at=NOW - DAY * (n % 7),
                )
                for n, (headline, body) in enumerate(stories)
            ]
            save_articles(connection, items, NOW)

        transact(engine, work)
    for _ in range(150):
        parts = dice.choices(words, k=dice.randint(1, 3))
        text = " ".join(
            dice.choice(("{}", "{}", "-{}", '"{} the"', "{}*", '"the {}"*')).format(
                part[: dice.randint(1, 9)]
            )
            for part in parts
        )
        limit = dice.choice((3, 100))
        answers = [found(engine, text, limit=limit) for engine in engines]
        assert answers[0] == answers[1], text
    for engine in engines:
        engine.dispose()
