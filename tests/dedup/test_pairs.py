"""Pairs of article texts that people sorted: copies are found and nothing else is."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from pipeline.dedup import fingerprint, judge

PAIRS = Path(__file__).parents[3] / "shared" / "dedup"

UNSCORED = "excerpt_20"
"""Pieces so small that either answer is right."""


@pytest.mark.skipif(not PAIRS.is_dir(), reason="the pairs are not part of the repository")
def test_copies_are_found_with_99_percent_precision_and_97_percent_recall() -> None:
    found = {}
    with gzip.open(PAIRS / "pairs.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            a, b = fingerprint(row["a"]), fingerprint(row["b"])
            found[row["id"]] = judge(a, b, row["same_site"]) is not None
    labels = [json.loads(x) for x in (PAIRS / "labels.jsonl").read_text("utf-8").splitlines()]
    truth = {
        row["id"]: bool(row["label"])
        for row in labels
        if row["label"] is not None and row["type"] != UNSCORED
    }
    hits = [key for key in truth if found[key]]
    wrong = [key for key in hits if not truth[key]]
    missed = [key for key, same in truth.items() if same and not found[key]]
    assert 1 - len(wrong) / len(hits) >= 0.99, wrong
    assert 1 - len(missed) / sum(truth.values()) >= 0.97, missed
