"""What is asked of a choice beyond the scores of its runs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.parse.body import find
from pipeline.parse.body.characters import Floats
from pipeline.parse.body.features import PageFacts
from tests.parse.body.pages import PARAGRAPHS, dressed, paragraphs, parsed


def told(score_of: Callable[[str], float]) -> Callable[[PageFacts], Floats]:
    """Scores by the runs' texts."""
    return lambda facts: np.array([score_of(run.text) for run in facts.layout.runs])


def boxed(*texts: str, name: str = "text") -> str:
    """Paragraphs as page builders set them, each in boxes of its own."""
    return "".join(
        f'<div class="box"><div class="{name}"><p>{text}</p></div></div>' for text in texts
    )


@pytest.mark.parametrize(
    ("rest", "name", "score", "kept"),
    [
        (0.9, "text", 0.3, True),
        (0.9, "text", 0.1, False),
        (0.9, "aside", 0.3, False),
        (1.0, "text", 0.3, False),
    ],
)
def test_a_page_that_is_doubtful_throughout_keeps_paragraphs_that_look_like_its_others(
    monkeypatch: pytest.MonkeyPatch, rest: float, name: str, score: float, kept: bool
) -> None:
    story = [boxed(*PARAGRAPHS[:2]), boxed(PARAGRAPHS[2], name=name), boxed(*PARAGRAPHS[3:])]
    scores = told(
        lambda text: score if text == PARAGRAPHS[2] else rest if text in PARAGRAPHS else 0.0
    )
    monkeypatch.setattr(find, "story_scores", scores)
    body = parsed(dressed("".join(story))).body_text
    assert all(text in body for text in (*PARAGRAPHS[:2], *PARAGRAPHS[3:]))
    assert (PARAGRAPHS[2] in body) is kept


@pytest.mark.parametrize(("tag", "kept"), [("li", True), ("p", False)])
def test_short_items_of_a_list_end_a_story_where_short_lines_do_not(
    monkeypatch: pytest.MonkeyPatch, tag: str, kept: bool
) -> None:
    items = ("Three old rails", "One bench of oak")
    closing = "".join(f"<{tag}>{item}</{tag}>" for item in items)
    closing = f"<ul>{closing}</ul>" if tag == "li" else closing
    scores = told(lambda text: 0.99 if text in PARAGRAPHS else 0.75 if text in items else 0.0)
    monkeypatch.setattr(find, "story_scores", scores)
    body = parsed(dressed(paragraphs() + closing)).body_text
    assert (items[-1] in body) is kept


def test_a_date_below_the_deck_is_no_part_of_the_story(monkeypatch: pytest.MonkeyPatch) -> None:
    deck, date = (
        "Ninety years of work are enough, the harbour office says",
        "5 min read · March 1, 2026",
    )
    story = f"<h2>{deck}</h2><div>{date}</div>{paragraphs()}"
    scores = told(lambda text: 0.99 if text in (deck, date, *PARAGRAPHS) else 0.0)
    monkeypatch.setattr(find, "story_scores", scores)
    body = parsed(dressed(story)).body_text
    assert date not in body
    assert deck in body
