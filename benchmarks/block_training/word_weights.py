"""Learns the weights of words and class names: log odds over publishers.

Counts are kept per fold, so that a page's own fold, and the fold it is measured in, can be left
out of the weights it is trained or measured with.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

import numpy as np

from block_training.samples import FOLDS, Sample
from pipeline.parse.body.lexicon import Lexicon, name_words, word_keys

MIN_PUBLISHERS = 5
_PRIOR = 2.0
_MAX_LOG_ODDS = 4.0
_OWN, _AROUND = 0, 1


class WordCounts:
    """In how many publishers' stories, and outside them, each word and name stands."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self.inside: list[Counter[int]] = [Counter() for _ in range(FOLDS)]
        self.outside: list[Counter[int]] = [Counter() for _ in range(FOLDS)]
        self.share: list[list[Counter[str]]] = [_counters(), _counters()]
        self.publishers: list[list[Counter[str]]] = [_counters(), _counters()]
        by_publisher: dict[str, list[Sample]] = defaultdict(list)
        for sample in samples:
            by_publisher[sample.publisher].append(sample)
        for pages in by_publisher.values():
            self._count_words(pages)
            self._count_names(pages)

    def _count_words(self, pages: list[Sample]) -> None:
        inside: set[int] = set()
        outside: set[int] = set()
        for page in pages:
            keys, runs = word_keys(page.chars)
            labelled, story = (page.weights > 0)[runs], (page.labels >= 0.5)[runs]
            inside.update(keys[labelled & story].tolist())
            outside.update(keys[labelled & ~story].tolist())
        self.inside[pages[0].fold].update(inside)
        self.outside[pages[0].fold].update(outside)

    def _count_names(self, pages: list[Sample]) -> None:
        """Weighted share of story under each name; every publisher counts once a name."""
        mass: list[dict[str, list[float]]] = [defaultdict(lambda: [0.0, 0.0]) for _ in range(2)]
        for page in pages:
            layout = page.layout
            for index in np.flatnonzero(page.weights > 0):
                story = int(page.labels[index] >= 0.5)
                weight = float(page.weights[index])
                element = layout.runs[index].container
                for word in name_words(layout.names[element]):
                    mass[_OWN][word][story] += weight
                for word in _names_around(page, element):
                    mass[_AROUND][word][story] += weight
        for level in (_OWN, _AROUND):
            for word, (without, within) in mass[level].items():
                self.share[level][pages[0].fold][word] += within / (without + within)
                self.publishers[level][pages[0].fold][word] += 1

    def lexicon(self, left_out: Collection[int] = ()) -> Lexicon:
        """Weights from all folds but those left out."""
        folds = [fold for fold in range(FOLDS) if fold not in left_out]
        inside, outside = _sum(self.inside, folds), _sum(self.outside, folds)
        keys = [
            key
            for key in inside.keys() | outside.keys()
            if inside[key] + outside[key] >= MIN_PUBLISHERS
        ]
        keys.sort()
        odds = [math.log((inside[key] + 0.5) / (outside[key] + 0.5)) for key in keys]
        own, around = (self._name_weights(level, folds) for level in (_OWN, _AROUND))
        return Lexicon(np.array(keys, np.uint64), np.array(odds), own, around)

    def _name_weights(self, level: int, folds: list[int]) -> dict[str, float]:
        share, publishers = _sum(self.share[level], folds), _sum(self.publishers[level], folds)
        usual = sum(share.values()) / max(sum(publishers.values()), 1)
        weights = {}
        for word, count in publishers.items():
            if count >= MIN_PUBLISHERS:
                likely = (share[word] + usual * _PRIOR) / (count + _PRIOR)
                odds = math.log(likely / (1 - likely)) - math.log(usual / (1 - usual))
                weights[word] = max(-_MAX_LOG_ODDS, min(_MAX_LOG_ODDS, odds))
        return weights


def _counters() -> list[Counter[str]]:
    return [Counter() for _ in range(FOLDS)]


def _sum(counters: list[Counter], folds: list[int]) -> Counter:
    total: Counter = Counter()
    for fold in folds:
        total.update(counters[fold])
    return total


def _names_around(page: Sample, element: int) -> set[str]:
    names: set[str] = set()
    parent = page.layout.parents[element]
    while parent > 0:
        names.update(name_words(page.layout.names[parent]))
        parent = page.layout.parents[parent]
    return names
