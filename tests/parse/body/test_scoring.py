"""Runs are scored by a small network that is plain data, or by rules without it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.parse.body import choose, find
from pipeline.parse.body.characters import Floats, characters
from pipeline.parse.body.features import PageFacts
from pipeline.parse.body.groups import group
from pipeline.parse.body.network import WEIGHTS, load_model
from tests.parse.body.pages import FOREIGN, PARAGRAPHS, dressed, paragraphs, parsed

MAX_WEIGHT_BYTES = 2 * 1024 * 1024


def test_the_weights_are_small_and_plain_numbers() -> None:
    assert WEIGHTS.stat().st_size < MAX_WEIGHT_BYTES
    with np.load(WEIGHTS, allow_pickle=False) as data:
        assert all(data[name].dtype.kind in "fiu" for name in data)


def test_weights_that_would_need_pickle_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    np.savez(path, names=np.array([{"a": 1}], dtype=object))
    assert load_model(path) is None


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut"])
def test_damaged_weights_count_as_missing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.npz"
    path.write_bytes(content)
    assert load_model(path) is None


def test_rules_alone_still_give_the_story(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "load_model", lambda: None)
    body = parsed(dressed()).body_text
    assert all(text in body for text in PARAGRAPHS)
    assert not any(text in body for text in FOREIGN.values())


def test_a_word_has_one_hash_whatever_its_case_and_place() -> None:
    counted = characters(["Der Fluss stieg.", "fluss DER"])
    first, second = counted.numbers_of(0), counted.numbers_of(1)
    assert list(second) == [first[1], first[0]]


def test_characters_of_scripts_without_spaces_are_words_of_their_own() -> None:
    assert characters(["港の橋", "the harbour"]).word_counts.tolist() == [3, 2]


def test_means_over_a_group_are_weighted() -> None:
    values, weights = np.array([1.0, 5.0, 4.0]), np.array([1.0, 1.0, 2.0])
    weighted = np.stack((values * weights, weights), axis=1).astype(np.float32)
    found = group(np.array([7, 3, 7])).means(weighted)
    assert found[:, 0].tolist() == [3.0, 5.0, 3.0]


@pytest.mark.parametrize(("rest", "kept"), [(0.9, False), (0.6, True)])
def test_a_doubtful_line_goes_where_the_rest_of_the_story_is_sure(
    monkeypatch: pytest.MonkeyPatch, rest: float, kept: bool
) -> None:
    doubted = "The harbour office opens again on Monday, it said, and takes its calls by then."
    texts = [f"{text} Part {part}." for part in range(8) for text in PARAGRAPHS]
    page = dressed(paragraphs(*texts[:6], doubted, *texts[6:]))

    def scores(facts: PageFacts) -> Floats:
        texts = [run.text for run in facts.layout.runs]
        told = [rest if "Part" in text else 0.6 if text == doubted else 0.0 for text in texts]
        return np.array(told)

    monkeypatch.setattr(find, "story_scores", scores)
    body = parsed(page).body_text
    assert "Part 7" in body
    assert (doubted in body) is kept


HEADING = "What the harbour office says"


@pytest.mark.parametrize(
    ("above", "score", "below", "kept"),
    [
        (0.9, 0.3, 0.9, True),
        (0.9, 0.1, 0.9, False),
        (0.0, 0.6, 0.9, True),
        (0.0, 0.4, 0.9, False),
        (0.9, 0.6, 0.0, False),
    ],
)
def test_a_heading_right_above_story_is_part_of_it_if_half_likely_and_between_story_sooner(
    monkeypatch: pytest.MonkeyPatch, above: float, score: float, below: float, kept: bool
) -> None:
    story = paragraphs(*(f"{text} Part {part}." for part in range(8) for text in PARAGRAPHS))
    parts = [story, paragraphs("Above. " + PARAGRAPHS[0]), f"<h2>{HEADING}</h2>"]
    page = dressed("".join([*parts, paragraphs("Below. " + PARAGRAPHS[1]), story]))
    told = {"Above": above, HEADING: score, "Below": below}

    def scores(facts: PageFacts) -> Floats:
        texts = [run.text for run in facts.layout.runs]
        starts = [HEADING if text == HEADING else text[:5] for text in texts]
        return np.array(
            [
                told.get(start, 0.9 if "Part" in text else 0.0)
                for start, text in zip(starts, texts, strict=True)
            ]
        )

    monkeypatch.setattr(find, "story_scores", scores)
    assert (HEADING in parsed(page).body_text) is kept
