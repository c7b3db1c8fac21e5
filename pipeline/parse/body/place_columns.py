"""Columns of where a run stands: how much story its surroundings hold, and where it is in them."""

from __future__ import annotations

import numpy as np

from pipeline.parse.body.characters import Floats
from pipeline.parse.body.groups import Groups
from pipeline.parse.body.layout import Layout
from pipeline.parse.body.places import Places

_MAX_GAP = 40
_MAX_IMAGES = 3.0


def place_columns(where: Places) -> dict[str, Floats]:
    """How much story the elements around a run hold."""
    at = where.elements
    total = max(float(where.element_running[0]), 1.0)
    clean = max(float(where.element_clean[0]), 1.0)
    columns: dict[str, Floats] = {"depth": at.depths[at.own] / 20}
    great = at.parents[at.grandparent]
    for level, element in (
        ("parent", at.parent),
        ("grandparent", at.grandparent),
        ("great-grandparent", great),
    ):
        mass = np.maximum(where.element_mass[element], 1.0)
        running = where.element_running[element]
        columns[f"{level}: running share"] = running / total
        columns[f"{level}: clean share"] = where.element_clean[element] / clean
        columns[f"{level}: running density"] = running / mass
        columns[f"{level}: link density"] = where.element_links[element] / mass
        columns[f"{level}: runs"] = np.log1p(at.end[element] - at.first[element])
    return columns


def look_alike_columns(groups: Groups, where: Places) -> dict[str, Floats]:
    """Share of the page's running text in runs whose element, and parent, look the same."""
    total = max(float(where.element_running[0]), 1.0)
    columns: dict[str, Floats] = {}
    for name, alike in (
        ("same kind", groups.look),
        ("same kind and parent", groups.look_and_parent),
    ):
        count = alike.sizes[alike.numbers]
        columns[f"{name}: share"] = alike.sums(where.running) / total
        columns[f"{name}: clean"] = alike.sums(where.clean) / total
        columns[f"{name}: runs"] = np.log1p(count)
        columns[f"{name}: mean mass"] = np.log1p(alike.sums(where.mass) / count)
    return columns


def picture_columns(layout: Layout, where: Places) -> dict[str, Floats]:
    """Images right before and after the run, and inside its parent."""
    at, count = where.elements, len(where.mass)
    spots = np.array([picture.next_run for picture in layout.pictures], np.int64)
    holders = np.array([picture.container for picture in layout.pictures], np.int64)
    here = np.bincount(spots, minlength=count + 1)[: count + 1]
    held = np.bincount(holders, minlength=len(at.parents))
    sums = np.concatenate(([0], np.cumsum(here)))
    first, end = at.first[at.parent], at.end[at.parent]
    inside = sums[np.minimum(end + 1, count + 1)] - sums[first]
    return {
        "images before": np.minimum(here[:count], _MAX_IMAGES),
        "images after": np.minimum(here[1:], _MAX_IMAGES),
        "own: images": np.minimum(held[at.own], _MAX_IMAGES),
        "parent: images": np.minimum(held[at.parent], _MAX_IMAGES),
        "parent: images a run": np.minimum(inside / np.maximum(end - first, 1), _MAX_IMAGES),
    }


def position_columns(where: Places) -> dict[str, Floats]:
    """Where the run stands against the headline, the main element and the page's end."""
    at, count = where.elements, len(where.mass)
    index = np.arange(count)
    first, end = int(at.first[where.main]), int(at.end[where.main])
    headline = where.headline_run
    far = np.clip(index - max(headline, 0), -_MAX_GAP, _MAX_GAP)
    running, clean = float(where.running.sum()), float(where.clean.sum())
    below = at.depths[at.own] - at.depths[where.main]
    return {
        "in main": ((index >= first) & (index < end)) * 1.0,
        "before main": (index < first) * 1.0,
        "into main": np.clip((index - first) / max(end - first, 1), -1, 2),
        "below main": np.clip(below, -5, 10) / 5,
        "headline known": np.full(count, float(headline >= 0)),
        "after headline": (index > headline) * 1.0,
        "is headline": (index == headline) * 1.0,
        "from headline": np.sign(far) * np.log1p(np.abs(far)),
        "through page": index / count,
        "running before": (np.cumsum(where.running) - where.running) / max(running, 1.0),
        "clean before": (np.cumsum(where.clean) - where.clean) / max(clean, 1.0),
        "page runs": np.full(count, np.log1p(count)),
        "page running": np.full(count, np.log1p(running)),
        "page clean": np.full(count, clean / max(running, 1.0)),
    }
