"""How much each word of the text, and of class names, speaks for or against a story.

The weights are learned (``benchmarks/train_blocks.py``): log odds over publishers, so no single
site's habits count twice. Words are known by hash only. This module reads weights off; it neither
learns nor decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.body.characters import Characters, Floats, Hashes, Ints
from pipeline.parse.body.layout import Layout
from pipeline.parse.body.places import Elements
from pipeline.parse.markup.names import words_of, words_of_each

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
_NAME_CHARS = 160
_MAX_NAME_WORD_CHARS = 20
_CACHED_NAMES = 50_000


def name_words(names: str) -> tuple[str, ...]:
    """The distinct lower-case words of an element's class and id, camel case taken apart."""
    distinct = dict.fromkeys(words_of(names[:_NAME_CHARS]))
    return tuple([word for word in distinct if 2 <= len(word) <= _MAX_NAME_WORD_CHARS])


def word_keys(chars: Characters) -> tuple[Hashes, Ints]:
    """Keys of the words, and once more of those that begin a run; and the run of each key."""
    words, runs = chars.words, chars.word_text
    if not len(words):
        return words, runs
    first = np.concatenate(([True], runs[:-1] != runs[1:]))
    opening = opening_keys(words[first])
    return np.concatenate([words, opening]), np.concatenate([runs, runs[first]])


def opening_keys(words: Hashes) -> Hashes:
    """The keys of words as the first of their run."""
    return words * _OPENING_FACTOR + _OPENING_MARK


@dataclass(slots=True)
class Lexicon:
    """Weights of words (by sorted key) and of class-name words (own element, any around it)."""

    keys: Hashes
    weights: Floats
    own_names: dict[str, float]
    around_names: dict[str, float]
    _seen: dict[str, int] = field(default_factory=dict)
    """Names that were read, and where their weights stand in the table."""
    _table: Floats = field(default_factory=lambda: np.zeros((_CACHED_NAMES, 5)))
    _of_word: dict[str, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own, around = self.own_names, self.around_names
        self._of_word = {
            word: (own.get(word, 0.0), around.get(word, 0.0)) for word in own.keys() | around.keys()
        }

    def columns(self, layout: Layout, chars: Characters, where: Elements) -> NDArray[np.float32]:
        """The weights that bear on each run, shape (runs, len(LEXICON_COLUMNS))."""
        own, around = self._element_weights(layout)
        columns = np.empty((len(where.own), len(LEXICON_COLUMNS)), np.float32)
        columns[:, :4] = self._word_columns(chars)
        columns[:, 4:7] = own[where.own]
        columns[:, 7:10] = own[where.parent]
        columns[:, 10:] = around[where.parent]
        return columns

    def _word_columns(self, chars: Characters) -> Floats:
        """Mean, least, most and summed doubt of the weights of a run's words and its opening."""
        with_words = chars.word_counts.nonzero()[0]
        columns = np.zeros((len(chars.word_counts), 4))
        if not len(with_words):
            return columns
        starts = (chars.word_counts.cumsum() - chars.word_counts)[with_words]
        words = self._weights(chars.vocabulary)[chars.word_numbers]
        opening = self._weights(opening_keys(chars.words[starts]))
        total = chars.word_counts[with_words] + 1
        doubt = np.minimum(words + _AGAINST_BELOW, 0)
        doubts = np.add.reduceat(doubt, starts) + np.minimum(opening + _AGAINST_BELOW, 0)
        columns[with_words, 0] = (np.add.reduceat(words, starts) + opening) / total
        columns[with_words, 1] = np.minimum(np.minimum.reduceat(words, starts), opening)
        columns[with_words, 2] = np.maximum(np.maximum.reduceat(words, starts), opening)
        columns[with_words, 3] = doubts / np.sqrt(total)
        columns[:, 1] = np.minimum(columns[:, 1], 0)
        columns[:, 2] = np.maximum(columns[:, 2], 0)
        return columns

    def _weights(self, keys: Hashes) -> Floats:
        """The weight of each key, 0 where it is unknown."""
        if not len(self.keys):
            return np.zeros(len(keys))
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[place] == keys, self.weights[place], 0.0)

    def _element_weights(self, layout: Layout) -> tuple[Floats, Floats]:
        """Per element: (least, most, mean) of its own names, (least, most) of it and all around.

        Nobody asks after an element without runs, so its names are not read.
        """
        names_of, parents = layout.names, layout.parents
        spans = zip(layout.first_runs, layout.end_runs, strict=True)
        held = [element for element, (first, end) in enumerate(spans) if first < end]
        places = self._places_of([names_of[element] for element in held])
        weights = np.zeros((len(parents), 5))
        weights[held] = self._table[places]
        least, most = weights[:, 3].tolist(), weights[:, 4].tolist()
        least[0] = most[0] = 0.0
        for element in held:
            parent = parents[element]
            if element:
                if least[parent] < least[element]:
                    least[element] = least[parent]
                if most[parent] > most[element]:
                    most[element] = most[parent]
        return weights[:, :3], np.array([least, most]).T

    def _places_of(self, each: list[str]) -> list[int]:
        """The places in the table of names, of which some are read for the first time."""
        seen = self._seen
        fresh = [names for names in dict.fromkeys(each) if names not in seen]
        if len(seen) + len(fresh) > len(self._table):
            seen.clear()
            self._table = np.zeros((max(_CACHED_NAMES, len(fresh)), 5))
            fresh = list(dict.fromkeys(each))
        words = words_of_each([names[:_NAME_CHARS] for names in fresh])
        weights = [self._weights_of_names(of_names) for of_names in words]
        first = len(seen)
        self._table[first : first + len(fresh)] = np.array(weights).reshape(-1, 5)
        seen.update(zip(fresh, range(first, first + len(fresh)), strict=True))
        return [seen[names] for names in each]

    def _weights_of_names(self, words: list[str]) -> tuple[float, float, float, float, float]:
        least = most = total = least_around = most_around = 0.0
        counted = 0
        of_word = self._of_word.get
        # Half of a page's names are read for the first time, so no calls of ours in the loop.
        for word in dict.fromkeys(words):
            counted += 2 <= len(word) <= _MAX_NAME_WORD_CHARS
            if weights := of_word(word):
                own, around = weights
                total += own
                if own < least:
                    least = own
                elif own > most:
                    most = own
                if around < least_around:
                    least_around = around
                elif around > most_around:
                    most_around = around
        return least, most, total / max(counted, 1), least_around, most_around
