"""Where each run stands: traits of the elements around it, and how much story they hold.

Everything is computed per element once, then read off for the runs inside. It knows nothing of
the classifier that reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.parse.body.characters import (
    COMMA,
    STOP,
    Characters,
    Floats,
    Ints,
)
from pipeline.parse.body.layout import Layout
from pipeline.parse.body.run_numbers import RunNumbers
from pipeline.parse.markup.traits import BIT, FURNITURE_MASK

_LONG_MASS = 80.0
_MAIN_SHARE = 0.5
_WHOLE_PAGE_SHARE = 0.7
_COMMENT = BIT["comment"]
"""Readers may write most of a page's text, so their mark is excused by the headline only."""
_HARD = FURNITURE_MASK | BIT["caption"] | BIT["paywall"]


@dataclass(frozen=True, slots=True)
class Elements:
    """The lists of a :class:`Layout` as arrays, and each run's element and what is above it."""

    parents: Ints
    """The root is its own parent."""
    first: Ints
    end: Ints
    depths: Ints
    own: Ints
    """Element of each run."""
    parent: Ints
    grandparent: Ints


def elements(layout: Layout, own: Ints) -> Elements:
    """The arrays of ``layout``; ``own`` is each run's element."""
    parents = np.maximum(_ints(layout.parents), 0)
    parent = parents[own]
    return Elements(
        parents=parents,
        first=_ints(layout.first_runs),
        end=_ints(layout.end_runs),
        depths=_ints(layout.depths),
        own=own,
        parent=parent,
        grandparent=parents[parent],
    )


def _ints(values: list[int]) -> Ints:
    return np.fromiter(values, np.int64, len(values))


@dataclass(frozen=True, slots=True)
class Places:
    """Facts of runs (one entry a run) and of elements (one entry an element)."""

    mass: Floats
    """Length in letters of alphabetic text, per run."""
    running: Floats
    """Mass where the run reads like sentences and is not a link, else 0, per run."""
    clean: Floats
    """Running mass outside elements that speak against it, per run."""
    traits: Ints
    """Bits of all elements around the run that hold part of the page only."""
    near: Ints
    """Bits of the run's own element and its parent."""
    own: Ints
    element_mass: Floats
    element_running: Floats
    element_clean: Floats
    element_links: Floats
    main: int
    """The smallest element with most of the clean text."""
    headline_run: int
    """-1 when the headline is not on the page."""
    elements: Elements


def places(layout: Layout, numbers: RunNumbers, chars: Characters, headline_run: int) -> Places:
    """Masses and traits of everything in ``layout``."""
    arrays = elements(layout, numbers.containers)
    first, end = arrays.first, arrays.end
    counts = chars.counts
    mass = chars.mass
    link_share = numbers.link_chars / np.maximum(chars.lengths, 1)
    sentences = counts[:, STOP] + counts[:, COMMA] > 0
    running = np.where((mass >= _LONG_MASS) & (link_share < 0.5) & sentences, mass, 0.0)
    element_mass, element_running, element_links = _inside(
        np.stack((mass, running, numbers.link_chars)), first, end
    )
    own_traits = _ints(layout.traits)
    holds_headline = (first <= headline_run) & (headline_run < end)
    holds_all = element_running >= _WHOLE_PAGE_SHARE * max(running.sum(), 1.0)
    own_traits = np.where(holds_headline, own_traits & ~_HARD, own_traits)
    own_traits = np.where(holds_all, own_traits & ~_HARD | own_traits & _COMMENT, own_traits)
    own_traits[0] &= ~_HARD
    inherited = _inherit(layout.parents, own_traits.tolist())
    inline = numbers.traits
    traits = _ints(inherited)[arrays.own] | inline
    own = own_traits[arrays.own] | inline
    clean = np.where(traits & _HARD, 0.0, running)
    element_clean = _inside(clean[None], first, end)[0]
    return Places(
        mass=mass,
        running=running,
        clean=clean,
        traits=traits,
        near=own | own_traits[arrays.parent],
        own=own,
        element_mass=element_mass,
        element_running=element_running,
        element_clean=element_clean,
        element_links=element_links,
        main=_main_element(arrays.depths, element_clean, element_running),
        headline_run=headline_run,
        elements=arrays,
    )


def _inside(values: Floats, first: Ints, end: Ints) -> Floats:
    """Sums of the rows of ``values`` (one column a run) over the runs of every element."""
    sums = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values, axis=1, out=sums[:, 1:])
    return np.asarray(sums.take(end, axis=1) - sums.take(first, axis=1), np.float64)


def _inherit(parents: list[int], own: list[int]) -> list[int]:
    """Own bits and those of all ancestors; parents come before their children."""
    inherited = own
    for index in range(1, len(parents)):
        inherited[index] |= inherited[parents[index]]
    return inherited


def _main_element(depths: Ints, clean: Floats, running: Floats) -> int:
    """The deepest element that holds at least half of the page's clean (else running) text."""
    held = clean if clean[0] > 0 else running
    enough = np.flatnonzero(held >= max(_MAIN_SHARE * held[0], 1.0))
    if not len(enough):
        return 0
    return int(enough[np.argmax(depths[enough])])
