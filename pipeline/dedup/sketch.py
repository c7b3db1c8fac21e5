"""A text's fingerprint: the smallest hashes of its word 5-grams (bottom-k sketch).

The share of a text's shingles that stands in another's can be estimated from the k smallest
hashes of each (Broder, "On the resemblance and containment of documents", 1997). Hashes come
from BLAKE2b, so they are the same on every machine and Python.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np

from pipeline.dedup.tokens import hash_tokens, tokens
from pipeline.models import Fingerprint

Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]

SHINGLE = 5
"""Words per shingle."""
SKETCH_SIZE = 128
"""Hashes kept to measure overlap; the error of an estimate is about 1/sqrt(128) = 0.09."""

_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
                 0xD6E8FEB86659FD93, 0xA0761D6478BD642F], dtype=np.uint64)  # fmt: skip
"""Odd 64-bit constants, one per position in a shingle, so that order counts."""


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of a text; of a text shorter than one shingle, of its words together."""
    words = tokens(text)
    exact = hash_tokens(words)
    figures = frozenset(w for w in set(words) if not w.isalpha() and _has_digit(w))
    if not words:
        return Fingerprint(exact, (), 0, 0, figures)
    hashes = _distinct(_shingles(words))
    return Fingerprint(
        exact, tuple(hashes[:SKETCH_SIZE].tolist()), len(hashes), len(words), figures
    )


def _shingles(words: list[str]) -> Hashes:
    stream = np.fromiter(map(_hash_word, words), np.uint64, len(words))
    width = min(SHINGLE, len(stream))
    count = len(stream) - width + 1
    mixed = stream[:count] * _MIX[0]
    for position in range(1, width):
        mixed += stream[position : position + count] * _MIX[position]
    return _finish(mixed) >> np.uint64(1)  # 63 bits: BIGINT


def _distinct(hashes: Hashes) -> Hashes:
    """Each once, ascending. ``np.unique`` takes ten times as long for the length of an article."""
    hashes.sort()
    is_first = np.ones(len(hashes), dtype=bool)
    np.not_equal(hashes[1:], hashes[:-1], out=is_first[1:])
    return hashes[is_first]


def _finish(values: Hashes) -> Hashes:
    """The finalizer of MurmurHash3 (fmix64): every bit of the sum reaches every bit out."""
    for constant in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        values = (values ^ (values >> np.uint64(33))) * np.uint64(constant)
    return values ^ (values >> np.uint64(33))


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)


@lru_cache(maxsize=2**15)  # most words of a text are those of every text
def _hash_word(word: str) -> int:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")
