"""From scores to choices: which runs are the story.

It must not look at markup; what the scores were made of is the classifier's business.
"""

from __future__ import annotations

from pipeline.parse.body.characters import Floats
from pipeline.parse.body.features import PageFacts
from pipeline.parse.body.network import load_model
from pipeline.parse.body.rules import rule_scores

THRESHOLD = 0.5
SHORT_STORY_THRESHOLD = 0.2
"""Where nothing reaches the threshold: a lone paragraph has no neighbours to speak for it."""
_MIN_HEADLINE_LETTERS = 12


def story_scores(facts: PageFacts) -> Floats:
    """Per run, 0 to 1: by the trained model, or by rules where its weights are missing."""
    model = load_model()
    return model.scores(facts) if model else rule_scores(facts)


def choose(facts: PageFacts, scores: Floats, headline: str) -> list[bool]:
    """Whether each run is part of the story; the headline itself never is."""
    wanted = _letters(headline)
    long_enough = len(wanted) >= _MIN_HEADLINE_LETTERS
    chosen: list[bool] = (scores >= THRESHOLD).tolist()
    if not any(chosen):
        chosen = (scores >= SHORT_STORY_THRESHOLD).tolist()
    for index, run in enumerate(facts.layout.runs):
        if chosen[index] and (
            index == facts.places.headline_run
            or (long_enough and len(run.text) < 2 * len(headline) and _letters(run.text) == wanted)
        ):
            chosen[index] = False
    return chosen


def confidence(facts: PageFacts, scores: Floats) -> float:
    """Mean certainty of the choices, weighed by length: 1 when every score is 0 or 1."""
    mass = facts.places.mass
    total = float(mass.sum())
    certainty = abs(scores - THRESHOLD) / THRESHOLD
    return float((certainty * mass).sum() / total) if total else 0.0


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
