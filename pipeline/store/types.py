"""Column types at the boundary: what Python holds, what both databases can keep.

Everything a page says is hostile text. It is made storable here, once, for every column.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

RowId = BigInteger().with_variant(Integer(), "sqlite")
"""Internal row id. SQLite autoincrements only a column declared INTEGER."""


def clean_text(text: str, max_chars: int | None = None) -> str:
    """Storable text: NFC, without NUL and lone surrogates (U+FFFD), at most ``max_chars``.

    PostgreSQL refuses NUL in text, and UTF-8 has no lone surrogates.
    """
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = unicodedata.normalize("NFC", text)
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    return text if max_chars is None else text[:max_chars]


class CleanText(TypeDecorator[str]):
    """TEXT that accepts any Python string; cut at ``max_chars`` characters when given."""

    impl = Text
    cache_ok = True

    def __init__(self, max_chars: int | None = None) -> None:
        super().__init__()
        self.max_chars = max_chars

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean_text(value, self.max_chars)


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC in Python. SQLite keeps it without a zone, PostgreSQL as timestamptz."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        time: datetime = value
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
