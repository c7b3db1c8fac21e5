"""Names that stand beside the article's date, in its line or the next, with no word before them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.dates.written import find_written_dates
from pipeline.models import Author
from pipeline.parse.byline_words import (
    AGENCY,
    GLUED_LEAD,
    LEAD,
    LEAD_ALONE,
    NO_NAME_WORDS,
    ROLE,
    SOURCE,
)
from pipeline.parse.candidate import Candidate
from pipeline.parse.people import names_alone, read_byline
from pipeline.parse.words import fold

_SAME_LINE, _NEXT_LINE = 0.3, 0.19
"""Trust: on 25 pages where nothing else named a person the names beside the date were wrong three
times, on seven whose data names the site as the author four times."""
_LINE_CHARS = 120
_DATE_LINE_CHARS = 60
_LINES_ABOVE, _LINES_BELOW = 2, 7
"""How far from the headline a date may stand: those of other texts stand further down."""
_STEPS = 3
_SHORTEST = 3
_PARTS = re.compile(r"\s*[|•·⋅∙●\n]\s*|\s+[–—/\-]\s+|\s*[–—]\s*|\s{2,}")
_WORDS = re.compile(r"[^\W\d_]+")
_NO_NAME_SIGNS = re.compile(r"[^\w\s.,'’&/-]|\d|[a-zß-ÿ]{4}[A-Z]")


def names_beside_date(
    lines: Sequence[str], headline: str, taken: frozenset[str]
) -> Candidate[tuple[Author, ...]]:
    """The people whom the first line with a date names, or the line right before or after it;
    with no value if there are none.

    ``taken`` are folded texts that name nobody: the site's names and its sections.
    """
    taken |= {fold(headline)}
    for place in _near_headline(lines, fold(headline)):
        line = lines[place]
        dates = list(find_written_dates(line)) if len(line) <= _LINE_CHARS else []
        if not dates:
            continue
        rest = f"{line[: dates[0].start]} | {line[dates[-1].end :]}"
        found = [people for part in _PARTS.split(rest) if (people := _people(part, taken))]
        if len(found) == 1:
            return Candidate(tuple(found[0]), "text:dated", line, _SAME_LINE)
        if found or len(line) > _DATE_LINE_CHARS:
            continue
        for step in (-1, 1):
            near = _next_line(lines, place, step)
            if people := _people(near, taken):
                return Candidate(tuple(people), "text:dated", near, _NEXT_LINE)
    return Candidate((), "text:dated", "", 0.0)


def _near_headline(lines: Sequence[str], headline: str) -> Iterator[int]:
    at = max((n for n, line in enumerate(lines) if fold(line) == headline), default=None)
    for place in range(len(lines)):
        if at is None or -_LINES_ABOVE <= place - at <= _LINES_BELOW:
            yield place


def _next_line(lines: Sequence[str], place: int, step: int) -> str:
    """The next line on that side that is no mere link word or job title."""
    for at in range(place + step, place + step * (_STEPS + 1), step):
        if not 0 <= at < len(lines):
            break
        line = lines[at].strip()
        if len(line) > _SHORTEST and not LEAD_ALONE.fullmatch(line) and not ROLE.search(line):
            return line
    return ""


def _people(text: str, taken: frozenset[str]) -> list[Author]:
    text = text.strip()
    if AGENCY.fullmatch(text):
        return [Author(text, text)]
    if text.isupper() or fold(text) in taken or LEAD_ALONE.fullmatch(text) or SOURCE.match(text):
        return []
    if LEAD.match(text) or GLUED_LEAD.match(text):
        named = read_byline(text)
    elif _NO_NAME_SIGNS.search(text) or NO_NAME_WORDS.intersection(_WORDS.findall(text.lower())):
        return []
    else:
        named = names_alone(text)
    return [person for person in named if fold(person.name) not in taken]
