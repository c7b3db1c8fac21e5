"""What becomes a term: folded alike, cut alike, bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search import document, parse_query, snippet
from pipeline.search.terms import GAP, MOST_BODY, MOST_TIMES, fold, run_terms, runs, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café", "CAFE"),
        ("Cafe\u0301", "café"),
        ("Łódź", "lodz"),
        ("STRASSE", "Straße"),
        ("Ｔｏｋｙｏ", "tokyo"),
        ("İstanbul", "istanbul"),
        ("Ёлка", "елка"),
        ("كَتَبَ", "كتب"),
        ("soft\u00adware", "software"),
        ("شهر\u200cها", "شهرها"),
    ],
)
def test_spellings_of_one_word_are_one_term(one: str, other: str) -> None:
    assert terms(one) == terms(other)
    assert len(terms(one)) == 1


def test_scripts_without_spaces_become_pairs_and_the_last_character() -> None:
    assert terms("港口城") == ["港口", "口城", "城"]
    assert terms("Tokyo東京2026") == ["tokyo", "東京", "京", "2026"]


def test_words_of_indic_scripts_stay_whole() -> None:
    assert terms("हिन्दी समाचार") == [fold("हिन्दी"), fold("समाचार")]


def test_a_hostile_text_is_bounded_and_keeps_its_beginning() -> None:
    made = document("word " * 10_000, " ".join(f"w{n}" for n in range(100_000)))
    assert made.title.count("word") == MOST_TIMES
    assert set(made.title[MOST_TIMES:]) == {GAP}
    assert len(made.body) == MOST_BODY
    assert made.body[0] == "w0"
    wide = document("", " ".join("語" * 3 + chr(0x4E00 + n) + "語" for n in range(20_000)))
    assert len(" ".join(wide.body).encode()) < 1_000_000


@given(st.text())
def test_any_text_is_a_query_and_a_document(text: str) -> None:
    query = parse_query(text)
    made = document(text, text)
    for clause in (*query.wanted, *query.unwanted):
        assert clause.terms and clause.pieces
        assert all(term and not set(term) & set(" \"'\\*():&|!") for term in clause.terms)
    assert all(" " not in term for term in (*made.title, *made.body))
    shown = snippet(text, query.wanted)
    assert all(0 <= a < b <= len(shown.text) for a, b in shown.marks)


def test_a_snippet_shows_the_place_with_most_of_the_query() -> None:
    text = "pier. " + "filler words here " * 40 + "the NORTHERN piér was rebuilt " + "more " * 90
    shown = snippet(text, parse_query("north* pier").wanted)
    assert [shown.text[a:b] for a, b in shown.marks] == ["NORTHERN", "piér"]
    assert shown.text.startswith("…") and shown.text.endswith("…")
    assert len(shown.text) <= 242


def test_a_snippet_marks_phrases_and_pieces_of_scripts_without_spaces() -> None:
    shown = snippet("百年茶店重新开张，老师傅", parse_query("茶店 开").wanted)
    assert [shown.text[a:b] for a, b in shown.marks] == ["茶店", "开"]
    shown = snippet("A new pier, the new\npier.", parse_query('"the new pier"').wanted)
    assert [shown.text[a:b] for a, b in shown.marks] == ["the new pier"]


def test_what_is_too_much_for_a_query_is_counted() -> None:
    assert parse_query(" ".join(f"w{n}" for n in range(40))).ignored == 8
    assert parse_query("x " * 5000).ignored > 0
    assert parse_query('-"a b" -c d* "e').ignored == 0


@given(st.text())
def test_terms_word_by_word_are_those_of_the_whole_text(text: str) -> None:
    text = f"Said “{text}” – 港口 {text} é\u0301"
    assert terms(text) == [term for run in runs(text) for term in run_terms(run)]
