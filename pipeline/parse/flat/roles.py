"""The role of every line of an unmarked text: headline, byline, paragraph, teaser...

Decided by each line's own marks and its place among the others, in four steps: the head (up to
the first paragraph), the story's end, the story between, and what follows it. No rule depends on
one language; cues of many are data in :mod:`pipeline.parse.flat.cues`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.parse.flat.head import Head, find_head
from pipeline.parse.flat.lines import Line
from pipeline.parse.flat.tail import find_end, tail_pieces

Role = Literal[
    "headline",
    "subheadline",
    "byline",
    "caption",
    "paragraph",
    "heading",
    "promo",
    "teaser",
    "bio",
    "furniture",
]

_MENU_WORDS = 2
_PROMO_WORDS = 25
_CAPTION_WORDS = 80
_HEADING_WORDS = 20


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines ``first`` to ``last`` (inclusive) and what they are together."""

    role: Role
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """The pieces of a text in order (every line is in one), and what its head says."""

    pieces: tuple[Piece, ...]
    head: Head


def label_lines(lines: list[Line], headline: str | None = None) -> Labelled:
    """The role of each of ``lines``; ``headline`` is what other evidence says it is."""
    head = find_head(lines, headline)
    end = find_end(lines, head)
    pieces = [Piece(_head_role(lines, head, index), index, index) for index in range(head.story)]
    pieces += [Piece(_story_role(lines[index]), index, index) for index in range(head.story, end)]
    pieces += [Piece(role, first, last) for role, first, last in tail_pieces(lines, end, head)]
    return Labelled(tuple(pieces), head)


def _head_role(lines: list[Line], head: Head, index: int) -> Role:
    line = lines[index]
    if index == head.headline:
        return "headline"
    if index == head.subheadline:
        return "subheadline"
    if index in head.meta:
        return "byline"
    if line.credit:
        return "caption"
    if line.related:
        return "teaser" if line.words > _MENU_WORDS else "furniture"
    if index < max(head.headline, 0) or line.promo:
        return "promo" if line.words > 3 else "furniture"
    return "caption" if line.words > 8 else "furniture"


def _story_role(line: Line) -> Role:
    if line.related and not (line.is_paragraph and line.sentences > 1):
        return "teaser" if line.words > _MENU_WORDS else "furniture"
    if line.credit and line.words <= _CAPTION_WORDS:
        return "caption"
    if line.promo and line.words <= _PROMO_WORDS and line.sentences <= 1 and not line.heading_level:
        return "promo"
    if line.heading_level or (not line.ends_in_stop and _looks_like_a_title(line)):
        return "heading"
    return "paragraph"


def _looks_like_a_title(line: Line) -> bool:
    return 1 <= line.words <= _HEADING_WORDS and line.sentences == 0 and line.text[-1:] not in ":,;"
