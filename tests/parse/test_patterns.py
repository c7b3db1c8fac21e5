"""Many words as one pattern: the same matches as the words one by one, or a refusal."""

from __future__ import annotations

import re

import pytest

from pipeline.parse.patterns import any_of

WORDS = r"photo(?:s|graph)?|phot[éo]|by\.?|mail\|box|b[|y]z"


@pytest.mark.parametrize(
    "text",
    ["photo", "photograph", "phoné", "photé", "by", "by.", "mail|box", "b|z", "byz", "none", ""],
)
def test_any_of_finds_what_the_words_would(text: str) -> None:
    plain, quick = re.compile(rf"(?:{WORDS})"), re.compile(any_of(WORDS))
    assert [m.group() for m in quick.finditer(text)] == [m.group() for m in plain.finditer(text)]


@pytest.mark.parametrize("words", ["a(b(c)|d)e", "one||two", ".dot", "one|"])
def test_any_of_refuses_words_it_would_take_apart_wrongly(words: str) -> None:
    with pytest.raises(ValueError):
        any_of(words)
