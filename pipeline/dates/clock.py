"""A time of day as printed beside a date: ``3:02 PM``, ``15.02 Uhr``, ``下午3:02``, ``9h30``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_AFTERNOON = r"[Pp]\.?\s?[Mm]\b\.?|오후|下午|午後|晚上|μ\.?μ\.?|ΜΜ|अपराह्न|ب\.?\s?ظ(?!\w)"
_MORNING = r"[Aa]\.?\s?[Mm]\b\.?|오전|上午|午前|早上|凌晨|π\.?μ\.?|ΠΜ|पूर्वाह्न|ق\.?\s?ظ(?!\w)"
_LATE = rf"{_MORNING}|{_AFTERNOON}|(?:م(?:ساءً?)?|ص(?:باح(?:ا|اً|ًا)?)?)(?!\w)"
"""Behind the time also the Arabic signs: before it, ``م`` says that the year is not Hijri."""
_ZONE = (
    r"(?:UTC|GMT)\s?[+\-\u2212]\s?\d{1,2}(?::?\d{2})?|[+\-\u2212]\d{2}:?\d{2}|"
    r"[A-Z]\.?[A-Z]\.?[A-Z]?\.?[A-Z]?\b|МСК"
)
_CLOCK = re.compile(
    rf"(?:(?P<early>{_MORNING}|{_AFTERNOON})\s?)?"
    r"(?<![\d.,/:\-])(?P<h>\d{1,2})"
    r"(?:\s?[:：hH]\s?|\s?[時时点點시]\s?|(?P<dot>\.))(?P<m>\d{2})(?![\d%€$]|\.\d)(?:[:：](?P<s>\d{2}))?\s?[分분]?"
    rf"(?:\s?(?P<late>{_LATE}))?"
    rf"(?:\s?(?:Uhr|hrs?|h)\b\.?)?(?:\s?\(?(?P<zone>{_ZONE})\)?)?"
)
_HOUR_ONLY = re.compile(
    rf"(?<![\d.,/:\-])(?P<h>\d{{1,2}})\s?(?P<late>{_LATE})(?:\s?(?P<zone>{_ZONE}))?"
)
_IS_AFTERNOON = re.compile(rf"{_AFTERNOON}|م")


@dataclass(frozen=True, slots=True)
class Clock:
    """``hour`` in 24-hour form; ``seconds`` is None when not printed; ``zone`` as printed."""

    hour: int
    minute: int
    seconds: int | None
    zone: str | None


def find_clock(text: str, *, last: bool = False) -> Clock | None:
    """The first (or last) time of day in a short text, or None."""
    found = [clock for match in _CLOCK.finditer(text) if (clock := _read(match))]
    if found:
        return found[-1 if last else 0]
    match = _HOUR_ONLY.search(text)
    return _read(match) if match else None


def _read(match: re.Match[str]) -> Clock | None:
    parts = match.groupdict()
    hour, minute = int(parts["h"]), int(parts.get("m") or 0)
    half = parts.get("early") or parts.get("late")
    if half:
        hour = hour % 12 + (12 if _IS_AFTERNOON.match(half) else 0) if hour <= 12 else hour
    if hour > 23 or minute > 59:
        return None
    seconds = parts.get("s")
    return Clock(hour, minute, int(seconds) if seconds else None, parts.get("zone"))
