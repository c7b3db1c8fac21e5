"""A byline's line in its parts: one for each name, title or place.

Dates and brackets are taken out first; names in full stay whole where a word between them may also
be one of the names' own.
"""

from __future__ import annotations

import re

from pipeline.dates.written import find_written_dates
from pipeline.parse.byline_words import LEAD, SPLIT, SPLIT_BETWEEN_FULL_NAMES
from pipeline.parse.job_titles import is_of_two_beats
from pipeline.parse.words import clean

_BRACKETS = re.compile(r"\s*[(\[（【]([^()\[\]（）【】]*)[)\]）】]?\s*")
_INITIALS = re.compile(r"(?:\s+[A-Z]\.?)+$")
EDGES = " \t\r\n.,;:|/\\*·•⋅∙●–—-\"'“”„«»‘’()[]<>_~"
"""What no part of a byline begins or ends with."""


def joins(sign: str) -> bool:
    """Whether what stands between two parts says that they are of a kind: "and" or its sign."""
    return sign.strip().isalpha() or sign.strip() == "&"


def split_byline(line: str) -> list[tuple[str, str]]:
    """The line's parts, each with what parts it from the one before."""
    parts: list[tuple[str, str]] = []
    at, before = 0, ""
    for cut in (*SPLIT.finditer(line), None):
        part = line[at : cut.start()] if cut else line[at:]
        halves = SPLIT_BETWEEN_FULL_NAMES.split(part)
        full = len(halves) > 1 and all(len(half.split()) >= 2 for half in halves)
        parts.extend((before, half) for half in (halves if full else [part]) if half)
        at, before = (cut.end(), cut.group()) if cut else (at, before)
    split = [(before, part.strip(EDGES)) for before, part in parts]
    return _with_whole_titles(split) if len(split) > 1 else split


def _with_whole_titles(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parts, a title of two beats in one: "Jane Doe, Health and Science Editor"."""
    whole: list[tuple[str, str]] = []
    for before, part in parts:
        if whole and joins(before) and is_of_two_beats(whole[-1][1], part):
            sign, first = whole.pop()
            part, before = f"{first} {before.strip()} {part}", sign
        whole.append((before, part))
    return whole


def without_dates(line: str) -> str:
    """The line with a cut for each date, or what stands before the date, if it names anybody."""
    if not any(map(str.isdigit, line)):
        return line
    dates = list(find_written_dates(line))
    if dates and (lead := LEAD.match(line)) and line[lead.end() : dates[0].start].strip(EDGES):
        return line[: dates[0].start]  # what follows the date is sections and counts of comments
    for found in reversed(dates):
        line = line[: found.start] + " ; " + line[found.end :]
    return line


def without_brackets(line: str) -> tuple[str, list[str]]:
    """The line without what stands in brackets, and that."""
    notes = [clean(note) for note in _BRACKETS.findall(line)]
    return _BRACKETS.sub(" ", line), [note for note in notes if note]


def last_name_first(parts: list[str]) -> str | None:
    """``Doe, Jane`` as ``Jane Doe``: two single capitalized words, not two agencies; the second
    may have an initial."""
    if len(parts) != 2 or len(parts[0].split()) != 1:
        return None
    first = _INITIALS.sub("", parts[1])
    if not all(part[:1].isupper() and part[1:].islower() for part in (parts[0], first)):
        return None
    return f"{parts[1]} {parts[0]}"
