"""Runs that belong together: under one parent, under one grandparent, of one look, on one page.

Each grouping is sorted once and then used for sums and means of any number of columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.body.characters import Floats, Ints
from pipeline.parse.body.layout import Layout
from pipeline.parse.body.places import Elements

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Group:
    """A division of the runs into groups, numbered from 0."""

    numbers: Ints
    """Group of each run."""
    order: Ints
    """The runs, group by group."""
    starts: Ints
    """Where each group begins in ``order``."""

    @property
    def sizes(self) -> Ints:
        """Runs of each group."""
        return np.bincount(self.numbers)

    def sums(self, values: Floats) -> Floats:
        """The sum of ``values`` (one a run) over each run's group, per run."""
        found: Floats = np.bincount(self.numbers, values).astype(np.float64)[self.numbers]
        return found

    def means(self, weighted: Array) -> Array:
        """Weighted means over each run's group, per run, of the columns of ``weighted`` but the
        last: that is the weights, and the others are values times the weights."""
        sums = np.add.reduceat(weighted[self.order], self.starts)
        found = sums[:, :-1] / sums[:, -1:]
        return np.asarray(found[self.numbers], np.float32)


def group(keys: Ints) -> Group:
    """Runs with equal keys, which must not be empty."""
    order = keys.argsort(kind="stable")
    found = keys[order]
    changes = np.zeros(len(keys), bool)
    np.not_equal(found[1:], found[:-1], out=changes[1:])
    numbers = np.empty(len(keys), np.int64)
    numbers[order] = changes.cumsum()
    changes[0] = True
    return Group(numbers, order, changes.nonzero()[0])


def _one_group(runs: int) -> Group:
    """All runs of a page together."""
    return Group(np.zeros(runs, np.int64), np.arange(runs), np.zeros(1, np.int64))


@dataclass(frozen=True, slots=True)
class Groups:
    """How the runs of a page belong together."""

    parent: Group
    grandparent: Group
    look: Group
    """Element of the same tag and class."""
    look_and_parent: Group
    """The same, in a parent of the same tag and class."""
    page: Group


def page_groups(layout: Layout, where: Elements) -> Groups:
    """The groups of the runs of ``layout``, which has at least one."""
    kinds = np.fromiter(layout.kinds, np.int64, len(layout.kinds))
    look = kinds[where.own]
    both = look * (int(kinds.max()) + 1) + kinds[where.parent]
    return Groups(
        parent=group(where.parent),
        grandparent=group(where.grandparent),
        look=group(look),
        look_and_parent=group(both),
        page=_one_group(len(look)),
    )
