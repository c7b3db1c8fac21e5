"""Terms of texts whose words have no spaces: sequences of characters that come again and again.

Japanese is easy (terms are runs of kanji or katakana between hiragana); for the others a sequence
counts when it repeats and no longer sequence around it repeats as often.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from math import log

from pipeline.enrich.scripts import SOUTH_EAST_ASIAN

MAX_CHARACTERS = 8_000
_RUN = re.compile(
    "[\u4e00-\u9fff\u3400-\u4dbf々]{2,}|[\u30a1-\u30fa\u30fc・]{2,}|[" + SOUTH_EAST_ASIAN + "]{4,}"
)
_LENGTHS = {"dense": range(2, 7), "clusters": range(4, 13)}
_MIN_COUNT = 3
_HEADLINE_WEIGHT = 2.0


def repeated_terms(
    text: str, headline: str, function_words: frozenset[str]
) -> list[tuple[float, str]]:
    """(score, term) of what repeats, on the scale of the scores of spaced words."""
    counts: Counter[str] = Counter()
    first: dict[str, int] = {}
    for match in _RUN.finditer(text[:MAX_CHARACTERS]):
        _count(match.group(), match.start(), counts, first)
    kept = {
        term: count
        for term, count in counts.items()
        if (count >= _MIN_COUNT or (count > 1 and term in headline))
        and not any(word in function_words for word in (term, term[0], term[-1]))
    }
    return [
        (_score(term, count, first[term], headline), term)
        for term, count in kept.items()
        if not _is_explained(term, count, kept)
    ]


def _count(run: str, start: int, counts: Counter[str], first: dict[str, int]) -> None:
    lengths = _LENGTHS["clusters" if "\u0e00" <= run[0] <= "\u17ff" else "dense"]
    if "\u30a1" <= run[0] <= "\u30fc":  # katakana writes foreign words: the run is the word
        pieces = [(0, run.strip("・"))]
    else:
        pieces = [
            (offset, run[offset : offset + length])
            for length in lengths
            for offset in range(len(run) - length + 1)
            if _is_whole(run, offset, offset + length)
        ]
    for offset, piece in pieces:
        counts[piece] += 1
        first.setdefault(piece, start + offset)


def _is_whole(run: str, start: int, end: int) -> bool:
    """Whether the cut does not part a sign from the letter that carries it."""
    return not (
        unicodedata.combining(run[start])
        or unicodedata.category(run[start]) in ("Mn", "Mc")
        or (end < len(run) and unicodedata.category(run[end]) in ("Mn", "Mc"))
    )


def _is_explained(term: str, count: int, kept: dict[str, int]) -> bool:
    return any(
        len(other) > len(term) and term in other and other_count >= count * 0.7
        for other, other_count in kept.items()
    )


def _score(term: str, count: int, first: int, headline: str) -> float:
    score = log(1 + count) * log(1 + min(len(term), 6)) / log(3 + first / 200)
    return score * _HEADLINE_WEIGHT if term in headline else score
