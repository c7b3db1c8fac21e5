"""Times of a live blog's entries: which ``<time>``, or which printed clock, belongs to which runs.

It decides no publication date; a page with few times in its story has no entries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

from pipeline.dates.clock import find_clock
from pipeline.parse.body.layout import Layout

Days = tuple[datetime | None, datetime | None]
_MIN_ENTRIES = 4
_CLOCK_CHARS = 24
_HEAD_CHARS = 16
_SAME_WAY = 0.8
_NEW_DAY_MINUTES = 360
"""A clock that runs the other way by less is an entry out of order."""
_OTHER_DAY_MINUTES = 1440 - _NEW_DAY_MINUTES
"""A first clock that is further from the anchor's is nearer to it over midnight."""
_CLOCK_ALONE = re.compile(
    r"[\W_]{0,6}(?:(?:um|at|à|às|ore|kl\.?|klo|o)\s)?\d{1,2}\s?[:.hH時시点點]\s?\d{2}\s?[分분]?"
    r"(?:\s?[ap]\.?\s?m\b\.?)?(?:\s?(?:Uhr|hrs?|h|น\.|ч\.?))?(?:\s?[A-Z]{2,5})?[\W_]{0,6}",
    re.IGNORECASE,
)
_CLOCK_FIRST = re.compile(
    r"(?:[+\[(]{1,3}\s?\d{1,2}[:.]\d{2}|\d{1,2}:\d{2}|\d{1,2}[.h]\d{2}(?=\s?(?:Uhr|h\b|[-–—:|])))"
    r"(?:\s?[ap]\.?\s?m\b\.?)?(?:\s?Uhr)?\s?[\])+]{0,3}(?:\s?[-–—:|]|\s)",
    re.IGNORECASE,
)
"""At the beginning of an entry: "14:32 The vote is open", "+++ 14.32 Uhr: ..."."""

CALLED_LIVE = re.compile(
    r"\b(?:live[- ]?(?:blog|ticker|updates?|coverage|reporting)|newsblog|newsticker|as it happened|"
    r"minute[- ]by[- ]minute|minuto a minuto|minute par minute|"
    r"(?:en|in|ao) (?:direct|directo|vivo|diretta)|canlı (?:blog|anlatım|yayın))\b|"
    r"онлайн-трансляция|текстовая трансляция|\bticker\b(?!\s(?:tape|symbol))|"
    r"^(?:live|direct)\s*[:.|–—-]|(?-i:^(?:LIVE|DIRECT)\b)|"
    r"(?<!\w)(?<!غير )مباشر(?!\w)|ζωντανά|速報|라이브|直播",
    re.I,
)
"""A title that has it is a live blog's; "Live music" and "Direct flights" are none."""


def entry_times(
    layout: Layout, story: list[bool], zone: tzinfo, told: Callable[[], tuple[Days, bool]]
) -> dict[int, datetime]:
    """Run -> time of its entry, in UTC; empty when the page is no live blog.

    ``zone`` is that of times the page prints without one. ``told`` is asked where entries print a
    clock and no day: it gives the days of publication and of the last change, and whether the page
    calls itself live; if not, clocks that run forth are a day's plan.
    """
    chosen = [index for index, taken in enumerate(story) if taken]
    if not chosen:
        return {}
    stamps = ((run, read_stamp(stamp, zone)) for run, stamp in layout.times if run <= chosen[-1])
    found = _spread({run: time for run, time in stamps if time}, story, chosen[-1] + 1)
    if found:
        return found
    clocks = list(_clocks(layout, story, chosen[-1] + 1))
    if len(clocks) < _MIN_ENTRIES:
        return {}
    return _spread(_dated(clocks, zone, *told()), story, chosen[-1] + 1)


def _spread(heads: dict[int, datetime], story: list[bool], end: int) -> dict[int, datetime]:
    """The times of all runs of the entries that begin at ``heads``, if there are enough of them."""
    starts = sorted(heads)
    begun = [run for run, after in pairwise([*starts, end]) if any(story[run:after])]
    if len(begun) < _MIN_ENTRIES:
        return {}
    return {
        index: heads[run]
        for run, after in pairwise([*begun, end])
        for index in range(run, after)
        if story[index]
    }


def _clocks(layout: Layout, story: list[bool], end: int) -> Iterator[tuple[int, int]]:
    """(run, minute of the day) of each run that is a time of day, or of the story and begins so."""
    for index, run in enumerate(layout.runs[:end]):
        text = run.text
        told = text if len(text) <= _CLOCK_CHARS and _CLOCK_ALONE.fullmatch(text) else ""
        if not told and story[index] and (first := _CLOCK_FIRST.match(text)):
            told = first.group()
        if told and (clock := find_clock(told.strip("+[]() ")[:_HEAD_CHARS])):
            yield index, 60 * clock.hour + clock.minute


def _dated(
    clocks: list[tuple[int, int]], zone: tzinfo, days: Days, called_live: bool
) -> dict[int, datetime]:
    """The moments of clocks that run one way, forth from the first day or back from the last."""
    # The shorter way round the clock: from 0:15 to 23:15 is an hour back.
    steps = [(after - before + 720) % 1440 - 720 for (_, before), (_, after) in pairwise(clocks)]
    forth = sum(step >= 0 for step in steps)
    back = sum(step <= 0 for step in steps)
    first, last = days
    way = -1 if back > forth else 1
    anchor = (first or last) if way > 0 else (last or first)
    if way > 0 and not called_live:
        return {}
    if anchor is None or max(forth, back) < _SAME_WAY * len(steps):
        return {}
    zone = anchor.tzinfo if zone is UTC and anchor.tzinfo else zone
    midnight = anchor.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    moments: dict[int, datetime] = {}
    before = clocks[0][1]
    at = 60 * anchor.astimezone(zone).hour + anchor.astimezone(zone).minute
    if at and (at - before) * way > _OTHER_DAY_MINUTES:  # at 0:00 sharp the page gave but a day
        midnight += timedelta(days=way)
    for run, minute in clocks:
        if (before - minute) * way > _NEW_DAY_MINUTES:
            midnight += timedelta(days=way)
        before = minute
        moments[run] = (midnight + timedelta(minutes=minute)).astimezone(UTC)
    return moments


def read_stamp(stamp: str, zone: tzinfo) -> datetime | None:
    """An ISO 8601 time as an aware time in UTC, None when it is not one."""
    text = stamp.strip()
    if len(text) < len("2025-01-01T00:00"):
        return None
    try:
        time = datetime.fromisoformat(text)
        aware = time if time.tzinfo else time.replace(tzinfo=zone)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
