"""Dates weighed by each other: what the page shows, what its data says, what its address holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pipeline.dates.moment import Moment
from pipeline.parse.decide.refined import READ_BY_EYE, Dated

WEAKEST = 0.2
"""A candidate that is trusted less dates no page."""
_AS_ADDRESS = 0.1
_SHOWN_TRUST = 0.6
_LINE_TRUST = 0.4
_LINES = ("text:line", "text:end")
_UNPLACED = 0.47
"""Marked dates below it are neither near the headline nor called those of publication."""
_RANKS = 0.06
_MANY_DAYS = 3
_TEASERS = 0.1


def as_address(candidates: list[Dated]) -> list[Dated]:
    """The candidates, those read by eye trusted more if the page's address has their day."""
    days = {c.value.wall.date() for c in candidates if c.origin == "url:path"}
    return [
        replace(c, confidence=c.confidence + _AS_ADDRESS)
        if c.origin.startswith(READ_BY_EYE) and c.value.wall.date() in days
        else c
        for c in candidates
    ]


def without_teasers(candidates: list[Dated]) -> list[Dated]:
    """The candidates, marked dates trusted no more where the best of them are of many days and
    none stands near the headline: a list of other stories."""
    marked = [c for c in candidates if c.origin.endswith(".date")]
    most = max((c.confidence for c in marked), default=0.0)
    if not WEAKEST <= most < _UNPLACED:
        return candidates
    alike = [c for c in marked if c.confidence > most - _RANKS]
    if len({c.value.wall.date() for c in alike}) < _MANY_DAYS:
        return candidates
    return [
        replace(c, confidence=_TEASERS) if c.confidence >= WEAKEST and c in alike else c
        for c in candidates
    ]


def shown_again(
    winner: Dated | None, candidates: list[Dated], changed: Dated | None
) -> Dated | None:
    """Data that agrees with the day the page shows, where the most trusted data keeps an older
    one, that of a first version, long replaced; or the day shown itself, where the data writes its
    last change into both."""
    if winner is None or not winner.origin.startswith(("json-ld", "meta")):
        return winner
    shown = [
        c
        for c in candidates
        if (c.origin in _LINES and c.confidence >= _LINE_TRUST)
        or (
            c.origin.startswith("dom:")
            and c.confidence >= _SHOWN_TRUST
            and "itemprop" not in c.origin
        )
    ]
    days = {c.value.wall.date() for c in shown}
    if len(days) != 1 or _near_days(winner.value, shown[0].value):
        return winner
    if _is_last_change(winner, changed) and _is_older(shown[0].value, winner.value):
        return most_trusted(shown)
    told = [c for c in candidates if c.origin.startswith("meta") and c.value.wall.date() in days]
    return most_trusted([c for c in told if not _is_of_many(c, candidates)]) or winner


def _is_older(shown: Moment, told: Moment) -> bool:
    """Whether the day is earlier, and not the same with day and month the other way round."""
    turned = (shown.wall.year, shown.wall.day, shown.wall.month)
    return shown.wall < told.wall and turned != (told.wall.year, told.wall.month, told.wall.day)


def _is_last_change(published: Dated, changed: Dated | None) -> bool:
    return changed is not None and changed.value.wall.date() == published.value.wall.date()


def _is_of_many(candidate: Dated, candidates: list[Dated]) -> bool:
    """Whether the page says the same of several days: its teasers bring their data with them."""
    same = {c.value.wall.date() for c in candidates if c.origin == candidate.origin}
    return len(same) > 1


def _near_days(one: Moment, other: Moment) -> bool:
    return abs(one.wall - other.wall) < timedelta(days=2)


def most_trusted(candidates: list[Dated]) -> Dated | None:
    """The first of the most trusted, or None if there is none at all."""
    return max(candidates, key=lambda c: c.confidence, default=None)
