"""Cited outlets: which, by which words, in which sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.models import Link
from tests.enrich.articles import enriched

SEED = Path(__file__).parents[2].parent / "shared" / "seed" / "capture.txt"

STORY = """The ministry is quietly preparing to close two ports, the Moscow Times reported on \
March 3, citing a person close to the talks.

A second official told the Moscow Times that no date had been set. The plan is part of a wider \
review, Reuters wrote.

According to the deputy minister, the review "will take until the summer," the business daily \
Kommersant quoted her as saying. The Telegraph had earlier reported the same.

In an interview with Fox News on Sunday, the envoy called the plan a mistake. Officials in the \
capital declined to comment."""


def test_a_story_that_leans_on_five_outlets_cites_all_five() -> None:
    cited = {(one.outlet, one.domain) for one in enriched(STORY, language="en").citations}
    assert cited == {
        ("The Moscow Times", "themoscowtimes.com"),
        ("Reuters", "reuters.com"),
        ("Kommersant", "kommersant.ru"),
        ("The Telegraph", "telegraph.co.uk"),
        ("Fox News", "foxnews.com"),
    }


def test_a_citation_has_its_sentence_its_offsets_and_its_cue() -> None:
    result = enriched(STORY, language="en")
    for one in result.citations:
        assert result.body_text[one.start : one.end] == one.sentence
        assert one.cue in one.sentence
    wrote = next(one for one in result.citations if one.outlet == "Reuters")
    assert wrote.sentence == "The plan is part of a wider review, Reuters wrote."
    assert wrote.cue == "wrote"


@pytest.mark.parametrize(
    ("language", "sentence", "outlet", "domain"),
    [
        ("de", "Der Konzern spart, berichtet der „Spiegel“.", "Der Spiegel", "spiegel.de"),
        ("fr", "Le texte sera retiré, rapporte Le Monde jeudi.", "Le Monde", "lemonde.fr"),
        ("es", "El plan fue retirado, según informó El País.", "El País", "elpais.com"),
        ("it", "Il piano è stato ritirato, scrive il Corriere della Sera.", "Corriere della Sera",
         "corriere.it"),
        ("ru", "План отозван, сообщает Интерфакс.", "Interfax", "interfax.com"),
        ("zh", "据路透社报道，该计划已被撤回。", "Reuters", "reuters.com"),
        ("ja", "ロイター通信によると、計画は撤回された。", "Reuters", "reuters.com"),
        ("ar", "وذكرت وكالة رويترز أن الخطة سُحبت.", "Reuters", "reuters.com"),
    ],
)  # fmt: skip
def test_outlets_are_found_in_the_words_of_many_languages(
    language: str, sentence: str, outlet: str, domain: str
) -> None:
    (cited,) = enriched(sentence, language=language).citations
    assert (cited.outlet, cited.domain, cited.sentence) == (outlet, domain, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The sun is in the sky, and the times are hard.",
        "She parked beside the Reuters building and walked home.",
        "Michael Bloomberg said that he would run again.",
        "The councillor, Ada Frei (SZ), said that nobody had asked her.",
    ],
)
def test_a_name_without_a_citing_word_is_no_citation(sentence: str) -> None:
    assert enriched(sentence, language="en").citations == ()


def test_the_articles_own_publisher_is_never_cited() -> None:
    sentence = "The plan is dead, Reuters reported."
    assert enriched(sentence, publisher="Reuters").citations == ()
    assert enriched(sentence, canonical_url="https://www.reuters.com/world/x").citations == ()


def test_an_outlet_that_no_list_has_is_known_by_its_name() -> None:
    (cited,) = enriched("The mill will close, the Northfield Gazette reported.").citations
    assert (cited.outlet, cited.domain) == ("Northfield Gazette", None)


def test_a_link_to_another_news_domain_is_a_citation_where_its_text_stands() -> None:
    body = "The mill will close. The owner has confirmed it. Nobody knows more."
    links = (
        Link("https://www.reuters.com/business/mill", "confirmed it"),
        Link("https://daily.example.org/other", "Nobody"),
        Link("https://shop.example.com/", "mill"),
    )
    (cited,) = enriched(body, links=links).citations
    assert (cited.domain, cited.cue) == ("reuters.com", "link")
    assert cited.sentence == body[cited.start : cited.end] == "The owner has confirmed it."


def test_words_count_before_links_in_one_sentence() -> None:
    body = "The mill will close, Reuters reported."
    links = (Link("https://reuters.com/x", "reported"),)
    assert [one.cue for one in enriched(body, links=links).citations] == ["reported"]


@pytest.mark.skipif(not SEED.exists(), reason="the seed capture is not part of the repository")
def test_all_outlets_that_the_seed_capture_leans_on_are_found() -> None:
    text = SEED.read_text(encoding="utf-8")
    body = text[text.index("Russia is deliberately") :]
    cited = {one.domain for one in enriched(body, language="en").citations}
    assert cited >= {
        "themoscowtimes.com",
        "reuters.com",
        "kommersant.ru",
        "telegraph.co.uk",
        "foxnews.com",
    }
