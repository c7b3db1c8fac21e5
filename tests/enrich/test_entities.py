"""People, bodies and places, with the place of every mention."""

from __future__ import annotations

from itertools import pairwise

import pytest

from benchmarks.enrich import found_in, labelled, measures, score
from pipeline.models import Author
from tests.enrich.articles import enriched, entity, named, texts


def test_names_are_found_as_well_as_the_documents_say() -> None:
    sentences = list(labelled())
    assert len(sentences) >= 60
    assert len({one.language for one in sentences}) >= 12
    precision, recall, f1 = measures(*score(sentences)["both", "all"])
    assert precision >= 0.95
    assert recall >= 0.90
    assert f1 >= 0.93


@pytest.mark.parametrize("one", list(labelled()), ids=lambda one: f"{one.language}-{one.text[:20]}")
def test_mentions_are_what_the_text_has_there_and_never_overlap(one) -> None:  # type: ignore[no-untyped-def]
    result = enriched(one.text, language=one.language)
    spans = sorted((m.start, m.end) for each in result.entities for m in each.mentions)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    for each in result.entities:
        assert each.mentions != ()
        for mention in each.mentions:
            assert mention.text == one.text[mention.start : mention.end] != ""
    assert found_in(one) <= {(m.start, m.end, e.type) for e in result.entities for m in e.mentions}


def test_a_last_name_belongs_to_the_person_named_in_full() -> None:
    text = "President Alma Reyes met Tom Whitlock in Denver. Reyes left early; Whitlock stayed."
    result = enriched(text, language="en")
    assert named(result, "person") == ["Alma Reyes", "Tom Whitlock"]
    assert texts(entity(result, "Alma Reyes")) == ["Alma Reyes", "Reyes"]


def test_of_two_people_with_one_last_name_the_one_named_last_is_meant() -> None:
    text = "Anna Berg sued. Her brother Paul Berg did not. On Friday, Berg apologised."
    result = enriched(text, language="en")
    assert texts(entity(result, "Paul Berg")) == ["Paul Berg", "Berg"]
    assert texts(entity(result, "Anna Berg")) == ["Anna Berg"]


def test_a_body_and_its_letters_in_brackets_are_one() -> None:
    text = "The Harbour Workers Union (HWU) called a strike. The HWU wants more pay."
    result = enriched(text, language="en")
    assert texts(entity(result, "Harbour Workers Union")) == [
        "Harbour Workers Union",
        "HWU",
        "HWU",
    ]


def test_one_country_has_one_entity_whatever_the_text_calls_it() -> None:
    result = enriched("The United States and the UK agreed. The U.S. will pay.", language="en")
    assert named(result, "place") == ["United States", "UK"]
    assert texts(entity(result, "United States")) == ["United States", "U.S."]


@pytest.mark.parametrize(
    ("language", "text", "person"),
    [
        ("nl", "Volgens Pieter van den Berg is het klaar.", "Pieter van den Berg"),
        ("pt", "O ministro João da Silva Neto viajou.", "João da Silva Neto"),
        ("en", "Officials met Khaled al-Masri, 51, on Monday.", "Khaled al-Masri"),
        ("de", "Gestern sprach Ursula von der Heide im Rathaus.", "Ursula von der Heide"),
        ("de", "Das war Anna Bergs Antwort auf die Frage.", "Anna Bergs"),
        ("de", "Es sprach Anna Berg von den Grünen in der Halle.", "Anna Berg"),
    ],
)
def test_small_words_belong_to_a_persons_name(language: str, text: str, person: str) -> None:
    assert named(enriched(text, language=language), "person") == [person]


def test_german_nouns_are_no_names() -> None:
    text = "Am Montag hat der Gemeinderat das Schwimmbad geschlossen. Die Kosten sind der Grund."
    assert enriched(text, language="de").entities == ()


def test_days_months_demonyms_and_headlines_are_no_names() -> None:
    text = "Local Council Votes To Close Old Pool\n\nOn Monday in March, Russian officials left."
    assert enriched(text, language="en").entities == ()


def test_a_name_of_another_language_is_no_place_here() -> None:
    assert named(enriched("Wir fliegen nach Island.", language="de"), "place") == ["Island"]
    assert enriched("On Island time nobody hurries.", language="en").entities == ()


def test_speakers_and_authors_are_evidence_for_people() -> None:
    text = "The bridge is safe, Zuvtek Orlaban has written. Zuvtek Orlaban inspected it."
    without = enriched(text, language="en")
    result = enriched(text, language="en", authors=(Author("Zuvtek Orlaban", "by Zuvtek Orlaban"),))
    assert named(without, "person") == []
    assert named(result, "person") == ["Zuvtek Orlaban"]


def test_cases_of_grammar_do_not_part_a_person_or_a_place() -> None:
    text = "Игорь Лебедев прибыл в Москву. Лебедева ждали в Москве."
    result = enriched(text, language="ru")
    assert texts(entity(result, "Игорь Лебедев")) == ["Игорь Лебедев", "Лебедева"]
    assert [len(one.mentions) for one in result.entities if one.type == "place"] == [2]


def test_a_korean_particle_is_no_part_of_the_mention() -> None:
    (place,) = enriched("서울에서 만났다.", language="ko").entities
    assert texts(place) == ["서울"]


def test_polish_and_czech_cases_do_not_part_a_person() -> None:
    text = "Petr Fiala jednal s vládou. Návrh Petra Fialy neprošel. Fialovi to nevadí."
    result = enriched(text, language="cs")
    assert texts(entity(result, "Petr Fiala")) == ["Petr Fiala", "Petra Fialy", "Fialovi"]
    other = enriched("Maria Berg met Mario Berg.", language="en")
    assert named(other, "person") == ["Maria Berg", "Mario Berg"]


def test_a_word_that_only_begins_the_sentence_is_no_part_of_a_name() -> None:
    assert named(enriched("Whereas Anna Berg stayed.", language="en"), "person") == ["Anna Berg"]
