"""Names of time zones that stand beside printed times."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.dates.machine import read_offset

_FIXED = {
    "UTC": 0,
    "GMT": 0,
    "WET": 0,
    "WEST": 60,
    "CET": 60,
    "MEZ": 60,
    "CEST": 120,
    "MESZ": 120,
    "EET": 120,
    "EEST": 180,
    "MSK": 180,
    "МСК": 180,
    "TRT": 180,
    "PKT": 300,
    "WIB": 420,
    "WITA": 480,
    "SGT": 480,
    "HKT": 480,
    "PHT": 480,
    "WIT": 540,
    "JST": 540,
    "KST": 540,
    "AEST": 600,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
    "EST": -300,
    "EDT": -240,
    "CDT": -300,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
    "AKST": -540,
    "HST": -600,
    "BRT": -180,
    "SAST": 120,
    "WAT": 60,
    "EAT": 180,
}
"""Abbreviations with one meaning in the press, minutes east of UTC (IST, CST, BST have several)."""

_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "PT": "America/Los_Angeles"}


def offset_of(name: str, wall: datetime) -> int | None:
    """Minutes east of UTC of a zone's name or number at ``wall``, or None when unknown."""
    number = read_offset(name)
    if number is not None:
        return number
    name = name.strip(" ().").replace(".", "").upper()
    if name in _REGIONS:
        return region_offset(_REGIONS[name], wall)
    return _FIXED.get(name)


def region_offset(region: str, at: datetime) -> int | None:
    """Minutes east of UTC of an IANA region at an instant, or at that local time where ``at`` names
    no zone; None if the region is unknown."""
    try:
        zone = ZoneInfo(region)
        there = at.astimezone(zone) if at.tzinfo else at.replace(tzinfo=zone)
        offset = there.utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        return None
    return None if offset is None else int(offset.total_seconds() // 60)
