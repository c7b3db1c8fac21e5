"""A date whose month and day are the other way round than the page's language has them."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.dates.moment import Moment
from pipeline.parse.decide.refined import Dated

_NUMBERS = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})(?![\d/-])")
_MOST_MONTHS = 12


def turned(winner: Dated | None, candidates: list[Dated]) -> Dated | None:
    """The winner with day and month exchanged, where the page tells that day in a form that has
    one reading, or its month in the address, and does not tell the day as it was read; or where
    the page's other dates of that form put the day in the other place."""
    numbers = _NUMBERS.search(winner.raw) if winner else None
    if winner is None or numbers is None:
        return winner
    other = _exchanged(winner.value)
    if other is None:
        return winner
    day_first = int(numbers[1]) == winner.value.wall.day
    told, places = [], set()
    for candidate in candidates:
        form = _NUMBERS.search(candidate.raw)
        if form is None or form[2] == "." != numbers[2]:
            told.append(candidate.value)
        elif form[2] == numbers[2] and max(int(form[1]), int(form[3])) > _MOST_MONTHS:
            places.add(int(form[1]) > _MOST_MONTHS)
    if places == {not day_first}:
        return replace(winner, value=other)
    days = {moment.wall.date() for moment in told if moment.precision != "month"}
    months = {moment.wall.month for moment in told if moment.precision == "month"}
    if winner.value.wall.date() in days or winner.value.wall.month in months:
        return winner
    if other.wall.date() not in days and other.wall.month not in months:
        return winner
    return replace(winner, value=other)


def _exchanged(moment: Moment) -> Moment | None:
    wall = moment.wall
    if wall.day > _MOST_MONTHS or wall.day == wall.month:
        return None
    return replace(moment, wall=wall.replace(month=wall.day, day=wall.month))
