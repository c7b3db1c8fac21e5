"""A date whose month and day are the other way round than the page's language has them."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.dates.moment import Moment
from pipeline.parse.candidate import Candidate

_EITHER_WAY = re.compile(r"\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})(?!\d)")
Dated = Candidate[Moment]


def turned(winner: Dated | None, candidates: list[Dated]) -> Dated | None:
    """The winner with day and month exchanged, where the page tells that day in a form that has
    one reading, or its month in the address, and does not tell the day as it was read."""
    if winner is None or not _EITHER_WAY.search(winner.raw):
        return winner
    other = _exchanged(winner.value)
    if other is None:
        return winner
    told = [c.value for c in candidates if not _EITHER_WAY.search(c.raw)]
    days = {moment.wall.date() for moment in told if moment.precision != "month"}
    months = {moment.wall.month for moment in told if moment.precision == "month"}
    if winner.value.wall.date() in days or winner.value.wall.month in months:
        return winner
    if other.wall.date() not in days and other.wall.month not in months:
        return winner
    return replace(winner, value=other)


def _exchanged(moment: Moment) -> Moment | None:
    wall = moment.wall
    if wall.day > 12 or wall.day == wall.month:
        return None
    return replace(moment, wall=wall.replace(month=wall.day, day=wall.month))
