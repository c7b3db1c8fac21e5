"""Spans of time as people write them: ``90s``, ``30m``, ``1h``, ``7d``."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """The span that ``text`` names. Raises ``ValueError``."""
    try:
        return timedelta(**{_UNITS[text[-1:]]: float(text[:-1])})
    except (KeyError, ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is no time like 30m, 1h or 7d") from error


def growing(texts: Iterable[str]) -> tuple[timedelta, ...]:
    """Spans, each longer than the one before. Raises ``ValueError``."""
    spans = tuple(duration(text) for text in texts)
    if any(a >= b for a, b in itertools.pairwise((timedelta(0), *spans))):
        raise ValueError("each must be longer than the one before")
    return spans
