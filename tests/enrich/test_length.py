"""Words and minutes."""

from __future__ import annotations

import pytest

from tests.enrich.articles import enriched


@pytest.mark.parametrize(
    ("words", "minutes"), [(0, 0), (1, 1), (229, 1), (230, 1), (231, 2), (460, 2), (461, 3)]
)
def test_reading_time_is_words_by_230_rounded_up(words: int, minutes: int) -> None:
    result = enriched("word " * words)
    assert (result.word_count, result.reading_minutes) == (words, minutes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's a well-known U.S. rule", 5),
        ("L’été 2024, c’est fini", 4),
        ("दिल्ली में प्रधानमंत्री ने कहा", 5),
        ("هذا نص قصير", 3),
        ("서울에서 만났다", 2),
    ],
)
def test_a_word_is_one_word_in_every_script_with_spaces(text: str, words: int) -> None:
    assert enriched(text).word_count == words


def test_five_hundred_chinese_characters_are_a_minute() -> None:
    assert enriched("字" * 500).reading_minutes == 1
    assert enriched("字" * 501).reading_minutes == 2


def test_thai_is_counted_though_it_has_no_spaces() -> None:
    assert enriched("ก" * 50).word_count == 10
