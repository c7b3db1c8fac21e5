"""Dates that feeds and sitemaps write: RFC 822, ISO 8601, and what people make of both.

A zone not named is taken as UTC, and what could be two days is none.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pipeline.dates.machine import read_machine_date
from pipeline.dates.moment import EARLIEST_YEAR
from pipeline.dates.written import find_written_dates
from pipeline.discover.found import DateSays

MAX_CHARS = 64
_DAY_AND_ZONE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:?\d{2})", re.ASCII)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_WORDS_OF_MACHINES = frozenset(("UTC", "GMT", "AM", "PM"))
_RFC822 = re.compile(
    r"(?:[A-Z][a-z]{2}, ?)?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})", re.ASCII
)
_CLOCK_AND_ZONE = re.compile(
    r"(?<!\d)(\d{1,2}:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(?:[AP]M\s*)?"
    r"(?:[+-]\d\d:?\d\d|(?:Z|UTC|GMT|[ECMP][SD]T)\b)",
    re.I | re.ASCII,
)
_NOTHING = datetime(1970, 1, 1, tzinfo=UTC)
"""What programs write that know no date; nobody published at that second."""


def read_hint_date(text: str) -> datetime | None:
    """The moment in UTC, or None when it cannot be read."""
    text = text.strip()[:MAX_CHARS].strip()
    if not text:
        return None
    if day := _DAY_AND_ZONE.fullmatch(text):
        text = day[1]
    elif re.fullmatch(r"\d{4}", text, re.ASCII):
        text += "-01-01"  # a W3C date of no more than a year
    for read in _READERS:
        try:
            when = read(text)
            if when is None:
                continue
            when = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return when if when.year >= EARLIEST_YEAR and when != _NOTHING else None
    return None


def date_says(published: str) -> DateSays:
    """How much a date of publication says: an instant needs a clock and a zone. Midnight sharp is
    how a mere day is written."""
    clock = _CLOCK_AND_ZONE.search(published[:MAX_CHARS])
    return "instant" if clock and clock[1].strip("0:") else "day"


def _read_iso(text: str) -> datetime | None:
    return datetime.fromisoformat(text.upper()) if text[4:5] in ("-", "0", "1") else None


def _read_machine(text: str) -> datetime | None:
    if not {word.upper() for word in _WORDS.findall(text)} <= _WORDS_OF_MACHINES:
        return None
    moment = read_machine_date(text)
    return moment.utc if moment else None


def _read_plain_rfc822(text: str) -> datetime | None:
    """As nearly every feed writes it; the library reads it faster than we do."""
    return parsedate_to_datetime(text) if _RFC822.fullmatch(text) else None


def _read_written(text: str) -> datetime | None:
    """Before the library for mail's dates, which takes "+01:00", "CET" and "PM" for nothing."""
    written = next(find_written_dates(text), None)
    if written is None or written.ambiguous or (":" in text and not written.moment.has_time):
        return None
    return written.moment.utc


def _read_rfc822(text: str) -> datetime | None:
    return parsedate_to_datetime(text) if _WORDS.search(text) else None


def _read_day(text: str) -> datetime | None:
    """The day, where the time beside it is none."""
    written = next(find_written_dates(text), None)
    return written.moment.utc if written and not written.ambiguous else None


_READERS = (
    _read_iso,
    _read_plain_rfc822,
    _read_machine,
    _read_written,
    _read_rfc822,
    _read_day,
)
"""The sure ones first."""
