"""Counts over all runs of a page at once: kinds of characters, and words as hashes.

Works on code points in numpy, so the cost hardly depends on the script or the number of runs.
It knows no language: a word is a stretch of letters and digits, or one character of a script
that is written without spaces.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

(OTHER, LOWER, UPPER, DIGIT, SPACE, STOP, COMMA, QUOTE, DENSE, MARK, BRACKET, BREAK) = range(12)
KINDS = 12
DENSE_WEIGHT, HANGUL_WEIGHT = 3.0, 2.5
"""Letters of an alphabetic text that say as much as one character of a dense script, or as one
Korean syllable, which are letters otherwise: blanks part their words."""

_STOPS = ".!?。！？…؟।۔॥｡．။።։។།"
_COMMAS = ",;:、，；：،؛"
_QUOTES = '"“”„‟«»‹›「」『』〝〟＂‘’'
_MARKS = "|•·›→▶►©®™#@/\\+*=<>~_▼▲●■★☆✓✉–—"
_DENSE_RANGES = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF),
                 (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))  # fmt: skip
_THAI_AND_LAO = (0x0E00, 0x0EFF)
"""They have no stop: a blank parts their sentences, and a long text ends as a sentence does."""
_SENTENCE_CHARS = 40
_HANGUL = (0xAC00, 0xD7AF)
_CASELESS = frozenset(("Lo", "Lm", "Lt", "Mn", "Mc"))


@cache
def _kind_table() -> NDArray[np.uint8]:
    """Kind of every code point of the basic plane; the last entry stands for all others."""
    table = np.zeros(0x10000, np.uint8)
    for point in range(0x80, 0x10000):
        category = unicodedata.category(chr(point))
        if category == "Ll" or category in _CASELESS:
            table[point] = LOWER
        elif category == "Lu":
            table[point] = UPPER
        elif category == "Nd":
            table[point] = DIGIT
        elif category[0] == "Z":
            table[point] = SPACE
        elif category in ("Ps", "Pe"):
            table[point] = BRACKET
    table[ord("a") : ord("z") + 1] = LOWER
    table[ord("A") : ord("Z") + 1] = UPPER
    table[ord("0") : ord("9") + 1] = DIGIT
    for first, last in _DENSE_RANGES:
        table[first : last + 1] = DENSE
    for kind, characters in (
        (SPACE, " \t"),
        (BREAK, "\n"),
        (BRACKET, "()[]{}（）【】"),
        (MARK, _MARKS),
        (STOP, _STOPS),
        (COMMA, _COMMAS),
        (QUOTE, _QUOTES),
    ):
        for character in characters:
            table[ord(character)] = kind
    table[0xFFFF] = DENSE
    return table


_IN_WORDS = np.isin(np.arange(KINDS), (LOWER, UPPER, DIGIT, DENSE))
_JOINS = np.isin(np.arange(KINDS), (LOWER, UPPER, DIGIT))
"""Of two that do, side by side, the second goes on with the first one's word."""


@dataclass(frozen=True, slots=True)
class Characters:
    """What the texts consist of; row ``i`` belongs to text ``i``."""

    counts: Ints
    """(texts, KINDS): characters of each kind."""
    lengths: Ints
    mass: Floats
    """As many letters of an alphabet say as much as the text."""
    first: Ints
    """Kind of the first character of each text (OTHER when empty)."""
    last: Ints
    """Kind of the last character, closing quotes and brackets aside."""
    words: Hashes
    """Hash of every word of every text, in order, case folded."""
    word_text: Ints
    """Index of the text that word stands in."""
    word_chars: Ints
    word_counts: Ints
    """Words of each text."""
    vocabulary: Hashes
    """The distinct words, sorted; of all texts that were counted together."""
    word_numbers: Ints
    """Place of every word in ``vocabulary``."""

    def numbers_of(self, text: int) -> Ints:
        """Places in the vocabulary of the words of one text, in order."""
        end = int(self.word_counts[: text + 1].sum())
        return self.word_numbers[end - int(self.word_counts[text]) : end]

    def only(self, texts: int) -> Characters:
        """The first ``texts`` texts, with the vocabulary of all."""
        words = int(self.word_counts[:texts].sum())
        return Characters(
            counts=self.counts[:texts],
            lengths=self.lengths[:texts],
            mass=self.mass[:texts],
            first=self.first[:texts],
            last=self.last[:texts],
            words=self.words[:words],
            word_text=self.word_text[:words],
            word_chars=self.word_chars[:words],
            word_counts=self.word_counts[:texts],
            vocabulary=self.vocabulary,
            word_numbers=self.word_numbers[:words],
        )


