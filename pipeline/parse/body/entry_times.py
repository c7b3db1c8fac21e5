"""Times of a live blog's entries: which ``<time>`` belongs to which runs of the story.

It knows nothing of publication dates; a page with few times in its story has no entries.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from pipeline.parse.body.layout import Layout

_MIN_ENTRIES = 4


def entry_times(layout: Layout, story: list[bool], zone: tzinfo) -> dict[int, datetime]:
    """Run -> time of its entry, in UTC; empty when the page is no live blog.

    ``zone`` is that of times the page prints without one.
    """
    chosen = [index for index, taken in enumerate(story) if taken]
    if not chosen:
        return {}
    inside = [(run, stamp) for run, stamp in layout.times if run <= chosen[-1]]
    heads = [(run, read_stamp(stamp, zone)) for run, stamp in inside]
    starts = sorted({run for run, time in heads if time})
    spread = [run for run in starts if any(story[run : _next(starts, run, len(story))])]
    if len(spread) < _MIN_ENTRIES:
        return {}
    at = {run: time for run, time in heads if time}
    times: dict[int, datetime] = {}
    for position, run in enumerate(spread):
        end = spread[position + 1] if position + 1 < len(spread) else chosen[-1] + 1
        times.update((index, at[run]) for index in range(run, end) if story[index])
    return times


def _next(starts: list[int], run: int, end: int) -> int:
    return next((start for start in starts if start > run), end)


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
