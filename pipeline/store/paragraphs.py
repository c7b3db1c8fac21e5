"""Which paragraphs of a text were added, removed or changed: bounded, whatever the texts are."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

MOST_COMPARED = 1_000
"""Paragraphs that differ, of one text, up to which they are aligned; beyond, they are only
counted, because aligning takes their square."""
ALIKE = 0.5
"""Part of their words that two paragraphs share when one is the other rewritten."""


@dataclass(frozen=True, slots=True)
class ParagraphChange:
    """``old`` is None for an added one, ``new`` for a removed one. ``at`` counts from 1: the place
    in the new text, of a removed one in the old."""

    change: Literal["added", "removed", "changed"]
    at: int
    old: str | None
    new: str | None


def changed_paragraphs(old_body: str, new_body: str) -> list[ParagraphChange]:
    """The changes in the order of the text; none when the bodies are the same."""
    if old_body == new_body:
        return []
    old, new = _paragraphs(old_body), _paragraphs(new_body)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    old_part, new_part = old[start : len(old) - end], new[start : len(new) - end]
    if max(len(old_part), len(new_part)) > MOST_COMPARED:
        return list(_counted(old_part, new_part, start))
    return list(_aligned(old_part, new_part, start))


def _paragraphs(body: str) -> list[str]:
    return body.split("\n\n") if body else []


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many paragraphs both begin with."""
    same = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        same += 1
    return same


def _aligned(old: list[str], new: list[str], start: int) -> Iterator[ParagraphChange]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            yield from _replaced(old[a:b], new[c:d], start + a, start + c)


def _replaced(
    old: list[str], new: list[str], old_at: int, new_at: int
) -> Iterator[ParagraphChange]:
    """One stretch for another: rewritten paragraphs in pairs, the others alone."""
    paired = 0
    while paired < min(len(old), len(new)) and _alike(old[paired], new[paired]):
        one, other = old[paired], new[paired]
        paired += 1
        yield ParagraphChange("changed", new_at + paired, one, other)
    for place, text in enumerate(old[paired:], paired + 1):
        yield ParagraphChange("removed", old_at + place, text, None)
    for place, text in enumerate(new[paired:], paired + 1):
        yield ParagraphChange("added", new_at + place, None, text)


def _alike(one: str, other: str) -> bool:
    words, others = Counter(one.split()), Counter(other.split())
    most = max(words.total(), others.total())
    return most > 0 and (words & others).total() >= ALIKE * most


def _counted(old: list[str], new: list[str], start: int) -> Iterator[ParagraphChange]:
    """Without order: what one text has more often than the other."""
    for left, right, word in ((old, new, "removed"), (new, old, "added")):
        more = Counter(left) - Counter(right)
        for place, text in enumerate(left, start + 1):
            if more[text] > 0:
                more[text] -= 1
                if word == "removed":
                    yield ParagraphChange("removed", place, text, None)
                else:
                    yield ParagraphChange("added", place, None, text)
