"""Finds runs of capitalized words, the shape of names in Latin, Cyrillic, Greek and Armenian.

A run goes over spaces, initials and the small words that stand inside names ("de", "of"); it never
leaves its sentence. Knows no names.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.enrich.names.lists import is_title, name_lists
from pipeline.enrich.phrases import Word, words_of
from pipeline.enrich.sentences import split_sentences

MAX_RUN_WORDS = 12
MIN_HEADING_WORDS = 4
HEADING_SHARE = 0.65
"""A sentence with so many capitalized words is a headline: its capitals say nothing."""
NOUNS_CAPITALIZED = frozenset(("de", "lb", "nds", "gsw"))
"""Languages that write every noun with a capital: there a capital alone says nothing."""
ARTICLES = {"nl": frozenset(("de", "het")), "de": frozenset(("den",))}
"""Articles that are also particles of names: they part two names except after a given name."""
_SUFFIX = re.compile("([^\\W\\d_]{2,})['’][^\\W\\d_A-ZА-Я]{1,6}")
_ARABIC_ARTICLE = re.compile("(?:al|el|as|ad|an|ar|ash|at|ud|ul)[-‑][^\\W\\d_]")
_GAP = re.compile("[ \u00a0](?:[dl]['’]|[Dd]ell['’])?")
_STOP_GAP = re.compile("\\.[ \u00a0]")


@dataclass(frozen=True)
class Run:
    """Words ``first`` to ``last``, inclusive; ``opens``: they begin a sentence or a quote."""

    first: int
    last: int
    opens: bool


class NameText:
    """A text cut into words and sentences for the search of names."""

    def __init__(self, text: str, language: str | None) -> None:
        base = (language or "").partition("-")[0].lower()
        self.text = text
        self.nouns_capitalized = base in NOUNS_CAPITALIZED
        self.articles = ARTICLES.get(base, frozenset())
        self.words: list[Word] = [_without_suffix(word) for word in words_of(text)]
        self._starts = [word[1] for word in self.words]

    @cached_property
    def lowercase(self) -> frozenset[str]:
        """Words that the text also has without a capital: everyday words."""
        return frozenset(word for word, _, _ in self.words if word[0].islower())

    def word_at(self, place: int) -> int:
        """The number of the first word that begins at or after ``place``."""
        return bisect_left(self._starts, place)

    def runs(self) -> Iterator[Run]:
        """Runs of the text in order; headlines give none."""
        for start, end in split_sentences(self.text):
            first, stop = self.word_at(start), self.word_at(end)
            if stop > first and not self._is_heading(first, stop):
                yield from self._runs(first, stop)

    def between(self, left: int, right: int) -> str:
        """The text between two neighbouring words."""
        return self.text[self.words[left][2] : self.words[right][1]]

    def _is_heading(self, first: int, stop: int) -> bool:
        words = [word for word, _, _ in self.words[first:stop] if word[0].isalpha()]
        if len(words) < MIN_HEADING_WORDS:
            return False
        capitalized = sum(map(is_capitalized, words))
        if self.nouns_capitalized:
            return sum(word.isupper() for word in words) > HEADING_SHARE * len(words)
        ends = self.text[self.words[stop - 1][2] : self.words[stop - 1][2] + 1] in ".!?"
        share = 0.9 if ends and capitalized < len(words) else HEADING_SHARE
        return capitalized >= share * len(words)

    def _runs(self, first: int, stop: int) -> Iterator[Run]:
        position = first
        while position < stop:
            if not is_capitalized(self.words[position][0]):
                position += 1
                continue
            last = self._end_of_run(position, stop)
            yield Run(position, last, position == first or self._opens(position))
            position = last + 1

    def _opens(self, position: int) -> bool:
        before = self.text[max(0, self.words[position][1] - 2) : self.words[position][1]]
        return bool(before) and (before[-1] in "\"“„«‘'([•–—" or before[0] in ":—–•\n")

    def _end_of_run(self, first: int, stop: int) -> int:
        lists = name_lists()
        last = step = first
        announced = False
        while step < stop and step - first < MAX_RUN_WORDS:
            word = self.words[step][0]
            if step > first and not self._is_joined(step):
                break
            if is_capitalized(word):
                last = step
                bare = word.rstrip(".")
                announced |= bare in lists.organization_first or bare in lists.organization_last
            elif not (
                word.lower() in lists.particles or (announced and word in lists.connectors)
            ) or not _carries_on(self, step, stop):
                break
            step += 1
        return last

    def _is_joined(self, position: int) -> bool:
        gap = self.between(position - 1, position)
        if _GAP.fullmatch(gap):
            return True
        before = self.words[position - 1][0]
        return _STOP_GAP.fullmatch(gap) is not None and (
            (len(before) == 1 and before.isupper())
            or ("." in before and before.replace(".", "").isupper() and len(before) < 6)
            or (len(before) <= 5 and is_title(before))
            or before in ("St", "Ste")
        )


def is_capitalized(word: str) -> bool:
    """``Merkel``, ``al-Assad``; no digit, no letter of a script without capitals."""
    return word[0].isupper() or (word[0] in "aeu" and _ARABIC_ARTICLE.match(word) is not None)


def _carries_on(text: NameText, position: int, stop: int) -> bool:
    """Whether a capitalized word follows the small word, after at most two more of them."""
    lists = name_lists()
    for step in range(position + 1, min(stop, position + 4)):
        if _GAP.fullmatch(text.between(step - 1, step)) is None:
            return False
        word = text.words[step][0]
        if is_capitalized(word):
            return True
        if word not in lists.connectors and word not in lists.particles:
            return False
    return False


def _without_suffix(word: Word) -> Word:
    """``Ankara'da`` -> ``Ankara``, ``Trump's`` -> ``Trump``."""
    text, start, _ = word
    if "'" in text or "’" in text:
        match = _SUFFIX.fullmatch(text)
        if match and text[0].isupper() and not "\u0400" <= text[0] <= "\u04ff":
            return match[1], start, start + len(match[1])
    return word
