"""Lines of the page that name the authors though no markup says so.

Bylines that open with a word ("By", "Von"), lines of nothing but names above the story, and the
agency's sign below it or in its first line. It reads blocks, no markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.dates.written import find_written_dates
from pipeline.models import Author, Block
from pipeline.parse.byline_words import (
    AGENCY,
    EDITED,
    INNER_LEAD,
    LABEL,
    LEAD,
    LEAD_ALONE,
    NOT_WRITTEN,
    PARTICLES,
    SOURCE,
)
from pipeline.parse.candidate import Candidate
from pipeline.parse.job_titles import desk_named
from pipeline.parse.people import merge_people, names_alone, read_byline, unglued
from pipeline.parse.reporters import signed_reporters
from pipeline.parse.words import fold

People = tuple[Author, ...]
LED, OPENING_LED, INSIDE, LABELLED, ALONE = 0.72, 0.56, 0.34, 0.33, 0.28
DESK, AGENCY_SIGN = 0.21, 0.15
"""Trust: a byline with its word beats a name that only ``<meta>`` tells (ten pages to one), one in
the lines above the story a class name that no word leads (nine to two)."""
_LINE_CHARS = 120
_SHORT_CHARS = 60
_OPENING_BLOCKS = 40
_MAX_NAMES = 10
_OPENING_PARAGRAPHS = 3
_STORY_CHARS = 100
_SIGN_CHARS = 30
_NAME_SHARE = 0.8
_GLUED_NAME = re.compile(r"[a-zß-ÿ]{3,}[A-Z]")
_CLOSING_BRACKET = re.compile(r"[(\[（]([^()\[\]（）]{2,60})[)\]）][\s+*.|]*$")
_DATELINE = re.compile(r"^[^\W\d_][^().\n]{1,40}\(([^()]{2,25})\)\s*[-–—:.]")
_WHERE = re.compile(r",?\s+(?:in|under|am|le|el|on|at|@|[—–|•·])\s+")
"""What follows a name in a byline: the section."""
_TEXT_FORM = re.compile(
    r"\w*(?:analyse|artikel|beitrag|bericht|essay|glosse|interview|kolumne|kommentar|kritik|portr[äa]t|"
    r"reportage|rezension|text|commento|editoriale|articolo|analisi|recensione|rubrica|commentaar|column)",
    re.I,
)
"""What a word before "von" or "di" says that somebody wrote ("Kolumne von Anna")."""
_SIGNATURE_EDGES = " \t\n()[]+*–—-|/.:"


def line_candidates(
    blocks: Sequence[Block], others: Sequence[str], site_names: frozenset[str]
) -> Iterator[Candidate[People]]:
    """What the lines around the story say; ``others`` are lines that became no block of it. Where
    a line names the site and nobody else, the search goes on behind it."""
    yield from _opening(blocks, site_names)
    for place, line in enumerate(_joined(others)):
        found = _read_line("byline" if place == 0 else "line", line, 1)
        if found:
            most = OPENING_LED if found.origin == "text:byline" else INSIDE
            yield replace(found, confidence=min(found.confidence, most))
            if not _names_site(found, site_names):
                break
    story = [block for block in blocks if block.start is not None]
    if story:
        yield from _closing(story, blocks)
        city = _DATELINE.match(story[0].text)
        if city and AGENCY.search(city[1]):
            yield _signed(city[1], AGENCY_SIGN, "text:dateline")


def _names_site(found: Candidate[People], site_names: frozenset[str]) -> bool:
    return all(fold(person.name) in site_names for person in found.value)


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """The lines, those that hold a byline's first word and nothing else before the next one."""
    lead = ""
    for line in lines:
        whole = f"{lead} {line}".strip()
        lead = whole if LEAD_ALONE.fullmatch(whole) else ""
        if not lead:
            yield whole


def _opening(blocks: Sequence[Block], site_names: frozenset[str]) -> Iterator[Candidate[People]]:
    """Of each kind the first line before the story's third paragraph."""
    paragraphs = 0
    seen: set[str] = set()
    lead = ""
    for place, block in enumerate(blocks[:_OPENING_BLOCKS]):
        if block.type not in ("comment", "caption", "credit"):
            line = f"{lead} {block.text}".strip()
            lead = line if LEAD_ALONE.fullmatch(line) else ""
            found = _read_line(block.type, line, paragraphs)
            if found and found.origin not in seen:
                if not _names_site(found, site_names):
                    seen.add(found.origin)
                if found.origin == "text:names" and block.type == "byline":
                    found = _with_next(found, blocks[place + 1 : place + _MAX_NAMES])
                yield found
        paragraphs += block.type == "paragraph" and len(block.text) > _STORY_CHARS
        if paragraphs >= _OPENING_PARAGRAPHS:
            return


