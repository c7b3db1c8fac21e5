"""The lines around a story, where its date, its authors and its kind may stand."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.parse.body.features import PageFacts
from pipeline.parse.body.layout import Layout, Run
from pipeline.parse.body.result import Surroundings
from pipeline.parse.markup.traits import BIT

_OPENING_RUNS = 30
_RUNS_ABOVE = 3
_UNMARKED_OPENING = 8
_OPENING_CHARS = 120
_BESIDE_RUNS = 12
_LABEL_CHARS = 30
_MENU = BIT["nav"] | BIT["in:nav"] | BIT["in:list"]
_CLOSING_RUNS = 9
_START_CHARS = 100


def unmarked_surroundings(layout: Layout) -> Surroundings:
    """The short ones among the first lines of a page without marks."""
    return Surroundings(opening=_short(layout.runs[:_UNMARKED_OPENING]))


def surroundings(facts: PageFacts, story: list[bool]) -> Surroundings:
    """The short lines around the headline and down to the story's second paragraph, those of no
    story that follow, and what is below the story."""
    chosen = [index for index, taken in enumerate(story) if taken]
    if not chosen:
        return Surroundings()
    second = chosen[:2][-1]
    headline = facts.places.headline_run
    begin = headline if 0 <= headline <= chosen[0] else chosen[0]
    first = max(0, max(begin, second - _OPENING_RUNS) - _RUNS_ABOVE)
    runs = facts.layout.runs
    beside = range(second + 1, min(begin + _BESIDE_RUNS, chosen[-1]) + 1)
    return Surroundings(
        opening=_short(runs[first : second + 1]),
        above=len(_short(runs[first:begin])),
        beside=_short([runs[index] for index in beside if not story[index]]),
        starts=tuple(runs[index].text[:_START_CHARS] for index in chosen[:2]),
        closing=tuple(run.text for run in runs[chosen[-1] + 1 :][:_CLOSING_RUNS]),
        label=_label(facts, headline - 1),
    )


def _label(facts: PageFacts, index: int) -> str:
    if index < 0 or facts.places.traits.item(index) & _MENU:
        return ""
    text = facts.layout.runs[index].text
    return text if len(text) <= _LABEL_CHARS else ""


def _short(runs: Sequence[Run]) -> tuple[str, ...]:
    return tuple(run.text for run in runs if len(run.text) <= _OPENING_CHARS)
