"""The words of a text around what was searched for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.search.query import Clause
from pipeline.search.terms import DROPPED, MARKS, UNSPACED, fold

WIDTH = 240
"""Characters shown: about three lines of a terminal."""
MOST_CHARS = 200_000
"""How far a text is looked through."""
ELLIPSIS = "…"

_ASCII_PIECE = re.compile("[a-z0-9]+")
_PIECE = re.compile(f"[{UNSPACED}]|(?:[^\\W_{UNSPACED}][{MARKS}{DROPPED}]*)+")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A line of text, and ``(start, end)`` of each place in it that was searched for."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


def snippet(text: str, clauses: tuple[Clause, ...], width: int = WIDTH) -> Snippet:
    """The part of ``text`` with the most different clauses in it, the first of equals; the
    beginning when there is none."""
    text = text[:MOST_CHARS]
    places = _places(text, clauses)
    begin = _best(places, width)
    start, end = _cut(text, begin, width)
    before, after = ELLIPSIS if start else "", ELLIPSIS if end < len(text) else ""
    shift = len(before) - start
    shown = before + " ".join(re.split(r"[\r\n]", text[start:end])) + after
    marks = [(a + shift, b + shift) for a, b, _ in places if start <= a and b <= end]
    return Snippet(shown, tuple(marks))


def _places(text: str, clauses: tuple[Clause, ...]) -> list[tuple[int, int, int]]:
    """``(start, end, number of the clause)`` in order; none overlaps another."""
    if not clauses:
        return []
    plain = text.lower() if text.isascii() else ""  # the same places, and folded at once
    pieces = [
        (m[0] if plain else fold(m[0]), *m.span())
        for m in (_ASCII_PIECE if plain else _PIECE).finditer(plain or text)
    ]
    firsts = tuple(clause.pieces[0] for clause in clauses)  # a piece that begins otherwise is none
    found: list[tuple[int, int, int]] = []
    free_from = 0
    for at, (piece, start, _) in enumerate(pieces):
        if start < free_from or not piece.startswith(firsts):
            continue
        for number, clause in enumerate(clauses):
            last = at + len(clause.pieces) - 1
            if last < len(pieces) and _stands_at(pieces, at, clause):
                free_from = pieces[last][2]
                found.append((start, free_from, number))
                break
    return found


def _stands_at(pieces: list[tuple[str, int, int]], at: int, clause: Clause) -> bool:
    *firsts, last = clause.pieces
    if any(pieces[at + n][0] != piece for n, piece in enumerate(firsts)):
        return False
    here = pieces[at + len(firsts)][0]
    return here.startswith(last) if clause.is_prefix else here == last


def _best(places: list[tuple[int, int, int]], width: int) -> int:
    """Where the window with the most different clauses begins."""
    best, most = 0, 0
    for n, (start, _, _) in enumerate(places):
        within = set()
        for _, end, number in places[n:]:
            if end > start + width * 3 // 4:
                break
            within.add(number)
        if len(within) > most:
            best, most = start, len(within)
    return best


def _cut(text: str, begin: int, width: int) -> tuple[int, int]:
    """A window with a quarter of its width before ``begin``, on the borders of words."""
    start = max(0, begin - width // 4)
    if len(text) <= width or start == 0:
        start = 0
    elif (space := text.find(" ", start, begin)) >= 0:
        start = space + 1
    end = min(len(text), start + width)
    if end < len(text) and (space := text.rfind(" ", max(begin, start + width // 2), end)) > 0:
        end = space
    return start, end
