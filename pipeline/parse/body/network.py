"""A small network that scores every run of a page, seeing its neighbours and its container.

Two layers over each run's numbers; the second also sees what the first made of the six runs
around it, and its means over the run's parent, grandparent, look-alikes and page. Weights are
plain arrays in ``weights.npz`` (no pickle), made by ``benchmarks/train_blocks.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.parse.body.characters import Floats
from pipeline.parse.body.features import PageFacts
from pipeline.parse.body.groups import Group
from pipeline.parse.body.lexicon import Lexicon

Array = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("weights.npz")
OFFSETS = (-3, -2, -1, 1, 2, 3)
"""Neighbours whose messages a run sees."""
PARAMETERS = ("w1", "b1", "wa", "ba", "wz", "bz", "w2", "b2", "wo", "bo")
"""First layer, its own guess, its message to others, second layer, output."""
GROUPS = ("parent", "grandparent", "look_and_parent", "page")
"""Groups of runs whose mean message each of them sees."""
_CLIP = 5.0
_MOST_ODDS = 50.0


Net = dict[str, Array]


@dataclass(slots=True)
class Model:
    """Everything that ``benchmarks/train_blocks.py`` learned."""

    lexicon: Lexicon
    mean: Array
    scale: Array
    nets: Net
    """Parameters of all networks, one behind the other along the first axis."""

    def rows(self, facts: PageFacts) -> Array:
        """The networks' input: the page's rows and the lexicon's columns, normalized."""
        lexicon = self.lexicon.columns(facts.layout, facts.chars, facts.places.elements)
        return self.normalized(np.concatenate([facts.rows, lexicon], axis=1))

    def normalized(self, table: Array) -> Array:
        """Columns with mean 0 and deviation 1 over the training pages, outliers cut."""
        found = table - self.mean
        found /= self.scale
        return _held(found, _CLIP)

    def scores(self, facts: PageFacts) -> Floats:
        """The probability that a run is part of the story, per run: by the networks' mean."""
        groups = [getattr(facts.groups, name) for name in GROUPS]
        logits = forward(self.nets, self.rows(facts), groups, run_weights(facts)).mean(axis=0)
        return np.asarray(_likely(logits), np.float64)


def run_weights(facts: PageFacts) -> Array:
    """The weight of each run in the means over groups."""
    return np.sqrt(facts.places.mass + 1).astype(np.float32)


def stacked(nets: Sequence[Net]) -> Net:
    """The parameters of several networks as one."""
    return {key: np.stack([net[key] for net in nets]) for key in PARAMETERS}


def forward(nets: Net, rows: Array, groups: Sequence[Group], weights: Array) -> Array:
    """Log odds of every run by every network, shape (networks, runs)."""
    hidden = rows @ nets["w1"]
    hidden += _row(nets["b1"])
    np.maximum(hidden, 0, out=hidden)
    count, runs, first = hidden.shape
    width = nets["wz"].shape[2] + 1
    reach = OFFSETS[-1]
    messages = np.zeros((count, runs + 2 * reach, width), np.float32)
    here = messages[:, reach : reach + runs]
    _say(nets, hidden, here)
    seen = np.empty((count, runs, nets["w2"].shape[1]), np.float32)
    seen[:, :, :first] = hidden
    for offset in OFFSETS:
        at = reach + offset
        seen[:, :, first : first + width] = messages[:, at : at + runs]
        first += width
    weighted = np.empty((runs, count * width + 1), np.float32)
    by_run = weighted[:, :-1].reshape(runs, count, width)
    np.multiply(here.transpose(1, 0, 2), weights[:, None, None], out=by_run)
    weighted[:, -1] = weights
    for group in groups:
        means = group.means(weighted).reshape(runs, count, width)
        seen[:, :, first : first + width] = means.transpose(1, 0, 2)
        first += width
    second = seen @ nets["w2"]
    second += _row(nets["b2"])
    np.maximum(second, 0, out=second)
    return np.asarray((second @ nets["wo"] + _row(nets["bo"]))[:, :, 0], np.float32)


def _say(nets: Net, hidden: Array, messages: Array) -> None:
    """Write down what each run tells others: some numbers, and its own guess."""
    said = hidden @ nets["wz"]
    said += _row(nets["bz"])
    np.maximum(said, 0, out=messages[:, :, :-1])
    guess = hidden @ nets["wa"]
    guess += _row(nets["ba"])
    messages[:, :, -1:] = _likely(guess)


def _likely(logits: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-_held(logits, _MOST_ODDS))), np.float32)


def _held(values: Array, most: float) -> Array:
    """The values, cut at ``-most`` and ``most`` in place: ``np.clip`` takes twice as long."""
    np.maximum(values, -most, out=values)
    return np.minimum(values, most, out=values)


def _row(bias: Array) -> Array:
    return bias[:, None, :]


@cache
def load_model(path: Path = WEIGHTS) -> Model | None:
    """The trained model, None where its weights are missing or not what this module reads.

    It holds BLAS to one thread from here on: a page's matrices are too small to share (two threads
    cost three times the CPU), and workers are one process a core.
    """
    threadpool_limits(1, user_api="blas")
    try:
        with np.load(path, allow_pickle=False) as data:
            return _model({key: data[key] for key in data})
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def _model(arrays: dict[str, NDArray[Any]]) -> Model:
    names = bytes(arrays["names"]).decode().split("\n")
    own, around = arrays["own_names"].tolist(), arrays["around_names"].tolist()
    lexicon = Lexicon(
        keys=arrays["word_keys"],
        weights=arrays["word_weights"].astype(np.float64),
        own_names=dict(zip(names, own, strict=True)),
        around_names=dict(zip(names, around, strict=True)),
    )
    nets = {key: arrays[key].astype(np.float32) for key in PARAMETERS}
    return Model(lexicon, arrays["mean"], arrays["scale"], nets)
