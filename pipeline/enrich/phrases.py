"""Finds known phrases in a text in one pass over its words, however many phrases there are.

A phrase is looked up by its first word, so the cost grows with the text alone. Matching keeps
case: the lists hold names. Phrases in scripts without spaces are searched as plain text. Knows
nothing of what the phrases mean.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

from pipeline.enrich.scripts import WORD, is_unspaced

Meaning = TypeVar("Meaning")
Word = tuple[str, int, int]
"""A word with its start and end in the text."""

_MAX_ENDING = 3
"""Letters that an inflected last word may have in place of the final vowel."""
_FINALS = "аеёиоуыэюяьйіїєъў"
_MIN_STEM = 4
_ELIDED = re.compile(
    "(?:[LlDdSs]|[Qq]u|[Aa]ll|[Dd]all|[Dd]ell|[Nn]ell|[Ss]ull|[Cc]oll|[Uu]n)['’](?=[^\\W\\d_]{3})"
)
"""French and Italian: ``l'AFP``, ``dell'Ansa``."""
_KOREAN_PARTICLES = ("에서는", "으로는", "에서", "에게", "으로", "에는", "까지", "부터", "은", "는", "이", "가", "을",
                     "를", "의", "에", "도", "와", "과", "로")  # fmt: skip
_POSSESSIVES = ("'s", "’s", "'", "’")


@dataclass(frozen=True, slots=True)
class Found(Generic[Meaning]):
    start: int
    end: int
    meaning: Meaning


@dataclass(slots=True)
class _Entries(Generic[Meaning]):
    """The phrases that begin with one word; longer ones by their second word, since hundreds of
    phrases may begin with one small word."""

    single: list[Meaning] = field(default_factory=list)
    by_second: dict[str, list[tuple[tuple[str, ...], Meaning]]] = field(default_factory=dict)

    def add(self, phrase: tuple[str, ...], meaning: Meaning) -> None:
        if len(phrase) == 1:
            self.single.append(meaning)
            return
        longer = self.by_second.setdefault(phrase[1], [])
        longer.append((phrase, meaning))
        longer.sort(key=lambda entry: -len(entry[0]))

    def longest(self, words: list[Word], position: int) -> tuple[int, list[Meaning]]:
        """How many words match at that place, and the meaning in a list; (0, []) for none."""
        best: tuple[int, list[Meaning]] = (1, self.single) if self.single else (0, [])
        if self.by_second and position + 1 < len(words):
            second = words[position + 1][0]
            for form in {second, _stem(second)}:
                for phrase, meaning in self.by_second.get(form, ()):
                    if len(phrase) > best[0] and _matches(phrase, words, position):
                        best = (len(phrase), [meaning])
                        break
        return best


class PhraseIndex(Generic[Meaning]):
    """Phrases with a meaning each; ``find`` gives the longest one at each place, left to right."""

    def __init__(self, phrases: Iterable[tuple[str, Meaning]]) -> None:
        self._by_first: dict[str, _Entries[Meaning]] = defaultdict(_Entries)
        self._plain: list[tuple[str, Meaning]] = []
        for phrase, meaning in phrases:
            if is_unspaced(phrase):
                self._plain.append((phrase, meaning))
                continue
            words = _stems(phrase)
            if words:
                self._by_first[words[0]].add(words, meaning)
                first = phrase[: len(words[0]) + 1]
                if first[1:] == words[0] and "\u0620" <= first[0] <= "\u064a":
                    # the phrase's own first letter looked like a prefix: keep it whole as well
                    self._by_first[first].add(words, meaning)
        self._by_first.default_factory = None
        self._plain.sort(key=lambda entry: -len(entry[0]))

    def find(self, text: str, words: list[Word] | None = None) -> list[Found[Meaning]]:
        """Phrases of the text by place, none overlapping. ``words``: :func:`words_of` of the text."""
        found = list(self._find_words(words_of(text) if words is None else words))
        if is_unspaced(text):
            found = _without_overlap(found + list(self._find_plain(text)))
        return found

    def _find_words(self, words: list[Word]) -> Iterator[Found[Meaning]]:
        taken = 0
        get = self._by_first.get
        for position, (word, start, _end) in enumerate(words):
            if position < taken:
                continue
            entries = get(word) or get(_stem(word))
            if entries is None:
                continue
            length, meanings = entries.longest(words, position)
            if length:
                taken = position + length
                last, _, last_end = words[taken - 1]
                yield Found(start, last_end - _possessive(last), meanings[0])

    def _find_plain(self, text: str) -> Iterator[Found[Meaning]]:
        for phrase, meaning in self._plain:
            start = text.find(phrase)
            while start >= 0:
                yield Found(start, start + len(phrase), meaning)
                start = text.find(phrase, start + len(phrase))


@lru_cache(maxsize=1)
def words_of(text: str) -> list[Word]:
    """Every word of the scripts with spaces; of an elided article and its noun, the noun.

    The enrichers of one article share the list: do not change it.
    """
    words = [(match.group(), match.start(), match.end()) for match in WORD.finditer(text)]
    for position, (word, start, end) in enumerate(words):
        if "'" in word or "’" in word:
            elided = _ELIDED.match(word)
            if elided:
                words[position] = (word[elided.end() :], start + elided.end(), end)
    return words


def _stems(phrase: str) -> tuple[str, ...]:
    """What is looked for: the stems of :func:`words_of`. Tens of thousands of listed names go
    through here at each start, and most are one word of letters."""
    if phrase.isalpha():
        return (phrase,) if phrase.isascii() else (_stem(phrase),)
    if "'" in phrase or "’" in phrase:
        return tuple(_stem(word) for word, _, _ in words_of(phrase))
    words = WORD.findall(phrase)
    return tuple(words) if phrase.isascii() else tuple(map(_stem, words))


def _matches(phrase: tuple[str, ...], words: list[Word], position: int) -> bool:
    if position + len(phrase) > len(words):
        return False
    for step in range(1, len(phrase)):
        word, start, _ = words[position + step]
        if start - words[position + step - 1][2] > 1:  # "in New. York" is no place
            return False
        if phrase[step] != word and phrase[step] != _stem(word):
            return False
    return True


def _possessive(word: str) -> int:
    return next((len(ending) for ending in _POSSESSIVES if word.endswith(ending)), 0)


@lru_cache(maxsize=8_192)
def _stem(word: str) -> str:
    """The word without a possessive; in Cyrillic also without its case ending."""
    if word.isascii():
        return word[:-2] if word.endswith("'s") else word
    if word.endswith("’s"):
        return word[:-2]
    if len(word) <= _MIN_STEM and not "\uac00" <= word[0] <= "\ud7a3":
        return word
    if "\u0400" <= word[0] <= "\u052f":
        return cyrillic_stem(word)
    if "\u0370" <= word[0] <= "\u03ff":
        return word.rstrip("ςυ")
    if "\u0620" <= word[0] <= "\u064a":  # Arabic writes "and", "by", "to" as a first letter
        return word[1:] if word[0] in "وفبلك" else word
    if "\uac00" <= word[0] <= "\ud7a3":
        return _without_particle(word)
    return word


def _without_particle(word: str) -> str:
    """``서울에서`` -> ``서울``."""
    for particle in _KOREAN_PARTICLES:
        if word.endswith(particle) and len(word) - len(particle) >= 2:
            return word[: -len(particle)]
    return word


def cyrillic_stem(word: str) -> str:
    """``Москва, Москве, Москвой`` -> ``Москв``; ``Интерфаксом`` -> ``Интерфакс``."""
    stem = word
    for ending in ("ами", "ями", "ого", "его", "ому", "ему", "ой", "ей", "ою", "ом", "ем", "ам", "ям",
                   "ах", "ях", "ов", "ев", "ым", "им", "ых", "их", "ый", "ий", "ая", "яя"):  # fmt: skip
        if stem.endswith(ending) and len(stem) - len(ending) >= _MIN_STEM - 1:
            stem = stem[: -len(ending)]
            break
    while len(stem) > _MIN_STEM - 1 and stem[-1] in _FINALS and len(word) - len(stem) < _MAX_ENDING:
        stem = stem[:-1]
    return stem


def _without_overlap(found: list[Found[Meaning]]) -> list[Found[Meaning]]:
    kept: list[Found[Meaning]] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept
