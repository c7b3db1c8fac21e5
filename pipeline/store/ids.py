"""Public ids: UUID version 7 (RFC 9562 section 5.7), so that they sort by time of creation."""

from __future__ import annotations

import re
import secrets
import time
import uuid

_ID = re.compile(r"[0-9a-f-]{36}", re.ASCII)


def may_be_id(text: str) -> bool:
    """Whether a text has the form of a public id; what has not is no question to the database."""
    return _ID.fullmatch(text) is not None


def new_id() -> str:
    """A new UUIDv7 in its text form: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))
