"""From measured overlap to a relation. The thresholds were chosen on edited pairs of articles.

``docs/deduplication.md`` has the table; ``benchmarks/dedup_quality.py`` measures it again.
"""

from __future__ import annotations

from typing import Literal

from pipeline.models import Fingerprint, Judgement
from pipeline.overlap import Overlap, compare

SHORT_TOKENS = 40
MIDDLE_TOKENS = 120
MANY_FIGURES = 4
"""Fewer may all differ between two states of one story."""
EXCERPT_LENGTH_RATIO = 1 / 3
"""A text less than a third as long as the other is at most an excerpt of it."""


def judge(a: Fingerprint, b: Fingerprint, same_site: bool) -> Judgement | None:
    """Whether two texts are copies of one story, one an excerpt of the other, or neither (None).

    Short texts must agree almost wholly, because a house style repeats short phrases, and so must
    reports in one wording with other figures. On one site an updated story keeps less of its
    wording.
    """
    overlap = compare(a, b)
    shorter = min(a.tokens, b.tokens)
    if shorter == 0 or not _is_same(a, b, overlap, shorter, same_site):
        return None
    ratio = shorter / max(a.tokens, b.tokens)
    relation: Literal["copy", "excerpt"] = "excerpt" if ratio < EXCERPT_LENGTH_RATIO else "copy"
    return Judgement(relation, overlap.jaccard, overlap.containment)


def _is_same(
    a: Fingerprint, b: Fingerprint, overlap: Overlap, shorter: int, same_site: bool
) -> bool:
    jaccard, containment = overlap.jaccard, overlap.containment
    kept = figures_kept(a, b)
    if shorter < SHORT_TOKENS or kept < 0.5:
        return jaccard >= 0.9
    if shorter < MIDDLE_TOKENS:
        return jaccard >= 0.8 or (containment >= 0.8 and not figures_clash(a, b))
    if same_site:
        return jaccard >= 0.5 or containment >= 0.75
    return containment >= (0.575 if kept > 0.5 else 0.75)


def figures_clash(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether each text has numbers that the other lacks: the same form, other facts."""
    return bool(a.figures - b.figures) and bool(b.figures - a.figures)


def figures_kept(a: Fingerprint, b: Fingerprint) -> float:
    """Which part of their numbers two texts share; 1.0 where there are few.

    A weather, market or match report is one wording filled in again: most of many numbers
    differ. An update changes some of its figures, a resend hardly any.
    """
    fewer = min(len(a.figures), len(b.figures))
    return len(a.figures & b.figures) / fewer if fewer >= MANY_FIGURES else 1.0
