"""Class names as hints, and texts as they stand in fields."""

from __future__ import annotations

import pytest

from pipeline.parse.markup.names import bits_of, words_of
from pipeline.parse.markup.traits import BIT
from pipeline.parse.words import clean


@pytest.mark.parametrize("name", ["article-body", "articleBody", "ARTICLE_BODY", "article__body"])
def test_a_name_hints_at_the_same_however_its_words_are_parted(name: str) -> None:
    assert words_of(name) == ["article", "body"]
    assert bits_of(name) == bits_of("article body") and bits_of(name) & BIT["body"]


def test_two_names_beside_each_other_count_as_one_too() -> None:
    assert bits_of("big entry content") & BIT["body"]
    assert not bits_of("big entry") & BIT["body"] and not bits_of("content entry") & BIT["body"]


def test_names_in_other_scripts_neither_hint_nor_hurt() -> None:
    assert words_of("заголовок главный") == []
    assert words_of("haber-içerik") == ["haber", "i", "erik"]
    assert bits_of("заголовок") == bits_of("") == 0


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("  Two\n\t words ", "Two words"),
        ("soft\u00adened\u200b", "softened"),
        ("no\xa0break\u2003here", "no break here"),
        ("nul\x00 and \x7fdelete", "nul and delete"),
        ("\u202aGhent\u202c", "Ghent"),
        ("lone \ud800 half", "lone half"),
        ("cafe\u0301", "caf\u00e9"),
        ("Tom &amp;amp; <b>Ann</b>", "Tom & Ann"),
        ("東京\u3000都", "東京 都"),
    ],
)
def test_a_field_holds_single_blanks_and_no_invisible_characters(written: str, shown: str) -> None:
    assert clean(written) == shown
