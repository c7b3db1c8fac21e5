"""Dates written for people, in any order of day, month and year and any language we know.

Only dates with a year count: what has none, or only "yesterday", would be a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.dates.calendars import (
    era_year,
    gregorian_year,
    solar_hijri_month,
    solar_hijri_to_gregorian,
)
from pipeline.dates.clock import find_clock
from pipeline.dates.moment import Moment, make_moment
from pipeline.dates.months import month_number
from pipeline.dates.zones import offset_of

_NAME = r"(?:(?:كانون|تشرين)\s\S+|[^\W\d_][^\s\d,،;:/()|]{1,24})"
_LINK = r"(?:\s?[^\W\d_]{1,3}['’]?\s)?"  # "de", "of", "di", "na": any short word between the parts
_SUFFIX = r"(?:st|nd|rd|th|er|re|ος|η|ª|º|°)?[.,]?"
_DATE = re.compile(
    r"(?=[\d令平昭民])(?:(?<![\d.,/:\-])|(?<=ב-))(?:"  # looks before it tries each of these
    r"(?P<cy>\d{4}|(?:令和|平成|昭和|民國)\s?(?:\d{1,3}|元))\s?[年년]\s?(?P<cm>\d{1,2})\s?[月월]\s?(?P<cd>\d{1,2})"
    r"|(?P<ny>\d{4})(?P<ns>[-./])\s?(?P<nm>\d{1,2})(?P=ns)\s?(?P<nd>\d{1,2})(?![\d/])"
    r"|(?P<a>\d{1,2})(?P<s>[-./]|\s/)\s?(?P<b>\d{1,2})(?P=s)\s?(?P<y>\d{4}|\d{2}(?![\d.:/]))(?!\d)"
    rf"|(?P<dd>\d{{1,2}}){_SUFFIX}(?:\s/\s|[\s\-/]?){_LINK}\s?(?P<dn>{_NAME})(?:\s/|[.,،/\-]?)\s?{_LINK}[\s\-'’]?(?P<dy>\d{{4}}(?!\d)|(?<=[-'’])\d{{2}}(?![\d.:]|\s?[^\W\d_]))"
    rf"|(?P<yy>\d{{4}})\.?\s?(?:[^\W\d_]{{1,2}}\.\s)?(?P<yn>{_NAME})\s(?P<yd>\d{{1,2}})(?!\d)"
    r"|(?P<td>\d{1,2})\s(?P<tn>[\u0e01-\u0e5b.]{4,12})\s?(?P<ty>\d{2})(?![\d:])"  # 68 is 2568
    r"|(?P<vd>\d{1,2})\s[tT]háng\s(?P<vm>\d{1,2})(?:,|\snăm)?\s(?P<vy>\d{4})"
    rf")|(?<![^\W\d_])(?P<mn>{_NAME})\s(?P<md>\d{{1,2}}){_SUFFIX}(?:\s\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s[A-Z]{{3,4}})?)?,?\s?(?P<my>\d{{4}})(?![\d:])"
)
_BUDDHIST_CENTURY = 2500
_LAST_CENTURY = 70
"""Two digits from here on are a year of the last century: nobody prints 2070 yet."""
_DIGIT = re.compile(r"\d")
_AFTER_CHARS = 48
_BEFORE_CHARS = 28


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date found in a text, ``start`` and ``end`` its place without the time beside it.

    ``ambiguous`` says that day and month could be the other way round.
    """

    moment: Moment
    start: int
    end: int
    ambiguous: bool = False


def find_written_dates(
    text: str, language: str | None = None, *, month_first: bool = False
) -> Iterator[WrittenDate]:
    """Every date in ``text``, in order, each with the time of day printed beside it."""
    if not _DIGIT.search(text):
        return  # to look for a date in a long line costs twenty times as much
    place = 0
    while match := _DATE.search(text, place):
        day, ambiguous = _read_day(match, language, month_first)
        # A number can be a street's before it is a date's: look again behind its first character.
        place = match.end() if day else match.start() + 1
        if day:
            moment = _with_clock(day, text, match)
            yield WrittenDate(moment, match.start(), match.end(), ambiguous)


def _read_day(
    match: re.Match[str], language: str | None, month_first: bool
) -> tuple[Moment | None, bool]:
    g = match.groupdict()
    if g["cy"]:
        return _numbers(_eastern_year(g["cy"]), int(g["cm"]), int(g["cd"])), False
    if g["ny"]:
        return _numbers(int(g["ny"]), int(g["nm"]), int(g["nd"])), False
    if g["vy"]:
        return _numbers(int(g["vy"]), int(g["vm"]), int(g["vd"])), False
    if g["ty"]:
        return _named(_BUDDHIST_CENTURY + int(g["ty"]), g["tn"], int(g["td"]), "th"), False
    if g["y"]:
        return _day_and_month(int(g["a"]), int(g["b"]), g["y"], g["s"], month_first)
    year, name, day = next(
        (g[y], g[n], g[d])
        for y, n, d in (("dy", "dn", "dd"), ("yy", "yn", "yd"), ("my", "mn", "md"))
        if g[y]
    )
    return _named(_full_year(year), name, int(day), language), False


def _full_year(year: str) -> int:
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) < _LAST_CENTURY else 1900)


def _day_and_month(
    a: int, b: int, year: str, separator: str, month_first: bool
) -> tuple[Moment | None, bool]:
    full_year = _full_year(year)
    ambiguous = separator != "." and a <= 12 and b <= 12 and a != b
    if b > 12 or (month_first and separator != "." and a <= 12):
        a, b = b, a
    return _numbers(full_year, b, a), ambiguous


def _named(year: int, name: str, day: int, language: str | None) -> Moment | None:
    hijri = solar_hijri_month(name) if year < 1500 else None
    if hijri:
        return _solar_hijri(year, hijri, day)
    month = month_number(name, language)
    return make_moment(gregorian_year(year), month, day) if month else None


def _numbers(year: int | None, month: int, day: int) -> Moment | None:
    if year is None:
        return None
    if 1300 <= year < 1472:
        return _solar_hijri(year, month, day)
    return make_moment(gregorian_year(year), month, day)


def _solar_hijri(year: int, month: int, day: int) -> Moment | None:
    found = solar_hijri_to_gregorian(year, month, day)
    return make_moment(found.year, found.month, found.day) if found else None


def _eastern_year(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    return era_year(text[:2], int(text[2:].strip().replace("元", "1")))


def _with_clock(day: Moment, text: str, match: re.Match[str]) -> Moment:
    """The day with the time after, inside or before it, and the zone beside the time."""
    clock = (
        find_clock(text[match.end() : match.end() + _AFTER_CHARS])
        or find_clock(match.group())
        or find_clock(text[max(0, match.start() - _BEFORE_CHARS) : match.start()], last=True)
    )
    if clock is None:
        return day
    timed = make_moment(
        day.wall.year,
        day.wall.month,
        day.wall.day,
        clock=(clock.hour, clock.minute, clock.seconds or 0),
        precision="minute" if clock.seconds is None else "instant",
    )
    offset = offset_of(clock.zone, timed.wall) if timed and clock.zone else None
    return timed.with_offset(offset) if timed and offset is not None else timed or day
