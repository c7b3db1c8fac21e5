"""A possible value of a field, with where it came from; what every kind of evidence yields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Generic, TypeVar

from pipeline.models import Evidence

Value = TypeVar("Value")

_CONFIDENCE = attrgetter("confidence")
MAX_OTHERS = 5
MAX_RAW_CHARS = 500


@dataclass(slots=True)
class Candidate(Generic[Value]):
    """``raw`` is the page's own wording; ``confidence`` is 0 to 1, comparable within one field.

    Nobody changes one. It is not frozen because a page makes seventy, and each would take three
    times as long.
    """

    value: Value
    origin: str
    raw: str
    confidence: float


def as_evidence(
    winner: Candidate[Value] | None, candidates: Iterable[Candidate[Value]]
) -> Evidence | None:
    """The winner with its losing candidates, best first; of equal losers one is kept."""
    losers = sorted((c for c in candidates if c is not winner), key=_CONFIDENCE, reverse=True)
    if winner is None and not losers:
        return None
    others: list[Evidence] = []
    for loser in losers:
        told = Evidence(loser.origin, loser.raw[:MAX_RAW_CHARS], round(loser.confidence, 3))
        if told not in others:
            others.append(told)
        if len(others) == MAX_OTHERS:
            break
    if winner is None:
        return Evidence("none", others=tuple(others))
    return Evidence(
        winner.origin, winner.raw[:MAX_RAW_CHARS], round(winner.confidence, 3), tuple(others)
    )


def best(candidates: Iterable[Candidate[Value]]) -> Candidate[Value] | None:
    """The first of the most confident candidates."""
    return max(candidates, key=_CONFIDENCE, default=None)
