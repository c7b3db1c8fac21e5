"""Texts to the terms that the index holds, cut and folded by us so that both databases agree.

A term is a word without case, accents and type: ``Café`` and ``CAFE`` are one. Scripts written
without spaces become pairs of characters, ``港口城`` is ``港口 口城 城``; so every piece of such a
text is found, and a single character by the terms that begin with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.typography import ascii_words, without_type

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
"""Scripts written without spaces between words."""
DROPPED = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7"  # accents; Hebrew points
    "\u0640\u064b-\u065f\u0670"  # Arabic stretching and vowel signs
    "\u00ad\u200b-\u200d\u2060\ufeff"  # inside words, and never part of them
)
"""What two spellings of a word may differ in."""
MARKS = "\u0730-\u074a\u07a6-\u07b0\u0900-\u0963\u0966-\u0dff\u0f71-\u0fbc"
"""Vowel signs inside words that ``\\w`` leaves out: Syriac, Thaana, Indic, Tibetan."""

_LETTER = f"[^\\W_{UNSPACED}]"
_RUN = re.compile(f"[{UNSPACED}]+|{_LETTER}+(?:[{MARKS}]+{_LETTER}*)*")
_ASCII_RUN = re.compile("[a-z0-9]+")
_DROP = re.compile(f"[{DROPPED}]+")
_IS_UNSPACED = re.compile(f"[{UNSPACED}]")
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that Unicode does not take apart, as people without that key type them."""

GAP = "\ue000"
"""Stands where a term was left out or a field ends: no query holds it, so no phrase crosses it."""

LONGEST_KNOWN = 40
"""Characters of a word that is remembered; a text without spaces is one long word."""
LONGEST_TERM = 64
"""Characters; PostgreSQL refuses terms beyond 2,046 bytes, and no word is that long."""
MOST_TITLE, MOST_BODY = 400, 15_500
"""Places counted: PostgreSQL has 16,383 of them. What stands behind is not found."""
MOST_TIMES = 250
"""Places of one term: PostgreSQL keeps 256."""
MOST_BYTES = 700_000
"""Bytes of different terms; a tsvector holds 1 MB with its places."""
MOST_CHARS = 500_000
"""Characters looked at: 15,500 words and more than most of the markup of a hostile text."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is indexed of an article: the terms of its headline, and of everything else."""

    title: tuple[str, ...]
    body: tuple[str, ...]
    is_cut: bool = False
    """Whether the texts have more words, or have one more often, than is indexed."""


def document(title: str, *texts: str) -> Document:
    """The bounded terms of an article, equal on both databases."""
    body: list[str] = []
    for text in texts:
        if text:
            body += terms(text) if not body else [GAP, *terms(text)]
    head = terms(title)
    is_cut = len(head) > MOST_TITLE or len(body) > MOST_BODY
    is_cut = is_cut or max(map(len, (title, *texts))) > MOST_CHARS
    head, rest = head[:MOST_TITLE], body[:MOST_BODY]
    if _fits(head + rest):
        return Document(tuple(head), tuple(rest), is_cut)
    used = Counter[str]()
    bounded = list(_bounded(head + rest, used))
    is_cut = is_cut or bounded != head + rest
    return Document(tuple(bounded[: len(head)]), tuple(bounded[len(head) :]), is_cut)


def terms(text: str) -> list[str]:
    """The terms of a text in order."""
    text = without_type(text[:MOST_CHARS])
    if text.isascii():
        found = ascii_words(text)
        is_long = max(map(len, found), default=0) > LONGEST_TERM
        return [term[:LONGEST_TERM] for term in found] if is_long else found
    # No rule looks past a space, and most words of a text are those of every text.
    return [
        term
        for word in text.split()
        for term in (_known(word) if len(word) <= LONGEST_KNOWN else _terms(word))
    ]


def _terms(text: str) -> list[str]:
    return [term for run in runs(text) for term in run_terms(run)]


@lru_cache(maxsize=2**14)
def _known(word: str) -> tuple[str, ...]:
    return tuple(_terms(word))


def runs(text: str) -> list[str]:
    """Folded words, and unbroken pieces of a script without spaces."""
    folded = fold(text[:MOST_CHARS])
    return (_ASCII_RUN if folded.isascii() else _RUN).findall(folded)


def run_terms(run: str) -> list[str]:
    """The terms of one run."""
    if is_unspaced(run):
        return [run[n : n + 2] for n in range(len(run))]
    return [run[:LONGEST_TERM]]


def is_unspaced(run: str) -> bool:
    """Whether a run is of a script without spaces."""
    return not run[:1].isascii() and _IS_UNSPACED.match(run) is not None


def fold(text: str) -> str:
    """Without case, accents and type."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _DROP.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", text).translate(_PLAIN)


def _fits(found: list[str]) -> bool:
    if len(found) <= MOST_TIMES:
        return True
    return max(Counter(found).values()) <= MOST_TIMES and 4 * sum(map(len, found)) <= MOST_BYTES


def _bounded(found: list[str], used: Counter[str]) -> Iterator[str]:
    size = 0
    for term in found:
        if term not in used:
            size += len(term.encode()) + 4  # its place in the vector
        used[term] += 1
        yield term if used[term] <= MOST_TIMES and size <= MOST_BYTES else GAP
