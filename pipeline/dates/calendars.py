"""Calendars other than the Gregorian that newspapers print dates in."""

from __future__ import annotations

from datetime import date, timedelta

SOLAR_HIJRI_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "فروردین حمل",
            "اردیبهشت ثور",
            "خرداد جوزا",
            "تیر سرطان",
            "مرداد اسد",
            "شهریور سنبله",
            "مهر میزان",
            "آبان عقرب",
            "آذر قوس",
            "دی جدی",
            "بهمن دلو",
            "اسفند حوت",
        ),
        1,
    )
    for name in names.split()
}
"""Iranian and Afghan month names -> 1 to 12."""
_PERSIAN_LETTERS = str.maketrans("يىك", "ییک")
"""Arabic keyboards write Persian with their own yeh and kaf."""

_ERAS = {
    "令和": 2018,
    "平成": 1988,
    "昭和": 1925,
    "大正": 1911,
    "明治": 1867,
    "민국": 1911,
    "民國": 1911,
}
"""East Asian eras -> the year before their first."""


def solar_hijri_month(name: str) -> int | None:
    """1 to 12 for an Iranian or Afghan month's name in Persian or Arabic letters, or None."""
    return SOLAR_HIJRI_MONTHS.get(name.translate(_PERSIAN_LETTERS).strip("،,. "))


def solar_hijri_to_gregorian(year: int, month: int, day: int) -> date | None:
    """The day in the Gregorian calendar by the 33-year leap cycle (exact for 1244 to 1472 SH)."""
    if not (1244 <= year <= 1472 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    first = 1309
    leaps = sum(1 for y in range(min(first, year), max(first, year)) if y % 33 in _LEAPS)
    days = 365 * (year - first) + (leaps if year >= first else -leaps)
    before = 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
    return date(1930, 3, 21) + timedelta(days=days + before + day - 1)


_LEAPS = frozenset((1, 5, 9, 13, 17, 22, 26, 30))


def gregorian_year(year: int) -> int:
    """The year of the common era for a printed year: Thai pages count from 543 BC."""
    if 2400 <= year <= 2700:
        return year - 543
    return year


def era_year(era: str, year: int) -> int | None:
    """The Gregorian year of a year in an East Asian era, or None for an unknown era."""
    start = _ERAS.get(era)
    return None if start is None else start + year
