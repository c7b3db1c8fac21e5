"""How much each word of the text, and of class names, speaks for or against a story.

The weights are learned (``benchmarks/train_blocks.py``): log odds over publishers, so no single
site's habits count twice. Words are known by hash only. This module reads weights off; it neither
learns nor decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.body.characters import Characters, Floats, Hashes, Ints
from pipeline.parse.body.layout import Layout

LEXICON_COLUMNS = (
    "word weights: mean",
    "word weights: least",
    "word weights: most",
    "word weights: against",
    *(f"{level} names: {how}" for level in ("own", "parent") for how in ("least", "most", "mean")),
    "names around: least",
    "names around: most",
)
_OPENING_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_OPENING_MARK = np.uint64(12345)
_AGAINST_BELOW = 0.7
_NAME_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}")
_NAME_CHARS = 160
_NAME_WORD_CHARS = range(2, 21)
_CACHED_NAMES = 50_000


@lru_cache(maxsize=_CACHED_NAMES)
def name_words(names: str) -> tuple[str, ...]:
    """The distinct lower-case words of an element's class and id, camel case taken apart."""
    words = {word.lower() for word in _NAME_WORDS.findall(names[:_NAME_CHARS])}
    return tuple(sorted(word for word in words if len(word) in _NAME_WORD_CHARS))


def word_keys(chars: Characters) -> tuple[Hashes, Ints]:
    """Keys of the words, and once more of those that begin a run; and the run of each key."""
    words, runs = chars.words, chars.word_text
    if not len(words):
        return words, runs
    first = np.concatenate(([True], runs[:-1] != runs[1:]))
    opening = words[first] * _OPENING_FACTOR + _OPENING_MARK
    return np.concatenate([words, opening]), np.concatenate([runs, runs[first]])


@dataclass(slots=True)
class Lexicon:
    """Weights of words (by sorted key) and of class-name words (own element, any around it)."""

    keys: Hashes
    weights: Floats
    own_names: dict[str, float]
    around_names: dict[str, float]
    _seen: dict[str, tuple[float, float, float, float, float]] = field(default_factory=dict)

    def columns(self, layout: Layout, chars: Characters) -> NDArray[np.float32]:
        """The weights that bear on each run, shape (runs, len(LEXICON_COLUMNS))."""
        text = self._word_columns(chars)
        own, around = self._element_weights(layout)
        element = np.array([run.container for run in layout.runs], np.int64)
        parent = np.maximum(np.array(layout.parents, np.int64), 0)[element]
        return np.column_stack([text, own[element], own[parent], around[parent]]).astype(np.float32)

    def _word_columns(self, chars: Characters) -> Floats:
        keys, runs = word_keys(chars)
        count = len(chars.word_counts)
        place = np.minimum(np.searchsorted(self.keys, keys), max(len(self.keys) - 1, 0))
        known = self.keys[place] == keys if len(self.keys) else np.zeros(len(keys), bool)
        weights, runs_of = self.weights[place[known]], runs[known]
        total = np.maximum(np.bincount(runs, minlength=count), 1)
        least, most = np.zeros(count), np.zeros(count)
        np.minimum.at(least, runs_of, weights)
        np.maximum.at(most, runs_of, weights)
        mean = np.bincount(runs_of, weights, minlength=count) / total
        against = np.bincount(runs_of, np.minimum(weights + _AGAINST_BELOW, 0), minlength=count)
        return np.column_stack([mean, least, most, against / np.sqrt(total)])

    def _element_weights(self, layout: Layout) -> tuple[Floats, Floats]:
        """Per element: (least, most, mean) of its own names, (least, most) of it and all around."""
        own: list[tuple[float, float, float]] = []
        around: list[tuple[float, float]] = []
        seen = self._seen
        for names, parent in zip(layout.names, layout.parents, strict=True):
            weights = seen.get(names)
            if weights is None:
                weights = seen[names] = self._name_weights(names)
            least, most, mean, low, high = weights
            if parent >= 0:
                above = around[parent]
                low, high = min(low, above[0]), max(high, above[1])
                around.append((low, high))
            else:
                around.append((0.0, 0.0))
            own.append((least, most, mean))
        if len(seen) > _CACHED_NAMES:
            seen.clear()
        return np.array(own), np.array(around)

    def _name_weights(self, names: str) -> tuple[float, float, float, float, float]:
        words = name_words(names)
        own = [self.own_names.get(word, 0.0) for word in words] or [0.0]
        around = [self.around_names.get(word, 0.0) for word in words]
        low, high = min(0.0, *own), max(0.0, *own)
        return low, high, sum(own) / len(own), min(0.0, *around, 0.0), max(0.0, *around, 0.0)
