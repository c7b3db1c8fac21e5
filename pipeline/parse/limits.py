"""Caps that bound what one page may cost, and the clock that holds parsing to them.

A limit that cut something is recorded by name, never hidden. This module must not know what is
parsed: callers ask :class:`Deadline` now and then and stop where they are when time is up.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """The caps of one parse; a page beyond one of them is read as far as the cap goes."""

    max_bytes: int = 5 * 1024 * 1024
    """Bytes of the page's source that are read."""
    max_depth: int = 512
    """Nesting of elements; deeper ones are not visited."""
    max_nodes: int = 200_000
    """Elements visited in one walk."""
    max_blocks: int = 20_000
    """Pieces of text told apart on one page."""
    max_text_chars: int = 4_000_000
    """Characters of text kept from one page."""
    max_seconds: float = 10.0
    """Wall-clock time of one parse, checked cooperatively."""


class Deadline:
    """Says when ``seconds`` have passed since it was made."""

    __slots__ = ("_ends",)

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds

    @property
    def passed(self) -> bool:
        """True once the time is up."""
        return monotonic() >= self._ends
