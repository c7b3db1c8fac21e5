"""The head of an unmarked text: headline, subheadline, byline and date, up to the story."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.parse.flat.cues import BYLINE, DATE, READING_TIME
from pipeline.parse.flat.lines import Line

_HEAD_LINES = 40
_META_REST_WORDS = 8
_TITLE_WORDS = range(2, 30)
_SUBHEADLINE_WORDS = range(6, 60)
_STORY_WORDS = 12
_PUNCTUATION = " \t,;|·•–—-/:()[]"
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Head:
    """Line numbers of the head's parts (-1 when absent); the story begins at line ``story``."""

    headline: int
    subheadline: int
    meta: frozenset[int]
    """Lines of author, date and reading time."""
    story: int
    byline: str | None
    """The authors as the page writes them, date and reading time taken away."""
    date: str | None
    reading_time: str | None


def find_head(lines: list[Line], known_headline: str | None) -> Head:
    """The head of the text; with no paragraph at all, everything up to the last line is head."""
    first = _first_paragraph(lines, 0)
    meta = _meta_lines(lines, first)
    headline = _headline(lines, first, min(meta, default=-1), known_headline)
    if headline >= first:
        first = _first_paragraph(lines, headline + 1)
        meta = _meta_lines(lines, first)
    subheadline = _subheadline(lines, headline, min(meta, default=-1))
    after = max([headline, subheadline, *(i for i in meta)], default=-1) + 1
    story = _story_start(lines, after, max(first, after))
    meta = [index for index in meta if index < story]
    text = [lines[index] for index in meta]
    return Head(
        headline=headline,
        subheadline=subheadline,
        meta=frozenset(meta),
        story=story,
        byline=next((name for line in text if (name := byline_of(line))), None),
        date=next((line.date for line in text if line.date), None),
        reading_time=next((line.reading_time for line in text if line.reading_time), None),
    )


def byline_of(line: Line) -> str | None:
    """What a line of author and date says without date and reading time; None when nothing."""
    rest = _without_times(line.text)
    return rest if _LETTERS.search(rest) and (line.names_author or line.date) else None


def _without_times(text: str) -> str:
    return DATE.sub(" ", READING_TIME.sub(" ", text)).strip(_PUNCTUATION)


def is_meta(line: Line) -> bool:
    """Whether the line says who and when, and hardly anything else."""
    if not line.is_short or line.credit or line.related:
        return False
    if not (line.date or line.reading_time or line.names_author):
        return False
    rest = BYLINE.sub("", _without_times(line.text))
    limit = _META_REST_WORDS if line.date or line.reading_time or not line.ends_in_stop else 4
    return len(rest.split()) <= limit and len(rest) <= 100


def _first_paragraph(lines: list[Line], start: int) -> int:
    for index in range(start, len(lines)):
        line = lines[index]
        if line.is_paragraph and not line.credit and not line.promo and not line.heading_level:
            return index
    return len(lines)


def _meta_lines(lines: list[Line], first: int) -> list[int]:
    """Author and date lines near the beginning; further ones only right after one another."""
    found: list[int] = []
    for index in range(min(first + 1, len(lines), _HEAD_LINES)):
        if is_meta(lines[index]) and (not found or index - found[-1] <= 3):
            found.append(index)
    return found


def _headline(lines: list[Line], first: int, meta: int, known: str | None) -> int:
    if known:
        wanted = _folded(known)
        for index, line in enumerate(lines[:_HEAD_LINES]):
            text = _folded(line.text)
            if text and (text == wanted or (len(text) > 15 and wanted.startswith(text))):
                return index
    stop = meta if meta > 0 else first
    candidates = range(min(stop, _HEAD_LINES, len(lines)))
    if not candidates and meta == 0:
        candidates = range(1, min(first, _HEAD_LINES))
    marked = [index for index in candidates if lines[index].heading_level == 1]
    if marked:
        return marked[0]
    scored = [(_title_score(lines[i]) - 0.3 * abs(stop - 1 - i), i) for i in candidates]
    score, best = max(scored, default=(0.0, -1))
    return best if score > 0 else -1


def _folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _title_score(line: Line) -> float:
    """How much a line reads like a headline; not positive when it cannot be one."""
    if line.words not in _TITLE_WORDS or line.credit or is_meta(line):
        return -10.0
    score = min(line.words, 10) / 2
    score -= 4.0 * line.full_stop + 4.0 * (line.date is not None) + 3.0 * line.promo
    score -= 2.0 * max(line.sentences - 1, 0)
    return score + (3.0 if line.heading_level else 0.0)


def _subheadline(lines: list[Line], headline: int, meta: int) -> int:
    """The sentence between headline and byline."""
    if headline < 0 or meta != headline + 2:
        return -1
    line = lines[headline + 1]
    fits = line.words in _SUBHEADLINE_WORDS and not line.credit and not line.promo
    return headline + 1 if fits else -1


def _story_start(lines: list[Line], after: int, first: int) -> int:
    """The first line of running text after the head: a sentence that is no caption or promo."""
    for index in range(after, min(first, len(lines))):
        line = lines[index]
        sentence = line.ends_in_stop and line.words >= _STORY_WORDS
        if sentence and not (line.credit or line.promo or line.related or is_meta(line)):
            return index
    return min(first, len(lines))
