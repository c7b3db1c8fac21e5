"""Each run as a row of numbers for the classifier: its text, its words, its place.

No column depends on a language or a site. Columns are made for a whole page at once, several by
one call where that can be: a page has a hundred runs, and to call numpy costs more than what it
then does. What the columns are stands in :mod:`~pipeline.parse.body.text_columns`,
``word_columns`` and ``place_columns``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.body.characters import Characters, Ints, characters
from pipeline.parse.body.groups import Groups, page_groups
from pipeline.parse.body.layout import Layout
from pipeline.parse.body.place_columns import (
    LOOK_ALIKE_COLUMNS,
    PICTURE_COLUMNS,
    PLACE_COLUMNS,
    POSITION_COLUMNS,
    look_alike_columns,
    picture_columns,
    place_columns,
    position_columns,
)
from pipeline.parse.body.places import Places, places
from pipeline.parse.body.run_numbers import run_numbers
from pipeline.parse.body.text_columns import (
    NEIGHBOUR_COLUMNS,
    TEXT_COLUMNS,
    neighbour_columns,
    text_columns,
)
from pipeline.parse.body.word_columns import WORD_COLUMNS, PageWords, headline_run, word_columns
from pipeline.parse.markup.traits import TRAITS

COLUMNS = (
    *TEXT_COLUMNS,
    *PLACE_COLUMNS,
    *LOOK_ALIKE_COLUMNS,
    *PICTURE_COLUMNS,
    *POSITION_COLUMNS,
    *WORD_COLUMNS,
    *NEIGHBOUR_COLUMNS,
    *(f"around: {trait}" for trait in TRAITS),
    *(f"near: {trait}" for trait in TRAITS),
)
"""Names of the columns, in order; for people to read."""


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
    numbers = run_numbers(layout.runs)
    where = places(layout, numbers, chars, headline_run(numbers, chars, words))
    groups = page_groups(layout, where.elements)
    of_text = text_columns(numbers, chars, where)
    blocks: tuple[NDArray[Any], ...] = (
        of_text,
        *place_columns(where),
        look_alike_columns(groups, where),
        picture_columns(layout, where),
        position_columns(where),
        *word_columns(chars, where, words),
        *neighbour_columns(of_text, where),
        _bits(where.traits),
        _bits(where.near),
    )
    table = np.empty((len(COLUMNS), len(texts)), np.float32)
    place = 0
    for block in blocks:
        end = place + (len(block) if block.ndim == 2 else 1)
        table[place:end] = block
        place = end
    return PageFacts(table.T, layout, chars, where, groups)


def _bits(traits: Ints) -> NDArray[np.uint8]:
    """(traits, runs)"""
    octets = traits.astype("<i8").view(np.uint8).reshape(-1, 8)
    return np.unpackbits(octets, axis=1, count=len(TRAITS), bitorder="little").T
