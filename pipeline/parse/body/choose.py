"""From scores to choices: which runs are the story.

What the scores were made of is the classifier's business. A few things are asked of a choice
beyond its score, each measured out of fold: lines that are mostly link need a better one, and a
story does not end in a heading.
"""

from __future__ import annotations

import re
from itertools import compress, takewhile

import numpy as np

from pipeline.dates.written import find_written_dates
from pipeline.parse.body.captions import is_centred_caption
from pipeline.parse.body.characters import STOP, Floats
from pipeline.parse.body.elements import HEADINGS
from pipeline.parse.body.features import PageFacts
from pipeline.parse.body.kinds import speaks_for_the_house
from pipeline.parse.body.layout import Layout, Run
from pipeline.parse.body.network import load_model
from pipeline.parse.body.rules import rule_scores
from pipeline.parse.flat import credit_of
from pipeline.parse.flat.cues import RELATED_LINK

THRESHOLD = 0.5
SURE_THRESHOLD = 0.7
"""What is asked of a run where that leaves most of the page's story: out of fold, one unwanted
snippet in eight less, with the body's F1 as before."""
_SURE_SHARE = 0.9
"""A page that loses more than the rest of it by that is doubtful as a whole: a half decides."""
SHORT_STORY_THRESHOLD = 0.2
"""Where nothing reaches the threshold: a lone paragraph has no neighbours to speak for it."""
LINKED_THRESHOLD = 0.8
"""For runs that are mostly link: out of fold, only one in three that score less is story."""
ENCLOSED_HEADING_THRESHOLD = 0.2
"""For headings with story right above and below. Out of fold, nine in ten of those that score .2 to
.7 are story; one with story only below needs :data:`THRESHOLD`, however strict the page is."""
ALIKE_THRESHOLD = 0.2
_UNSURE_STORY = 0.97
"""Of a page's long paragraphs, the score that half of them reach: with less, the scores say more of
the page (its language is rare, its markup odd) than of its parts."""
_ALIKE_RUNS = 3
"""How far below the story's last paragraph another one is looked for."""
CREDITED_THRESHOLD = 0.9
CLOSING_THRESHOLD = 0.9
_CLOSING_MASS = 60.0
"""Letters of a line below which it rather follows a story than ends it."""
_LINKED_SHARE = 0.5
_LEAD_CHARS = 200
_CAPTION_CHARS = 400
_MIN_HEADLINE_LETTERS = 12
_DATE_CHARS, _DATE_SHARE = 40, 0.35
"""Of the longest date line ("Published: Tuesday, 24 March 2025, 15:02"), and of its date."""
_DATE_LINES = 3
"""Of publication, of the last change, and one of them for small screens: more is a chronicle."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def story_scores(facts: PageFacts) -> Floats:
    """Per run, 0 to 1: by the trained model, or by rules where its weights are missing."""
    model = load_model()
    return model.scores(facts) if model else rule_scores(facts)


def choose(facts: PageFacts, scores: Floats, headline: str) -> list[bool]:
    """Whether each run is part of the story; the headline itself never is."""
    runs = facts.layout.runs
    needed = np.full(len(runs), _threshold(facts, scores))
    linked = [
        index for index, run in enumerate(runs) if run.link_chars > _LINKED_SHARE * len(run.text)
    ]
    needed[linked] = LINKED_THRESHOLD
    for index in linked:
        if scores[index] >= LINKED_THRESHOLD and _leads_elsewhere(runs[index].text):
            needed[index] = np.inf
    chosen: list[bool] = (scores >= needed).tolist()
    _add_alike(facts, scores, chosen)
    _add_headings(facts, scores, chosen)
    _drop_captions(facts, scores, chosen)
    if True not in chosen:
        enough = scores >= SHORT_STORY_THRESHOLD
        enough[linked] = False
        chosen = enough.tolist()
    _drop_headline(facts, chosen, headline)
    _drop_dates(facts, chosen)
    _drop_calls(facts, chosen)
    _drop_what_follows(facts, scores, chosen)
    return chosen


def _add_alike(facts: PageFacts, scores: Floats, chosen: list[bool]) -> None:
    """On a page that is doubtful throughout, take running text that stands among the story's
    paragraphs and is marked up as they are: its element and the two around it have their classes.
    Page builders put each paragraph into boxes of its own, so they need not be one element."""
    layout, running = facts.layout, facts.places.running
    found = [index for index, taken in enumerate(chosen) if taken]
    long = [index for index in found if running[index] > 0]
    if not long or sorted(scores[long].tolist())[len(long) // 2] > _UNSURE_STORY:
        return
    looks = {_look(layout, layout.runs[index]) for index in found}
    for index in range(found[0], min(len(chosen), found[-1] + 1 + _ALIKE_RUNS)):
        if not chosen[index] and running[index] > 0 and scores[index] >= ALIKE_THRESHOLD:
            chosen[index] = _look(layout, layout.runs[index]) in looks


def _look(layout: Layout, run: Run) -> tuple[str, int, int, int]:
    kinds, parents, own = layout.kinds, layout.parents, run.container
    around = own if run.at_break else max(parents[own], 0)
    return run.tag, kinds[own], kinds[around], kinds[max(parents[around], 0)]


def _add_headings(facts: PageFacts, scores: Floats, chosen: list[bool]) -> None:
    """Take headings that stand right above the story's text, from the lowest up."""
    runs = facts.layout.runs
    for index in range(len(runs) - 2, -1, -1):
        if chosen[index + 1] and not chosen[index] and runs[index].tag in HEADINGS:
            enclosed = index > 0 and chosen[index - 1]
            needed = ENCLOSED_HEADING_THRESHOLD if enclosed else THRESHOLD
            chosen[index] = bool(scores[index] >= needed)