def _with_next(found: Candidate[People], blocks: Sequence[Block]) -> Candidate[People]:
    """The names of a line, and of the bylines right after it that are nothing but names: each
    author has a place of their own there."""
    people, lines = [*found.value], [found.raw]
    for block in blocks:
        named = names_alone(block.text) if block.type == "byline" else []
        if not named:
            break
        people += named
        lines.append(block.text)
    return replace(found, value=merge_people(people), raw="; ".join(lines))


def _read_line(kind: str, text: str, paragraphs: int) -> Candidate[People] | None:
    first, _, rest = text.partition("\n")
    if len(first) > _LINE_CHARS:
        return None
    line = unglued(f"{first} {rest}" if LEAD_ALONE.fullmatch(first) else first)
    if len(line) > _LINE_CHARS:
        return None
    if LEAD.match(line):
        people = read_byline(line)
        if SOURCE.match(line):
            people = [person for person in people if AGENCY.search(person.name)]
        if _in_full(people):
            trust = INSIDE if any(_GLUED_NAME.search(p.name) for p in people) else LED
            trust = LABELLED if LABEL.match(line) else trust
            if EDITED.match(line):
                return Candidate(merge_people(people), "text:edited", line, INSIDE)
            return Candidate(merge_people(people), "text:byline", line, trust)
        if len(line) <= _SHORT_CHARS and (desk := desk_named(line)):
            return Candidate((Author(desk, line),), "text:desk", line, DESK)
    if signed := signed_reporters(line):
        return Candidate(
            tuple(Author(name, line) for name in signed), "text:reporter", line, INSIDE
        )
    found = INNER_LEAD.search(line)
    if found and not NOT_WRITTEN.search(line, 0, found.start()):
        rest = _WHERE.split(line[found.end() :], maxsplit=1)[0]
        people = read_byline(rest)
        dated = next(find_written_dates(line), None) is not None
        named = sum(len(person.name) for person in people) >= _NAME_SHARE * len(rest)
        short = len(line) <= _SHORT_CHARS and line.count(" ", 0, found.start()) <= 3 and named
        if _is_within_name(line, found, people):
            people = []
        if line.isupper() and not (dated and found.group().strip() == "BY"):
            people = []  # "MAN KILLED BY TRAIN"
        if people and (dated or kind == "byline" or (short and _in_full(people))):
            return Candidate(merge_people(people), "text:inside", line, INSIDE)
    if not paragraphs and kind in ("paragraph", "byline") and len(line) <= _SHORT_CHARS:
        people = names_alone(line)
        if people:
            return Candidate(tuple(people), "text:names", line, ALONE)
    return None


def _is_within_name(line: str, lead: re.Match[str], people: Sequence[Author]) -> bool:
    """Whether "von" is a name's own: a single name stands behind it and a single word before it
    ("Christoph von Eichen, 3. März"), which is no lead with it ("Geschrieben von")."""
    if len(people) != 1 or " " in people[0].name or LEAD.match(line):
        return False
    before = line[: lead.start()].strip()
    if not before.isalpha() or _TEXT_FORM.fullmatch(before):
        return False
    return lead.group().strip() in PARTICLES and before[0].isupper()


def _closing(story: Sequence[Block], blocks: Sequence[Block]) -> Iterator[Candidate[People]]:
    """An agency's sign as the last line, the first below it, or in brackets that end the text.
    Names there are as often those of people the story is about."""
    last = blocks.index(story[-1])
    lines = [b.text for b in blocks[last : last + 2] if b.type in ("paragraph", "byline")]
    if found := _CLOSING_BRACKET.search(story[-1].text):
        lines.append(found[1])
    for line in lines:
        sign = line.strip(_SIGNATURE_EDGES)
        if len(sign) <= _SIGN_CHARS and AGENCY.search(sign):
            yield _signed(sign, AGENCY_SIGN, "text:signature")


def _signed(sign: str, trust: float, origin: str) -> Candidate[People]:
    return Candidate((Author(sign.strip(), sign),), origin, sign, trust)


def _in_full(people: Sequence[Author]) -> bool:
    return bool(people) and all(" " in person.name or _unspaced(person.name) for person in people)


def _unspaced(name: str) -> bool:
    """A name in a script that has no capitals has no blank either."""
    return name.lower() == name.upper()
