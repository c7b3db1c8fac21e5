"""Dates written for machines: ISO 8601 with the liberties pages take, and Unix times."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pipeline.dates.moment import MAX_OFFSET_MINUTES, Moment, make_moment

_ISO = re.compile(
    r"(?P<y>\d{4})(?P<sep>[-/.]?)(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})"
    r"(?:(?:\s*T\s*|\s+|,\s*)(?P<h>\d{1,2}):?(?P<min>\d{2})(?::?(?P<s>\d{2}|(?<=:)\d(?!\d))(?:[.,:]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<zone>Z|(?:UTC|GMT)?\s*[+\-\u2212]\s?\d{1,2}(?::?\d{2})?|UTC|GMT)?)?(?!\d)",
    re.ASCII,
)
_MONTH_ONLY = re.compile(r"(\d{4})-(\d{2})$", re.ASCII)
_OFFSET = re.compile(r"([+\-\u2212])\s?(\d{1,2}):?(\d{2})?")
_UNIX = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d+)?$", re.ASCII)


def read_machine_date(text: str) -> Moment | None:
    """The moment that a machine-readable string names, or None."""
    text = text.strip()
    if match := _UNIX.match(text):
        when = datetime.fromtimestamp(int(match[1]), UTC)
        return Moment(when.replace(tzinfo=None), "instant", 0)
    match = _ISO.match(text)
    if match is None:
        month = _MONTH_ONLY.match(text)
        return make_moment(int(month[1]), int(month[2]), precision="month") if month else None
    if match["sep"] == "" and len(match["m"] + match["d"]) != 4:
        return None
    date = int(match["y"]), int(match["m"]), int(match["d"])
    if match["h"] is None:
        return make_moment(*date)
    offset = read_offset(match["zone"])
    clock = _hour(int(match["h"]), match["half"]), int(match["min"]), int(match["s"] or 0)
    if clock == (0, 0, 0) and not offset:
        # Midnight sharp is what software writes for a day without a time.
        return make_moment(*date, offset_minutes=offset)
    precision = "instant" if match["s"] else "minute"
    return make_moment(*date, clock=clock, offset_minutes=offset, precision=precision)  # type: ignore[arg-type]


def read_offset(zone: str | None) -> int | None:
    """Minutes east of UTC for ``Z``, ``UTC``, ``+02:00``, ``GMT+2``; None for anything else."""
    if not zone:
        return None
    if match := _OFFSET.search(zone):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes > MAX_OFFSET_MINUTES:
            return None
        return minutes if match[1] == "+" else -minutes
    return 0 if zone.strip() in ("Z", "UTC", "GMT") else None


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half[0] in "Pp" else 0)
