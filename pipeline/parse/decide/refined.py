"""A date with what other evidence of the same moment adds: the time of day, the zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.dates.countries import country_offset
from pipeline.dates.moment import Moment
from pipeline.dates.zones import region_offset
from pipeline.parse.candidate import Candidate
from pipeline.parse.decide.context import Context

_HOURS = 14
_QUARTER = 15
READ_BY_EYE = ("dom:", "text:")
"""Origins of what readers see, in marks or plain text."""
Dated = Candidate[Moment]


def refined(winner: Dated, candidates: Iterable[Dated]) -> Dated:
    """The winner with the time or the offset that the page's other evidence of its day adds."""
    value = winner.value
    others = sorted((c for c in candidates if c is not winner), key=lambda c: -c.confidence)
    for other in (c.value for c in others):
        if not value.has_time and other.has_time and other.wall.date() == value.wall.date():
            value = other
        elif value.has_time and value.offset_minutes is None and other.offset_minutes is not None:
            same = other.has_time and abs(other.wall - value.wall) < timedelta(minutes=1)
            value = replace(value, offset_minutes=other.offset_minutes) if same else value
    return replace(winner, value=_local([c.value for c in others], value))


def on_shown_day(winner: Dated, candidates: Iterable[Dated], context: Context) -> Dated:
    """An instant told in UTC on the clock of the publisher's country, where that makes it the
    neighbouring day and the page shows that day."""
    value = winner.value
    if value.offset_minutes != 0 or not value.has_time:
        return winner
    country = context.country
    offset = country_offset(country, value.utc) if country else None
    if not offset:
        return winner
    there = value.on_clock(offset)
    day = there.wall.date()
    if day == value.wall.date():
        return winner
    seen = (c.value for c in candidates if c.origin.startswith(READ_BY_EYE))
    days = (moment.wall.date() for moment in seen if not moment.has_time)
    return replace(winner, value=there) if day in days else winner


def with_source_zone(candidate: Dated, context: Context) -> Dated:
    """The candidate in the source's zone, where the page names none and the source knows it."""
    source = context.document.source
    value = candidate.value
    if value.offset_minutes is not None or not source or not source.timezone:
        return candidate
    offset = region_offset(source.timezone, value.wall)
    if offset is None:
        return candidate
    return replace(candidate, value=value.with_offset(offset), origin=candidate.origin + "+source")


def with_listed(candidate: Dated, listed: Dated | None) -> Dated:
    """The candidate with the time that a list gives for its day, or with the zone that makes its
    clock show the list's instant; ``+list:`` in its origin says so."""
    if listed is None or listed is candidate or not listed.value.has_time:
        return candidate
    value, told = candidate.value, listed.value
    if value.precision == "day" and told.wall.date() == value.wall.date():
        value = told
    elif value.has_time and value.offset_minutes is None:
        away = round((value.wall - told.utc.replace(tzinfo=None)).total_seconds() / 60)
        offset = _QUARTER * round(away / _QUARTER)
        # At nought the list may have written the page's own clock as if it were UTC.
        if offset == 0 or abs(away - offset) > 1 or abs(offset) > _HOURS * 60:
            return candidate
        value = value.with_offset(offset)
    else:
        return candidate
    return replace(candidate, value=value, origin=f"{candidate.origin}+{listed.origin}")


def _local(others: list[Moment], value: Moment) -> Moment:
    """An instant told in UTC on the page's own clock, where other evidence shows that clock: the
    same instant with another offset, or its minute some whole quarters of an hour away."""
    if value.offset_minutes != 0 or not value.has_time:
        return value
    for other in others:
        if not other.has_time or other.offset_minutes == 0:
            continue
        away = round((_minute(other.wall) - _minute(value.wall)).total_seconds() / 60)
        if away == 0 or away % _QUARTER or abs(away) > _HOURS * 60:
            continue
        if other.offset_minutes in (None, away):
            return value.on_clock(away)
    return value


def _minute(wall: datetime) -> datetime:
    return wall.replace(second=0, microsecond=0)
