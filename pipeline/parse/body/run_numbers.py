"""The numbers that a page's runs carry, as arrays: read off the runs once, for all that ask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.parse.body.characters import Floats, Ints
from pipeline.parse.body.layout import Run

TAGS = ("p", "div", "li", "td", "tr", "h1", "h2", "h3", "h4", "span", "figcaption", "dd")
OTHER_TAG = len(TAGS)
_PLACE_OF_TAG = {tag: place for place, tag in enumerate(TAGS)}
_NUMBERS = 12
_LABEL_CHARS = 40


@dataclass(frozen=True, slots=True)
class RunNumbers:
    """One entry a run."""

    containers: Ints
    tags: Ints
    """Place in TAGS, OTHER_TAG for all others."""
    traits: Ints
    """Of the inline elements inside."""
    link_chars: Floats
    links: Floats
    emphasis: Floats
    """(2, runs): characters in bold and in italics."""
    marks: Floats
    """(5, runs), each 0 or 1: ends in a link, begins like a label, holds an address, has a time,
    ends at a break."""


def run_numbers(runs: list[Run]) -> RunNumbers:
    """The numbers of ``runs``, of which there is at least one."""
    numbers: list[int] = []
    add = numbers.extend
    for run in runs:
        text, links = run.text, run.links
        opening = text[:_LABEL_CHARS]
        add(
            (
                run.container,
                _PLACE_OF_TAG.get(run.tag, OTHER_TAG),
                run.traits,
                run.link_chars,
                len(links),
                run.bold_chars,
                run.italic_chars,
                bool(links) and text.endswith(links[-1][1]),
                ":" in opening or "：" in opening,
                "@" in text or "http" in text or "www." in text,
                run.time is not None,
                run.at_break,
            )
        )
    flat = np.fromiter(numbers, np.int64, len(numbers))
    table = flat.reshape(len(runs), _NUMBERS).T.copy()
    counts = table[3:].astype(np.float64)
    return RunNumbers(
        containers=table[0],
        tags=table[1],
        traits=table[2],
        link_chars=counts[0],
        links=counts[1],
        emphasis=counts[2:4],
        marks=counts[4:],
    )
