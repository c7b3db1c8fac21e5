"""Columns that a run's own text gives, and those of the runs around it."""

from __future__ import annotations

import numpy as np

from pipeline.parse.body.characters import (
    BRACKET,
    BREAK,
    COMMA,
    DENSE,
    DIGIT,
    KINDS,
    LOWER,
    MARK,
    QUOTE,
    STOP,
    UPPER,
    Characters,
    Floats,
)
from pipeline.parse.body.places import Places
from pipeline.parse.body.run_numbers import OTHER_TAG, TAGS, RunNumbers

TEXT_COLUMNS = (
    "mass",
    "mass, linear",
    "words",
    "letters a word",
    "upper share",
    "dense share",
    "digit share",
    "stops a word",
    "link share",
    "links",
    "bold share",
    "italic share",
    "ends in link",
    "label",
    "address",
    "has time",
    "at break",
    *(f"{kind}s" for kind in ("stop", "comma", "quote", "mark", "bracket", "line")),
    *(f"starts {kind}" for kind in ("lower", "upper", "digit", "quote", "mark")),
    *(f"ends {kind}" for kind in ("stop", "comma", "bracket", "mark")),
    *(f"tag {tag}" for tag in TAGS),
)
_COUNTED = [STOP, COMMA, QUOTE, MARK, BRACKET, BREAK]
_STARTS = ((LOWER,), (UPPER,), (DIGIT,), (QUOTE,), (MARK, BRACKET))
_ENDS = ((STOP,), (COMMA,), (BRACKET,), (MARK,))
_NEIGHBOURS = ("mass", "link share", "clean", "ends stop", "tag p")
_OFFSETS = (-2, -1, 1, 2)
NEIGHBOUR_COLUMNS = (
    "since clean",
    "until clean",
    "any clean before",
    "any clean after",
    *(f"{name} at {at:+d}" for name in _NEIGHBOURS for at in _OFFSETS),
)
_CLEAN = _NEIGHBOURS.index("clean")
_OF_TEXT = [place for place in range(len(_NEIGHBOURS)) if place != _CLEAN]
_PLACES = [TEXT_COLUMNS.index(_NEIGHBOURS[place]) for place in _OF_TEXT]
_MAX_GAP = 40


def _hits(groups: tuple[tuple[int, ...], ...]) -> Floats:
    """For each of the groups, and each kind of character, whether it is in the group."""
    table = np.zeros((len(groups), KINDS))
    for place, kinds in enumerate(groups):
        table[place, list(kinds)] = 1.0
    return table


_START_HITS = _hits(_STARTS)
_END_HITS = _hits(_ENDS)
_TAG_HITS = np.eye(OTHER_TAG, OTHER_TAG + 1)


def text_columns(numbers: RunNumbers, chars: Characters, where: Places) -> Floats:
    """TEXT_COLUMNS: lengths, kinds of characters, links, beginnings and endings, tag."""
    counts = chars.counts.T
    length = np.maximum(chars.lengths, 1).astype(np.float64)
    words = np.maximum(chars.word_counts, 1).astype(np.float64)
    letters = np.maximum(counts[LOWER] + counts[UPPER] + counts[DENSE], 1)
    table = np.empty((len(TEXT_COLUMNS), len(length)))
    table[0] = np.log1p(where.mass)
    np.minimum(where.mass / 400, 2.0, out=table[1])
    table[2] = np.log1p(chars.word_counts)
    table[3] = np.minimum(letters / words, 15) / 10
    table[4] = counts[UPPER] / letters
    table[5] = counts[DENSE] / letters
    table[6] = counts[DIGIT] / length
    np.minimum(counts[STOP] / words, 1.0, out=table[7])
    table[8] = numbers.link_chars / length
    np.log1p(numbers.links, out=table[9])
    np.divide(numbers.emphasis, length, out=table[10:12])
    table[12:17] = numbers.marks
    table[17:23] = np.log1p(counts[_COUNTED])
    table[23:28] = _START_HITS.take(chars.first, axis=1)
    table[28:32] = _END_HITS.take(chars.last, axis=1)
    table[32:] = _TAG_HITS.take(numbers.tags, axis=1)
    return table


def neighbour_columns(texts: Floats, where: Places) -> list[Floats]:
    """NEIGHBOUR_COLUMNS: distances to the clean paragraphs around, and the nearest runs' own
    numbers, of which ``texts`` holds the TEXT_COLUMNS."""
    count = len(where.mass)
    index = np.arange(count)
    long = where.clean > 0
    before, after = np.full(count, -_MAX_GAP), np.full(count, count + _MAX_GAP)
    np.maximum.accumulate(np.where(long, index, -_MAX_GAP)[:-1], out=before[1:])
    np.minimum.accumulate(np.where(long, index, count + _MAX_GAP)[:0:-1], out=after[-2::-1])
    gaps = np.empty((2, count))
    np.subtract(index, before, out=gaps[0])
    np.subtract(after, index, out=gaps[1])
    np.minimum(gaps, _MAX_GAP, out=gaps)
    padded = np.zeros((len(_NEIGHBOURS), count + 4))
    padded[_OF_TEXT, 2:-2] = texts[_PLACES]
    np.log1p(where.clean, out=padded[_CLEAN, 2:-2])
    around = np.empty((len(padded), len(_OFFSETS), count))
    for place, offset in enumerate(_OFFSETS):
        around[:, place] = padded[:, 2 + offset : 2 + offset + count]
    return [np.log1p(gaps), before >= 0, after < count, around.reshape(-1, count)]
