"""Outlets that no list has, by how newspapers and stations are named.

``the Springfield Gazette``, ``Diario del Sur``, ``die Zeitung Nordkurier``: a capitalized name with
a newspaper's word in it, or one that stands after "newspaper" or "news agency". A candidate is no
citation yet: :mod:`pipeline.enrich.cues` decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.enrich.phrases import Word
from pipeline.enrich.word_lists import table, words

_MAX_WORDS = 5
_CONNECTORS = frozenset(
    [
        "of",
        "the",
        "de",
        "da",
        "do",
        "di",
        "du",
        "des",
        "del",
        "della",
        "dello",
        "la",
        "le",
        "les",
        "los",
        "el",
        "y",
        "and",
        "&",
        "für",
        "van",
        "i",
        "e",
    ]
)
_ARTICLES = frozenset(("the", "The"))
_JOINTS = (" ", " „", " “", ' "', " «", " ‘", "-", " '")


@dataclass(frozen=True, slots=True)
class Candidate:
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Lists:
    last: frozenset[str]
    last_with_article: frozenset[str]
    first: frozenset[str]
    endings: tuple[str, ...]
    descriptors: frozenset[str]
    starters: frozenset[str]


def candidates(text: str, sentence_words: list[Word]) -> list[Candidate]:
    """Names in one sentence that look like an outlet's, left to right, none overlapping."""
    lists = _lists()
    found: list[Candidate] = []
    for position, (word, _start, _end) in enumerate(sentence_words):
        span = _span(text, sentence_words, position, word, lists)
        if span is None:
            continue
        start, end = sentence_words[span[0]][1], sentence_words[span[1]][2]
        if found and start < found[-1].end:
            continue
        name = text[start:end].removesuffix("'s").removesuffix("’s")
        found.append(Candidate(name, start, start + len(name)))
    return found


def is_descriptor(word: str) -> bool:
    """Whether the word says what an outlet is ("newspaper", "Nachrichtenagentur")."""
    return word in _lists().descriptors


def _span(
    text: str, sentence: list[Word], position: int, word: str, lists: _Lists
) -> tuple[int, int] | None:
    """First and last word of the outlet's name that the word at ``position`` gives away."""
    bare = word.removesuffix("'s").removesuffix("’s")
    if bare in lists.descriptors:
        return _after_descriptor(text, sentence, position, lists)
    if bare in lists.last or bare in lists.last_with_article:
        first = _leftmost(text, sentence, position, lists)
        named = first > 0 and sentence[first - 1][0] in _ARTICLES
        if first == position or (bare in lists.last_with_article and not named):
            return None
        return first, position
    if bare in lists.first:
        last = _rightmost(text, sentence, position)
        return (position, last) if last > position else None
    if word[0].isupper() and bare.lower().endswith(lists.endings):
        return _leftmost(text, sentence, position, lists), position
    return None


def _after_descriptor(
    text: str, sentence: list[Word], position: int, lists: _Lists
) -> tuple[int, int] | None:
    first = position + 1
    if first >= len(sentence) or not _is_capitalized(sentence[first][0]):
        return None
    if not _joined(text, sentence, position) or sentence[first][0] in lists.descriptors:
        return None
    return first, _rightmost(text, sentence, first)


def _leftmost(text: str, sentence: list[Word], position: int, lists: _Lists) -> int:
    first = position
    for step in range(position - 1, max(-1, position - _MAX_WORDS), -1):
        word = sentence[step][0]
        if not _joined(text, sentence, step):
            break
        if _is_capitalized(word) and word not in _ARTICLES and word not in lists.descriptors:
            if step == 0 and word.lower() in lists.starters:
                break
            first = step
        elif word not in _CONNECTORS:
            break
    return first


def _rightmost(text: str, sentence: list[Word], position: int) -> int:
    last = position
    for step in range(position + 1, min(len(sentence), position + _MAX_WORDS)):
        word = sentence[step][0]
        if not _joined(text, sentence, step - 1):
            break
        if _is_capitalized(word):
            last = step
        elif word not in _CONNECTORS:
            break
    return last


def _joined(text: str, sentence: list[Word], position: int) -> bool:
    """Whether only a space or an opening quotation mark stands before the next word."""
    return text[sentence[position][2] : sentence[position + 1][1]] in _JOINTS


def _is_capitalized(word: str) -> bool:
    return word[0].isupper()


@cache
def _lists() -> _Lists:
    names = table("cues.toml")["names"]
    return _Lists(
        last=frozenset(names["last"].split()),
        last_with_article=frozenset(names["last_with_article"].split()),
        first=frozenset(names["first"].split()),
        endings=tuple(names["endings"].split()),
        descriptors=words("cues.toml", "descriptors"),
        starters=words("sentences.toml", "sentence_openers"),
    )
