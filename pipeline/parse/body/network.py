"""A small network that scores every run of a page, seeing its neighbours and its container.

Two layers over each run's numbers; the second also sees what the first made of the six runs
around it, and its means over the run's parent, grandparent, look-alikes and page. Weights are
plain arrays in ``weights.npz`` (no pickle), made by ``benchmarks/train_blocks.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.body.characters import Floats, Ints
from pipeline.parse.body.features import PageFacts
from pipeline.parse.body.lexicon import Lexicon

Array = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("weights.npz")
OFFSETS = (-3, -2, -1, 1, 2, 3)
"""Neighbours whose messages a run sees."""
PARAMETERS = ("w1", "b1", "wa", "ba", "wz", "bz", "w2", "b2", "wo", "bo")
"""First layer, its own guess, its message to others, second layer, output."""
_CLIP = 5.0


@dataclass(frozen=True, slots=True)
class Groups:
    """Group numbers of each run (one array a kind of group), and the runs' weights in means."""

    numbers: tuple[Ints, ...]
    weights: Array


@dataclass(slots=True)
class Model:
    """Everything that ``benchmarks/train_blocks.py`` learned."""

    lexicon: Lexicon
    mean: Array
    scale: Array
    nets: tuple[dict[str, Array], ...]

    def rows(self, facts: PageFacts) -> Array:
        """The network's input: the page's rows and the lexicon's columns, normalized."""
        lexicon = self.lexicon.columns(facts.layout, facts.chars)
        return self.normalized(np.hstack([facts.rows, lexicon]))

    def normalized(self, table: Array) -> Array:
        """Columns with mean 0 and deviation 1 over the training pages, outliers cut."""
        clipped: Array = np.clip((table - self.mean) / self.scale, -_CLIP, _CLIP)
        return clipped

    def scores(self, facts: PageFacts) -> Floats:
        """The probability that a run is part of the story, per run."""
        rows, groups = self.rows(facts), page_groups(facts)
        logits = np.mean([forward(net, rows, groups) for net in self.nets], axis=0)
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -50, 50))), np.float64)


def page_groups(facts: PageFacts) -> Groups:
    """Parent, grandparent, look-alikes and page of every run."""
    layout = facts.layout
    element = np.array([run.container for run in layout.runs], np.int64)
    parents = np.maximum(np.array(layout.parents, np.int64), 0)
    kinds = np.array(layout.kinds, np.int64)
    parent = parents[element]
    pair = kinds[element] * (int(kinds.max()) + 1) + kinds[parent]
    numbers = (parent, parents[parent], pair, np.zeros(len(element), np.int64))
    return Groups(numbers, np.sqrt(facts.places.mass + 1).astype(np.float32))


def forward(net: dict[str, Array], rows: Array, groups: Groups) -> Array:
    """Log odds of every run."""
    hidden = np.maximum(rows @ net["w1"] + net["b1"], 0)
    guess = 1 / (1 + np.exp(-np.clip(hidden @ net["wa"] + net["ba"], -50, 50)))
    message = np.hstack([np.maximum(hidden @ net["wz"] + net["bz"], 0), guess])
    seen = [hidden, *(_shifted(message, offset) for offset in OFFSETS)]
    seen += [_group_means(message, numbers, groups.weights) for numbers in groups.numbers]
    second = np.maximum(np.hstack(seen) @ net["w2"] + net["b2"], 0)
    logits: Array = (second @ net["wo"] + net["bo"])[:, 0]
    return logits


def _shifted(values: Array, offset: int) -> Array:
    """Row ``i`` is row ``i + offset``, zeros beyond the page."""
    moved = np.zeros_like(values)
    if abs(offset) >= len(values):
        return moved
    if offset > 0:
        moved[:-offset] = values[offset:]
    else:
        moved[-offset:] = values[:offset]
    return moved


def _group_means(values: Array, numbers: Ints, weights: Array) -> Array:
    """The weighted mean over a row's group, for every row."""
    _, inverse = np.unique(numbers, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    starts = np.flatnonzero(np.diff(inverse[order], prepend=-1))
    total: Array = np.add.reduceat(weights[order], starts)
    sums: Array = np.add.reduceat((values * weights[:, None])[order], starts)
    means: Array = sums / total[:, None]
    return means[inverse]


@cache
def load_model(path: Path = WEIGHTS) -> Model | None:
    """The trained model, None where its weights are missing or of another shape."""
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = dict(data)
    except (OSError, ValueError):
        return None
    names = bytes(arrays["names"]).decode().split("\n")
    own, around = arrays["own_names"].tolist(), arrays["around_names"].tolist()
    lexicon = Lexicon(
        keys=arrays["word_keys"],
        weights=arrays["word_weights"].astype(np.float64),
        own_names=dict(zip(names, own, strict=True)),
        around_names=dict(zip(names, around, strict=True)),
    )
    count = int(arrays["nets"])
    nets = tuple(
        {key: arrays[f"net{index}_{key}"].astype(np.float32) for key in PARAMETERS}
        for index in range(count)
    )
    return Model(lexicon, arrays["mean"], arrays["scale"], nets)
