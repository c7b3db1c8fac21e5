"""The language: the page's own word against the text's."""

from __future__ import annotations

import pytest

from pipeline.models import Evidence
from tests.enrich.articles import enriched

ENGLISH = (
    "The council voted on Tuesday to close the old swimming pool, which has stood on the hill for"
    " sixty years, after engineers found that its roof could no longer carry the weight of snow."
    " Residents had asked for more time, but the mayor said that the risk was simply too great."
)
GERMAN = (
    "Der Gemeinderat hat am Dienstag beschlossen, das alte Schwimmbad auf dem Hügel zu schließen,"
    " nachdem Fachleute festgestellt hatten, dass das Dach die Schneelast nicht mehr tragen kann."
    " Die Anwohner hatten um mehr Zeit gebeten, doch das Risiko war der Gemeinde zu groß."
)


def test_text_decides_where_the_page_says_nothing() -> None:
    assert enriched(GERMAN).language == "de"


def test_the_page_keeps_its_own_more_exact_word_when_the_text_agrees() -> None:
    assert enriched(ENGLISH, language="en-GB").language == "en-GB"


def test_a_text_plainly_in_another_language_overrules_the_page() -> None:
    page = Evidence("html:lang", "en", 0.8)
    result = enriched(GERMAN, language="en", evidence={"language": page})
    assert result.language == "de"
    decided = result.evidence["language"]
    assert decided.origin == "text:py3langid"
    assert [(one.origin, one.raw) for one in decided.others] == [("html:lang", "en")]


@pytest.mark.parametrize("language", ["xh", "no", "fr"])
def test_the_page_is_believed_on_little_text(language: str) -> None:
    assert enriched("Bravo, maestro!", language=language).language == language


def test_close_relatives_never_overrule_the_page() -> None:
    danish = (
        "Byrådet besluttede tirsdag at lukke den gamle svømmehal på bakken, efter at fagfolk havde"
        " fundet ud af, at taget ikke længere kan bære vægten af sneen, som falder hver vinter."
    )
    assert enriched(danish * 2, language="nb").language == "nb"


def test_nothing_is_guessed_from_nothing() -> None:
    assert enriched("").language is None
    assert enriched("12 345 — 67").language is None
