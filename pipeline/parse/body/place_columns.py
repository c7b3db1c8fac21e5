"""Columns of where a run stands: how much story its surroundings hold, and where it is in them."""

from __future__ import annotations

import numpy as np

from pipeline.parse.body.characters import Floats
from pipeline.parse.body.groups import Groups
from pipeline.parse.body.layout import Layout
from pipeline.parse.body.places import Places

PLACE_COLUMNS = (
    "depth",
    *(
        f"{level}: {what}"
        for level in ("parent", "grandparent", "great-grandparent")
        for what in ("running share", "clean share", "running density", "link density", "runs")
    ),
)
LOOK_ALIKE_COLUMNS = tuple(
    f"{alike}: {what}"
    for alike in ("same kind", "same kind and parent")
    for what in ("share", "clean", "runs", "mean mass")
)
PICTURE_COLUMNS = (
    "images before",
    "images after",
    "own: images",
    "parent: images",
    "parent: images a run",
)
POSITION_COLUMNS = (
    "in main",
    "before main",
    "into main",
    "below main",
    "headline known",
    "after headline",
    "is headline",
    "from headline",
    "through page",
    "running before",
    "clean before",
    "page runs",
    "page running",
    "page clean",
)
_MAX_GAP = 40
_MAX_IMAGES = 3.0


def place_columns(where: Places) -> list[Floats]:
    """PLACE_COLUMNS: how much story the elements around a run hold."""
    at = where.elements
    total = max(float(where.element_running[0]), 1.0)
    clean = max(float(where.element_clean[0]), 1.0)
    around = np.stack((at.parent, at.grandparent, at.parents[at.grandparent]))
    mass = np.maximum(where.element_mass[around], 1.0)
    running = where.element_running[around]
    levels = np.empty((len(around), 5, len(at.own)))
    np.divide(running, total, out=levels[:, 0])
    np.divide(where.element_clean[around], clean, out=levels[:, 1])
    np.divide(running, mass, out=levels[:, 2])
    np.divide(where.element_links[around], mass, out=levels[:, 3])
    np.log1p((at.end - at.first)[around], out=levels[:, 4])
    return [at.depths[at.own] / 20, levels.reshape(-1, len(at.own))]


def look_alike_columns(groups: Groups, where: Places) -> Floats:
    """LOOK_ALIKE_COLUMNS: share of the page's running text in runs whose element, and parent, look
    the same."""
    total = max(float(where.element_running[0]), 1.0)
    table = np.empty((len(LOOK_ALIKE_COLUMNS), len(where.mass)))
    for first, alike in ((0, groups.look), (4, groups.look_and_parent)):
        count = alike.sizes[alike.numbers]
        np.divide(alike.sums(where.running), total, out=table[first])
        np.divide(alike.sums(where.clean), total, out=table[first + 1])
        np.log1p(count, out=table[first + 2])
        np.log1p(alike.sums(where.mass) / count, out=table[first + 3])
    return table


def picture_columns(layout: Layout, where: Places) -> Floats:
    """PICTURE_COLUMNS: images right before and after the run, and inside its parent."""
    at, count = where.elements, len(where.mass)
    table = np.zeros((len(PICTURE_COLUMNS), count))
    pictures = layout.pictures
    if not pictures:
        return table
    spots = np.fromiter([p.next_run for p in pictures], np.int64, len(pictures))
    holders = np.fromiter([p.container for p in pictures], np.int64, len(pictures))
    here = np.bincount(spots, minlength=count + 1)
    held = np.bincount(holders, minlength=len(at.parents))
    sums = np.zeros(count + 2, np.int64)
    np.cumsum(here, out=sums[1:])
    first, end = at.first[at.parent], at.end[at.parent]
    inside = sums[np.minimum(end + 1, count + 1)] - sums[first]
    table[0] = here[:count]
    table[1] = here[1:]
    table[2] = held[at.own]
    table[3] = held[at.parent]
    np.divide(inside, np.maximum(end - first, 1), out=table[4])
    return np.minimum(table, _MAX_IMAGES, out=table)


def position_columns(where: Places) -> Floats:
    """POSITION_COLUMNS: where the run stands against the headline, the main element and the
    page's end."""
    at, count = where.elements, len(where.mass)
    index = np.arange(count)
    first, end = int(at.first[where.main]), int(at.end[where.main])
    headline = where.headline_run
    far = np.maximum(np.minimum(index - max(headline, 0), _MAX_GAP), -_MAX_GAP)
    running, clean = float(where.running.sum()), float(where.clean.sum())
    below = at.depths[at.own] - at.depths[where.main]
    table = np.zeros((len(POSITION_COLUMNS), count))
    table[0, first:end] = 1.0
    table[1, :first] = 1.0
    table[2] = np.maximum(np.minimum((index - first) / max(end - first, 1), 2), -1)
    table[3] = np.maximum(np.minimum(below, 10), -5) / 5
    table[4] = headline >= 0
    table[5, headline + 1 :] = 1.0
    if headline >= 0:
        table[6, headline] = 1.0
    table[7] = np.sign(far) * np.log1p(np.abs(far))
    np.divide(index, count, out=table[8])
    np.divide(np.cumsum(where.running) - where.running, max(running, 1.0), out=table[9])
    np.divide(np.cumsum(where.clean) - where.clean, max(clean, 1.0), out=table[10])
    table[11] = np.log1p(count)
    table[12] = np.log1p(running)
    table[13] = clean / max(running, 1.0)
    return table