def _points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _within(points: NDArray[np.uint32], script: tuple[int, int]) -> NDArray[np.bool_]:
    return (points >= script[0]) & (points <= script[1])


def characters(texts: list[str]) -> Characters:
    """Count the characters and hash the words of ``texts``."""
    joined = "\n".join(texts)
    points = _points(joined)
    kinds = _kind_table().take(points, mode="clip")
    thai = _within(points, _THAI_AND_LAO)
    if thai.any():
        kinds[1:-1][(kinds[1:-1] == SPACE) & thai[:-2] & thai[2:]] = STOP
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    starts = np.zeros(len(texts), np.int64)
    (lengths[:-1] + 1).cumsum(out=starts[1:])
    first_cells = np.repeat(np.arange(0, KINDS * len(texts), KINDS), lengths + 1)[: len(points)]
    counts = np.bincount(first_cells + kinds, minlength=len(texts) * KINDS)
    counts = counts.reshape(-1, KINDS)
    counts[:-1, BREAK] -= 1
    in_hangul = _within(points, _HANGUL)
    hangul = np.bincount(first_cells[in_hangul] // KINDS, minlength=len(texts))
    words, word_starts, word_chars = _words(joined, points, kinds)
    word_text = first_cells[word_starts] // KINDS
    last = _last_kinds(kinds, starts, lengths)
    if thai.any():
        ends = starts + lengths - 1
        closed = (last == QUOTE) & thai.take(ends - 1, mode="clip")
        last[(lengths >= _SENTENCE_CHARS) & (thai.take(ends, mode="clip") | closed)] = STOP
    vocabulary, numbers = _distinct(words)
    return Characters(
        counts=counts,
        lengths=lengths,
        mass=lengths + (DENSE_WEIGHT - 1) * counts[:, DENSE] + (HANGUL_WEIGHT - 1) * hangul,
        first=_kind_at(kinds, starts, lengths),
        last=last,
        words=words,
        word_text=word_text,
        word_chars=word_chars,
        word_counts=np.bincount(word_text, minlength=len(texts)),
        vocabulary=vocabulary,
        word_numbers=numbers,
    )


def _distinct(words: Hashes) -> tuple[Hashes, Ints]:
    """The words, sorted, each once; and the place of every word among them."""
    order = words.argsort()
    ordered = words[order]
    first = np.zeros(len(words), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    numbers = np.empty(len(words), np.int64)
    numbers[order] = first.cumsum()
    first[:1] = True
    return ordered[first], numbers


def _kind_at(kinds: NDArray[np.uint8], places: Ints, lengths: Ints) -> Ints:
    if not len(kinds):
        return np.zeros(len(places), np.int64)
    found = kinds.take(np.maximum(places, 0), mode="clip").astype(np.int64)
    return np.where(lengths > 0, found, OTHER)


def _last_kinds(kinds: NDArray[np.uint8], starts: Ints, lengths: Ints) -> Ints:
    """The last kind, or the one before it where a quote or bracket closes the text."""
    ends = starts + lengths - 1
    last = _kind_at(kinds, ends, lengths)
    before = _kind_at(kinds, ends - 1, lengths - 1)
    closes = (last == QUOTE) | (last == BRACKET)
    return np.where(closes & (before == STOP), STOP, last)


def _words(
    joined: str, points: NDArray[np.uint32], kinds: NDArray[np.uint8]
) -> tuple[Hashes, Ints, Ints]:
    """Hash, start and length of every word (polynomial hash modulo 2**64)."""
    inside, joins = _IN_WORDS.take(kinds), _JOINS.take(kinds)
    apart = ~(joins[1:] & joins[:-1])
    starts_here, ends_here = inside.copy(), inside.copy()
    starts_here[1:] &= apart
    ends_here[:-1] &= apart
    starts = starts_here.nonzero()[0]
    if not len(starts):
        empty = np.zeros(0, np.int64)
        return np.zeros(0, np.uint64), empty, empty
    chars = ends_here.nonzero()[0] - starts + 1
    lowered = joined.lower()
    folded = _points(lowered) if len(lowered) == len(joined) else points
    first = chars.cumsum() - chars
    letters = folded[inside].astype(np.uint64)
    letters *= _POWERS.take(np.arange(len(letters)) - np.repeat(first, chars), mode="clip")
    return np.add.reduceat(letters, first), starts, chars


_POWERS: Hashes = np.cumprod(np.full(32, 0x100000001B3, np.uint64), dtype=np.uint64)
"""Powers of the 64-bit FNV prime; places beyond the last share its factor."""