def _drop_headline(facts: PageFacts, chosen: list[bool], headline: str) -> None:
    """Take away the headline's run, and those that repeat it."""
    wanted, most = _letters(headline), 2 * len(headline)
    long_enough = len(wanted) >= _MIN_HEADLINE_LETTERS
    if facts.places.headline_run >= 0:
        chosen[facts.places.headline_run] = False
    for index, run in enumerate(facts.layout.runs):
        if chosen[index] and long_enough and len(run.text) < most and _letters(run.text) == wanted:
            chosen[index] = False


def _drop_dates(facts: PageFacts, chosen: list[bool]) -> None:
    """Take away short lines above the first paragraph that are hardly more than a date."""
    above = takewhile(
        lambda line: len(line[1].text) <= _DATE_CHARS or line[1].tag in HEADINGS,
        compress(enumerate(facts.layout.runs), chosen),
    )
    ends = facts.chars.last
    found = [
        index
        for index, run in above
        if len(run.text) <= _DATE_CHARS and _is_date_line(run.text, ends.item(index) == STOP)
    ]
    if len(found) <= _DATE_LINES:
        for index in found:
            chosen[index] = False


def _is_date_line(text: str, stops: bool) -> bool:
    dates = list(find_written_dates(text))
    if not dates:
        return False
    first, end = dates[0].start, dates[-1].end
    is_sentence = stops and len(_WORD.findall(text, end)) > 1
    return not is_sentence and end - first >= _DATE_SHARE * len(text)


def _drop_calls(facts: PageFacts, chosen: list[bool]) -> None:
    """Take away what asks readers to follow, subscribe or give, or says that the house earns by
    its links; a page of nothing else keeps it."""
    calls = [
        index
        for index, run in enumerate(facts.layout.runs)
        if chosen[index] and speaks_for_the_house(run.text)
    ]
    if len(calls) < sum(chosen):
        for index in calls:
            chosen[index] = False


def _threshold(facts: PageFacts, scores: Floats) -> float:
    mass = facts.places.mass
    sure, likely = mass[scores >= SURE_THRESHOLD].sum(), mass[scores >= THRESHOLD].sum()
    return SURE_THRESHOLD if sure >= _SURE_SHARE * likely else THRESHOLD


def _leads_elsewhere(linked: str) -> bool:
    """Whether a link's text introduces it as another story ("Read also: ...")."""
    return len(linked) <= _LEAD_CHARS and RELATED_LINK.match(linked) is not None


def _drop_captions(facts: PageFacts, scores: Floats, chosen: list[bool]) -> None:
    """Take away lines that end by naming who made a picture, if doubtful or beside a picture, and
    centred ones below it."""
    pictures = {picture.next_run for picture in facts.layout.pictures}
    for index, run in enumerate(facts.layout.runs):
        if chosen[index] and len(run.text) <= _CAPTION_CHARS:
            beside = index in pictures or index - 1 in pictures
            if (beside or scores[index] < CREDITED_THRESHOLD) and credit_of(run.text):
                chosen[index] = False
    for picture in facts.layout.all_pictures():
        below = picture.next_run
        if below < len(chosen) and chosen[below]:
            text = facts.layout.runs[below].text
            chosen[below] = not is_centred_caption(picture, text)


def _drop_what_follows(facts: PageFacts, scores: Floats, chosen: list[bool]) -> None:
    """Take away headings with nothing below them, and short doubtful lines, at the story's end."""
    left = [index for index, taken in enumerate(chosen) if taken]
    while len(left) > 1:
        last = left.pop()
        if _continues_list(facts.layout, left[-1], last):
            return
        heading = facts.layout.runs[last].tag in HEADINGS
        short = facts.places.mass[last] < _CLOSING_MASS and scores[last] < CLOSING_THRESHOLD
        if not heading and not (short and len(left) > 1):
            return
        chosen[last] = False


def _continues_list(layout: Layout, before: int, index: int) -> bool:
    """Whether run ``index`` is the list's item right after that of run ``before``."""
    first, second = layout.runs[before], layout.runs[index]
    return (
        before == index - 1
        and first.tag == second.tag == "li"
        and layout.parents[first.container] == layout.parents[second.container]
    )


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
