"""Pairs of real addresses that people sorted: the key finds the same pages and no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.urls import url_key

PAIRS = Path(__file__).parents[3] / "shared" / "dedup"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (PAIRS / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.skipif(not PAIRS.is_dir(), reason="the pairs are not part of the repository")
def test_the_key_is_right_on_ninety_nine_of_a_hundred_pairs() -> None:
    same = {row["id"]: bool(row["same"]) for row in rows("url_labels.jsonl")}
    found = {row["id"]: url_key(row["a"]) == url_key(row["b"]) for row in rows("url_pairs.jsonl")}
    assert found.keys() == same.keys()
    hits = [key for key, said in found.items() if said]
    wrong = [key for key in hits if not same[key]]
    missed = [key for key, truth in same.items() if truth and not found[key]]
    assert 1 - len(wrong) / len(hits) >= 0.99, wrong
    assert 1 - len(missed) / sum(same.values()) >= 0.99, missed
