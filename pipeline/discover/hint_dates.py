"""Dates that feeds and sitemaps write: RFC 822 and ISO 8601. A zone not named is taken as UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def read_hint_date(text: str) -> datetime | None:
    """The moment in UTC, or None when it cannot be read."""
    text = text.strip()[:64]
    if re.fullmatch(r"\d{4}-\d{2}", text, re.ASCII):
        text += "-01"
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            when = read(text)
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None
