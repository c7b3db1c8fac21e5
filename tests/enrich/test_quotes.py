"""Quotes: the words between the marks, and who said them."""

from __future__ import annotations

import pytest

from tests.enrich.articles import enriched


@pytest.mark.parametrize(
    ("text", "quote", "speaker"),
    [
        ('"We lost the whole harvest," said Ana Ruiz.', "We lost the whole harvest,", "Ana Ruiz"),
        ("“We lost it all,” the mayor, Tom Reed, said.", "We lost it all,", "Tom Reed"),
        ("„Wir haben alles verloren“, sagte Jan Vogt.", "Wir haben alles verloren", "Jan Vogt"),
        ("« Nous avons tout perdu », a déclaré Luc Morel.", "Nous avons tout perdu", "Luc Morel"),
        ("«Мы потеряли весь урожай», — сказал Олег Громов.", "Мы потеряли весь урожай",
         "Олег Громов"),
        ("王小明表示：「我們失去了所有的收成。」", "我們失去了所有的收成。", "王小明"),
        ('"We lost the whole harvest," it was said.', "We lost the whole harvest,", None),
        ("The sign read “no entry after dark” in red.", "no entry after dark", None),
    ],
)  # fmt: skip
def test_a_quote_has_its_words_and_its_speaker_or_none(
    text: str, quote: str, speaker: str | None
) -> None:
    (found,) = enriched(text).quotes
    assert (found.text, found.speaker) == (quote, speaker)
    assert text[found.start : found.end] == quote


def test_a_pronoun_stands_for_whom_the_text_quoted_last() -> None:
    text = "“We lost it all,” said Ana Ruiz.\n\n“We will plant again,” she said."
    assert [one.speaker for one in enriched(text).quotes] == ["Ana Ruiz", "Ana Ruiz"]


def test_two_halves_of_one_sentence_have_one_speaker() -> None:
    text = "“We lost it,” said Ana Ruiz, “and nobody came.”"
    assert [one.speaker for one in enriched(text).quotes] == ["Ana Ruiz", "Ana Ruiz"]


def test_a_place_or_a_day_is_no_speaker() -> None:
    text = "“We see a trend here,” a firm in Germany said on Monday."
    assert [one.speaker for one in enriched(text).quotes] == [None]


@pytest.mark.parametrize(
    "text", ["The film “Long Way Home” won.", "It's the players' union's choice.", "He said “yes”."]
)
def test_titles_apostrophes_and_single_words_are_no_quotes(text: str) -> None:
    assert enriched(text).quotes == ()


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Die Zuschauerin war wütend. „Das war nicht gut“, sagte die Zuschauerin.", None),
        ("„Das war nicht gut“, sagte Anna Berg von der Universität Bremen.", "Anna Berg"),
        ("„Das war nicht gut“, sagte Ursula von der Heide.", "Ursula von der Heide"),
    ],
)
def test_a_german_noun_is_no_speaker(text: str, speaker: str | None) -> None:
    assert [one.speaker for one in enriched(text, language="de").quotes] == [speaker]


def test_a_role_is_no_part_of_the_speakers_name() -> None:
    (quote,) = enriched("“A bad idea,” Economy Minister Ana Ruiz said.", language="en").quotes
    assert quote.speaker == "Ana Ruiz"
