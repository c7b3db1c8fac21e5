"""Extraction never gets worse: floors on a fixed sample of real pages, pinned with its digest.

Runs where the corpus lies beside the repository. A floor is raised in
``benchmarks/quality_floors.json`` when the score has risen; none may fall below ``LEAST``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.quality import load_scorer, predict, read_corpus
from pipeline.parse import parse

ROOT = Path(__file__).parent.parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
FLOORS: dict[str, Any] = json.loads((ROOT / "benchmarks" / "quality_floors.json").read_text())
LEAST = {
    "body.f1": 0.985,
    "snippets.f1": 0.97,
    "title.exact": 0.83,
    "title.soft": 0.89,
    "authors.f1": 0.91,
    "authors.exact": 0.88,
    "published.day": 0.92,
    "published.instant": 0.93,
    "topics.f1": 0.78,
    "image.match": 0.75,
}
"""What 0.1 began with. Higher is better."""
MOST = {"snippets.unwanted": 0.024, "published.wrong": 0.04}
"""The same where lower is better."""


@pytest.fixture(scope="module")
def scores() -> dict[str, float]:
    """The corpus's own scores of the sample, by ``field.measure``."""
    if not CORPUS.exists():
        pytest.skip("the corpus is not here")
    digest = hashlib.sha256((CORPUS / "manifest.jsonl").read_bytes()).hexdigest()
    assert digest == FLOORS["corpus_sha256"], "another corpus: measure it and pin its digest"
    scorer = load_scorer(CORPUS)
    rows = [
        scorer.score_page(entry, predict(parse(page)))
        for entry, page in read_corpus(CORPUS, FLOORS["sample"])
    ]
    whole = scorer.aggregate(rows)
    return {
        f"{field}.{measure}": value
        for field, measures in whole.items()
        if isinstance(measures, dict)
        for measure, value in measures.items()
    }


@pytest.mark.parametrize("measure", LEAST)
def test_the_score_has_not_fallen(scores: dict[str, float], measure: str) -> None:
    assert scores[measure] >= FLOORS["floors"][measure]


@pytest.mark.parametrize("measure", MOST)
def test_the_share_of_faults_has_not_risen(scores: dict[str, float], measure: str) -> None:
    assert scores[measure] <= FLOORS["ceilings"][measure]


def test_a_floor_is_never_lowered() -> None:
    assert all(FLOORS["floors"][name] >= least for name, least in LEAST.items())
    assert all(FLOORS["ceilings"][name] <= most for name, most in MOST.items())
    assert set(FLOORS["floors"]) == set(LEAST) and set(FLOORS["ceilings"]) == set(MOST)
