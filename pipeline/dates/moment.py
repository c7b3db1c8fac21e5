"""A point in time exactly as precise as the page gave it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pipeline.models import Precision

EARLIEST_YEAR = 1600
"""No newspaper is older (the first appeared in 1605)."""
MAX_OFFSET_MINUTES = 14 * 60


@dataclass(frozen=True, slots=True)
class Moment:
    """``wall`` is the page's clock, without a zone; ``offset_minutes`` is None when not given."""

    wall: datetime
    precision: Precision
    offset_minutes: int | None = None

    @property
    def has_time(self) -> bool:
        """True when the page gave a time of day."""
        return self.precision in ("instant", "minute")

    @property
    def utc(self) -> datetime:
        """The instant in UTC; the wall clock read as UTC when no offset is known."""
        return (self.wall - timedelta(minutes=self.offset_minutes or 0)).replace(tzinfo=UTC)

    def on_clock(self, minutes: int) -> Moment:
        """An instant in UTC on the clock of another zone."""
        wall = self.wall + timedelta(minutes=minutes)
        return replace(self, wall=wall, offset_minutes=minutes)

    def with_offset(self, minutes: int) -> Moment:
        """The same wall clock with an offset."""
        return replace(self, offset_minutes=minutes)


def make_moment(
    year: int,
    month: int = 1,
    day: int = 1,
    *,
    clock: tuple[int, int, int] | None = None,
    offset_minutes: int | None = None,
    precision: Precision = "day",
) -> Moment | None:
    """A moment from numbers as read, or None when they are no date."""
    if not EARLIEST_YEAR <= year <= 9990:
        return None
    if offset_minutes is not None and abs(offset_minutes) > MAX_OFFSET_MINUTES:
        offset_minutes = None
    hour, minute, second = clock or (0, 0, 0)
    try:
        wall = datetime(year, month, day, hour % 24, minute, min(second, 59))
    except ValueError:
        return None
    if hour == 24:
        wall += timedelta(days=1)
    return Moment(wall, precision, offset_minutes)
