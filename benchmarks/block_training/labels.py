"""Which runs of a page are story, by aligning their text with the corpus's truth.

A run is story when most of its words stand in the truth in the same order (4-word shingles);
shorter ones must continue, or be, a line of it. Snippet truths label only the runs they stand in.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Tokens = list[str]

SHINGLE = 4
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_TOKEN = re.compile(f"[{_DENSE}]|[^\\W{_DENSE}]+")
_MIN_TRUTH_TOKENS = 100
_MAX_RUN_WEIGHT = 0.5
_SNIPPET_SHARE = 0.5
_REACH_RUNS = 4


def label_runs(texts: list[str], truth: dict[str, Any]) -> tuple[Floats, Floats]:
    """(label 0 or 1, weight) of every run; weight 0 where the truth says nothing.

    The weights of a page with a full body sum to about 1, so that each page counts the same.
    """
    if truth.get("body"):
        return _labels_by_body(texts, truth)
    return _labels_by_snippets(texts, truth)


def tokens(text: str) -> Tokens:
    """Words, and single characters of scripts without spaces, as the scorer counts them."""
    return _TOKEN.findall(text)


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _shingles(words: Tokens) -> list[tuple[str, ...]]:
    if not words:
        return []
    return [tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))]


def _covered(words: Tokens, known: set[tuple[str, ...]] | Counter[tuple[str, ...]]) -> float:
    """Share of the words that lie in a known shingle."""
    hit = np.zeros(len(words), bool)
    for index, shingle in enumerate(_shingles(words)):
        if shingle in known:
            hit[index : index + SHINGLE] = True
    return float(hit.mean())


def _labels_by_body(texts: list[str], truth: dict[str, Any]) -> tuple[Floats, Floats]:
    wanted = tokens(truth["body"])
    known = Counter(_shingles(wanted))
    extra = [*(truth.get("body_optional") or []), truth.get("title") or ""]
    neutral = {shingle for text in extra for shingle in _shingles(tokens(text))}
    words = [tokens(text) for text in texts]
    cover = np.array([_covered(w, known) if len(w) >= SHINGLE else 0.0 for w in words])
    ignored = np.array([_is_neutral(w, c, neutral) for w, c in zip(words, cover, strict=True)])
    _keep_one_copy(words, cover, known)
    lines = {_squeeze(line) for line in truth["body"].split("\n")}
    for index, own in enumerate(words):
        if own and len(own) < SHINGLE and _continues(index, words, cover, known, texts, lines):
            cover[index] = 1.0
    size = np.array([len(own) for own in words])
    weight = (size * np.abs(2 * cover - 1) + 1) / max(len(wanted), _MIN_TRUTH_TOKENS)
    weight[ignored] = 0
    label = (cover >= 0.5).astype(np.float32)
    return label, np.minimum(weight, _MAX_RUN_WEIGHT).astype(np.float32)


def _is_neutral(words: Tokens, cover: float, neutral: set[tuple[str, ...]]) -> bool:
    if not words or not neutral:
        return False
    if len(words) < SHINGLE:
        return tuple(words) in neutral
    return cover < 0.5 and _covered(words, neutral) > 0.6


def _keep_one_copy(
    words: list[Tokens], cover: NDArray[np.float64], known: Counter[tuple[str, ...]]
) -> None:
    """Of a text that stands on the page more often than in the truth, keep the central copies."""
    mass = np.array([len(own) for own in words]) * (cover > 0.5)
    if not mass.sum():
        return
    middle = int(np.searchsorted(np.cumsum(mass), mass.sum() / 2))
    copies: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, own in enumerate(words):
        if cover[index] > 0.5:
            copies[tuple(own)].append(index)
    for text, places in copies.items():
        allowed = max(known[text[:SHINGLE]], 1)
        for index in sorted(places, key=lambda place: abs(place - middle))[allowed:]:
            cover[index] = 0.0


def _continues(
    index: int,
    words: list[Tokens],
    cover: NDArray[np.float64],
    known: Counter[tuple[str, ...]],
    texts: list[str],
    lines: set[str],
) -> bool:
    """Whether a run of fewer words than a shingle joins its neighbours as in the truth."""
    own = words[index]
    before: Tokens = []
    for place in range(index - 1, max(index - 1 - _REACH_RUNS, -1), -1):
        if cover[place] > 0.5:
            before = words[place][-3:]
            break
    story_follows = index + 1 < len(words) and cover[index + 1] > 0.5
    missing = SHINGLE - len(own)
    if len(before) >= missing and tuple((before + own)[-SHINGLE:]) in known:
        return True
    if story_follows and tuple((own + words[index + 1])[:SHINGLE]) in known:
        return True
    return _squeeze(texts[index]) in lines and (bool(before) or story_follows)


def _labels_by_snippets(texts: list[str], truth: dict[str, Any]) -> tuple[Floats, Floats]:
    wanted = [_squeeze(text) for text in truth.get("body_with") or []]
    unwanted = [_squeeze(text) for text in truth.get("body_without") or []]
    squeezed = [_squeeze(text) for text in texts]
    label, weight = np.zeros(len(texts), np.float32), np.zeros(len(texts), np.float32)
    share = _SNIPPET_SHARE / max(len(wanted) + len(unwanted), 1)
    for snippet in filter(None, wanted):
        hits = [index for index, text in enumerate(squeezed) if snippet in text]
        if hits:
            best = max(hits, key=lambda index: len(squeezed[index]))
            label[best], weight[best] = 1, share
    for snippet in filter(None, unwanted):
        for index, text in enumerate(squeezed):
            if snippet in text:
                weight[index] = 0 if label[index] else share
    return label, weight
