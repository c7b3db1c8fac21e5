"""Each run as a row of numbers for the classifier: its text, its words, its place.

No column depends on a language or a site. Rows are made for a whole page at once. What the
columns are stands in :mod:`~pipeline.parse.body.text_columns`, ``word_columns`` and
``place_columns``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.body.characters import Characters, Floats, Ints, characters
from pipeline.parse.body.groups import Groups, page_groups
from pipeline.parse.body.layout import Layout
from pipeline.parse.body.place_columns import (
    look_alike_columns,
    picture_columns,
    place_columns,
    position_columns,
)
from pipeline.parse.body.places import Places, places
from pipeline.parse.body.text_columns import neighbour_columns, text_columns
from pipeline.parse.body.word_columns import PageWords, headline_run, word_columns
from pipeline.parse.markup.traits import TRAITS

_BITS = np.arange(len(TRAITS), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Hints:
    """What other evidence says of the story: headline, description, text of ``articleBody``."""

    headline: str = ""
    description: str = ""
    article_body: str = ""
    authors: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The table of a page and what it was made from."""

    rows: NDArray[np.float32]
    """(runs, columns)"""
    layout: Layout
    chars: Characters
    places: Places
    groups: Groups


def page_facts(layout: Layout, hints: Hints) -> PageFacts:
    """Rows of all runs of ``layout``, which has at least one."""
    texts = [run.text for run in layout.runs]
    given = (hints.headline, hints.description, hints.authors, hints.site, hints.article_body)
    counted = characters([*texts, *given])
    chars = counted.only(len(texts))
    hinted = [counted.numbers_of(len(texts) + place) for place in range(len(given))]
    words = PageWords(len(hints.article_body), *hinted)
    where = places(layout, chars, headline_run(layout.runs, chars, words))
    groups = page_groups(layout, where.elements)
    columns: dict[str, Floats] = {}
    columns.update(text_columns(layout.runs, chars, where))
    columns.update(place_columns(where))
    columns.update(look_alike_columns(groups, where))
    columns.update(picture_columns(layout, where))
    columns.update(position_columns(where))
    columns.update(word_columns(chars, where, words))
    columns.update(neighbour_columns(columns, where))
    table = np.array(list(columns.values()), np.float32).T
    rows = np.concatenate([table, _bits(where.traits), _bits(where.near)], axis=1)
    return PageFacts(rows, layout, chars, where, groups)


def _bits(traits: Ints) -> NDArray[np.float32]:
    found: NDArray[np.float32] = ((traits[:, None] >> _BITS) & 1).astype(np.float32)
    return found
