"""Names that the word for "reporter" points at, in scripts that tell a name by no capital."""

from __future__ import annotations

import re

_REPORTER = re.compile(
    r"(?:^|[=|·,(\[\s])([가-힣]{2,4}(?:\s?[·ㆍ,]\s?[가-힣]{2,4}){0,3})\s?(?:기자|특파원)(?![가-힣])"
    r"|(?:^|[〔【（(\[:：]\s?)(?:本報|本报)?[記记]者\s?([\u4e00-\u9fff]{2,4})(?=[／/、，,）)〕】\]\s]|$)"
)
"""A name with "reporter" beside it, in scripts whose names no capital tells from other words."""
_REPORTERS_APART = re.compile(r"\s?[·ㆍ,]\s?")
_NO_REPORTER = frozenset(
    ("사진", "취재", "영상", "그래픽", "인턴", "선임", "수습", "전문", "시민", "본지")
)
"""What stands where a name does: text, picture, trainee."""


def signed_reporters(line: str) -> list[str]:
    """The names beside the word for "reporter", in scripts that have no capitals."""
    found = None if line.isascii() else _REPORTER.search(line)
    names = _REPORTERS_APART.split(found[1] or found[2]) if found else []
    return [name for name in names if name not in _NO_REPORTER]
