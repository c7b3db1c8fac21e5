"""Where the story of an unmarked text ends, and what the lines after it are."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Literal

from pipeline.parse.flat.cues import BYLINE
from pipeline.parse.flat.head import Head, is_meta
from pipeline.parse.flat.lines import Line

TailRole = Literal["byline", "bio", "teaser", "promo", "furniture"]

_TITLE_WORDS = range(6, 26)
_SURE_TITLE_WORDS = 8
_DECK_WORDS = 60
_AUTHOR_LINE_WORDS = 12
_NAME_CHARS = 5


def find_end(lines: list[Line], head: Head) -> int:
    """The first line after the story: an author line, or teasers before one or at the end."""
    names = _names(head)
    count = len(lines)
    end = next(
        (
            index
            for index in range(head.story + 1, count)
            if _closes(lines[index], names) and _mostly_before(lines, head.story, index)
        ),
        count,
    )
    closed = end < count
    while end > head.story and _is_aside(lines[end - 1]):
        end -= 1
    pairs = list(_pairs_before(lines, head.story, end))
    if pairs and (closed or len(pairs) > 1 or _sure_pair(lines, head.story, pairs[0])):
        return pairs[-1]
    return end


def tail_pieces(lines: list[Line], end: int, head: Head) -> Iterator[tuple[TailRole, int, int]]:
    """(role, first line, last line) of everything after the story; a teaser with its deck."""
    names = _names(head)
    index = end
    while index < len(lines):
        line = lines[index]
        last = index
        role: TailRole = "furniture"
        if _closes(line, names) or (is_meta(line) and line.names_author):
            role = "byline"
        elif any(name in line.text for name in names):
            role = "bio"
        elif line.promo and not line.is_paragraph:
            role = "promo"
        elif line.words > 3:
            role = "teaser"
            last = index + 1 if _has_deck(lines, index, names) else index
        yield role, index, last
        index = last + 1


def _names(head: Head) -> list[str]:
    """The byline's names as they would stand in a line below the story."""
    if not head.byline:
        return []
    text = BYLINE.sub("", head.byline).strip()
    return [text] if len(text) >= _NAME_CHARS else []


def _closes(line: Line, names: list[str]) -> bool:
    """A line that only names the author."""
    if line.author_label:
        return True
    named = any(name in line.text for name in names)
    return named and line.words <= _AUTHOR_LINE_WORDS and not line.ends_in_stop


def _is_aside(line: Line) -> bool:
    return (line.related or line.promo) and not line.is_paragraph


def _mostly_before(lines: list[Line], start: int, index: int) -> bool:
    """Whether more running text stands before ``index`` than after it."""
    before = sum(line.words for line in lines[start:index] if line.is_paragraph)
    after = sum(line.words for line in lines[index:] if line.is_paragraph)
    return before > after


def _is_title(line: Line) -> bool:
    plain = not line.credit and not line.date
    return plain and not line.full_stop and line.words in _TITLE_WORDS and line.sentences <= 1


def _pairs_before(lines: list[Line], start: int, end: int) -> Iterator[int]:
    """First lines of the (title, deck) pairs that directly precede ``end``, last pair first."""
    while end - 2 > start and _is_title(lines[end - 2]) and _is_deck(lines[end - 1]):
        end -= 2
        yield end


def _is_deck(line: Line) -> bool:
    return line.ends_in_stop and line.words <= _DECK_WORDS and line.sentences <= 3


def _sure_pair(lines: list[Line], start: int, title: int) -> bool:
    """One pair at the very end: a headline's length, no such line before, a short deck."""
    before = lines[start:title]
    if lines[title].words < _SURE_TITLE_WORDS or any(_is_title(line) for line in before):
        return False
    usual = median([line.words for line in before if line.is_paragraph] or [0])
    return lines[title + 1].words <= usual


def _has_deck(lines: list[Line], index: int, names: list[str]) -> bool:
    if index + 1 >= len(lines) or lines[index].words not in range(3, 30):
        return False
    line = lines[index + 1]
    return line.ends_in_stop and line.words >= 8 and not _closes(line, names)
