"""Which runs are the story, by hand-written rules: used when the network's weights are missing.

Its score stands beside the network's in docs/parsing.md.
"""

from __future__ import annotations

import numpy as np

from pipeline.parse.body.characters import Floats
from pipeline.parse.body.features import PageFacts
from pipeline.parse.markup.traits import BIT, FURNITURE_MASK

_AGAINST = FURNITURE_MASK | BIT["caption"] | BIT["credit"] | BIT["byline"] | BIT["time"]
_NEAR_RUNS = 2


def rule_scores(facts: PageFacts) -> Floats:
    """A number from 0 to 1 per run: long clean text in the main element, and what it encloses."""
    where, layout = facts.places, facts.layout
    count = len(layout.runs)
    index = np.arange(count)
    inside = (index >= layout.first_runs[where.main]) & (index < layout.end_runs[where.main])
    inside &= index > where.headline_run
    story = inside & (where.clean > 0)
    if not story.any():
        story = (where.running > 0) & (index > where.headline_run)
    places = np.flatnonzero(story)
    scores = np.where(story, 0.9, 0.0)
    if not len(places):
        return scores
    following = np.searchsorted(places, index)
    before = np.where(following > 0, index - places[np.maximum(following - 1, 0)], count)
    after = np.where(following < len(places), places[np.minimum(following, len(places) - 1)], count)
    enclosed = (before <= _NEAR_RUNS) & (after - index <= _NEAR_RUNS)
    plain = np.array([run.link_chars * 2 < len(run.text) for run in layout.runs])
    harmless = (where.traits & _AGAINST) == 0
    return np.where(~story & enclosed & plain & harmless, 0.6, scores)
