"""Bylines to people: one name each, without lead words, titles, places, addresses and dates.

Knows nothing of pages: it reads strings that are said to name authors, and would rather return
nobody than somebody who is not one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from pipeline.models import Author
from pipeline.parse.byline_parts import (
    EDGES,
    joins,
    last_name_first,
    split_byline,
    without_brackets,
    without_dates,
)
from pipeline.parse.byline_words import (
    AGENCY,
    CLOSING_CREDENTIALS,
    CUT,
    DEGREE,
    GLUED_AGENCY,
    GLUED_LEAD,
    GLUED_ROLE,
    INNER_LEAD,
    LEAD,
    LEAD_ALONE,
    NOT_A_NAME,
    OCCUPATION,
    PICTURES,
    PLACE,
    ROLE,
    TAIL,
)
from pipeline.parse.job_titles import (
    COMPOUND_ROLE,
    is_beat,
    name_before_title,
    name_behind_title,
)
from pipeline.parse.name_form import MAX_NAME_CHARS, cased, is_house, looks_like_name, name_key
from pipeline.parse.reporters import signed_reporters
from pipeline.parse.words import clean

MAX_AUTHORS = 20
_MAX_BYLINE_CHARS = 600
_ADDRESS = re.compile(
    r"\S+@\S+\.\w+|(?:https?://|www\.)\S+|@\w+|\b[\w-]+\.(?:com|org|net|de|co\.uk)\b"
)
_NO_NAME_SIGNS = re.compile(r"[@<>{}()\[\]]|://|\.\w+/")
_LOOSE_END = re.compile(r"(?:\s+(?:am|um|on|at|le|la|el|en|den|d\.|em|il|the|der|vom|à|o)\b\.?)+$")
"""What is left of "on May 3" when the date is taken out."""
_ALONE_WORDS = range(2, 5)
_SHORTEST_HOUSE = 3
_ANY_LABEL = re.compile(
    r"^[^\W\d_][^\s:：=＝\d]{0,20}(?:\s[^\s:：=＝\d]{1,20})?[:：=＝]\s*(?=[^\W\d_])"
)
"""What a byline says the name is, in whatever language: no name has a colon."""
_SETS_PLACE_OFF = ("–", "—", "-")
_GENDERED = re.compile(r"(?<=[^\W\d_]{4})(?:[*:_/]|/-)in(?:nen)?\b", re.I)
"""The end of a title that stands for all: "Autor/in", "Redakteur*innen"."""
_NO_NAME_LINE = re.compile(r"[:“”„»«\"]|[a-zß-ÿ]{4}[A-Z]")
"""What no line of names alone has: labels, quotations, a word glued to another."""
_LETTERS = re.compile(r"[^\W\d_]+")
_IN_PLACE = re.compile(r"(?:d[aeo]|da[sl]|dos|del|from|aus|из)\s+[^\W\d_a-z]")
"""A part behind a name that tells where its bearer is ("do Rio de Janeiro")."""


def read_byline(text: object, role: str | None = None) -> list[Author]:
    """The people (or agencies) that a byline names, in its order; ``[]`` when it names none."""
    return list(_read(clean(text)[:_MAX_BYLINE_CHARS], role, False))


@lru_cache(maxsize=256)
def _read(byline: str, role: str | None, is_listed: bool) -> tuple[Author, ...]:
    # Kept, for a page says the same in its data, its marks and its text.
    if signed := signed_reporters(byline):
        return tuple(Author(name, byline, role) for name in signed)
    line = _ADDRESS.sub(" , ", without_dates(byline))
    line, notes = without_brackets(_GENDERED.sub("", line))
    line = GLUED_AGENCY.sub(" ; ", line)
    line = GLUED_ROLE.sub(" ; ", CUT.sub("", LEAD.sub("", line.strip(EDGES))))
    parts = [(before, part) for before, part in split_byline(line) if part]
    if "," in line and (swapped := last_name_first([part for _, part in parts])):
        parts = [("", swapped)]
    people: list[Author] = []
    of_title, behind_person = False, False
    for before, part in parts:
        joined = is_listed or (behind_person and joins(before))
        if people and (
            _is_place(part, people[-1], line)
            or (of_title and is_house(part))
            or (
                _is_aside(part)
                and (of_title or not joined or (_is_section(part) and not is_listed))
            )
        ):
            behind_person = False
            continue
        known = len(people)
        _read_part(part, role, people)
        of_title = len(people) == known
        behind_person = not of_title
    if len(people) == 1 and notes and people[0].role is None and ROLE.search(notes[0]):
        people = [replace(people[0], role=notes[0])]
    return tuple(people[:MAX_AUTHORS])


def read_listed(text: object, role: str | None = None) -> list[Author]:
    """As :func:`read_byline`, for data that says this is an author: agencies, initials and desks
    that do not look like a name in a text are believed as they are written."""
    name = clean(text)
    people = list(_read(name[:_MAX_BYLINE_CHARS], role, True))
    if "/" in name and " " not in name and any(AGENCY.fullmatch(p.name) for p in people):
        people = []  # an editor's sign and the agency's: "det/dpa"
    if people and all(" " not in p.name for p in people) and any(is_house(p.name) for p in people):
        people = []  # a house with an "and" in its name
    if people or not 2 <= len(name) <= MAX_NAME_CHARS or NOT_A_NAME.match(name):
        return people
    if _NO_NAME_SIGNS.search(name) or not any(map(str.isalpha, name)):
        return []
    return [Author(name, name, role)]


def merge_people(people: list[Author]) -> tuple[Author, ...]:
    """The people without repetition, first wording kept."""
    kept: dict[str, Author] = {}
    for person in people:
        key = name_key(person.name)
        if key not in kept:
            kept[key] = person
        elif kept[key].role is None and person.role:
            kept[key] = replace(kept[key], role=person.role)
    return tuple(list(kept.values())[:MAX_AUTHORS])


def unglued(byline: str) -> str:
    """The byline with a blank behind a lead word that has none."""
    glued = GLUED_LEAD.match(byline)
    return f"{glued[1]} {byline[glued.end() :]}" if glued else byline


def names_alone(line: str) -> list[Author]:
    """The people of a line that holds their full names and nothing else; ``[]`` for other lines."""
    if _NO_NAME_LINE.search(line):
        return []
    parts = [part for _, part in split_byline(clean(line)) if part]
    for part in parts:
        words = part.split()
        if len(words) not in _ALONE_WORDS or not looks_like_name(part) or _is_title(part):
            return []
        if is_house(part):
            return []
        if LEAD_ALONE.fullmatch(part) or LEAD.match(part):
            return []
        if part.lower() == part.upper():
            return []  # without capitals nothing tells a name from other words
        if any(word.isupper() != words[0].isupper() for word in words if len(word) > 2):
            return []
    return [Author(cased(part), part) for part in parts]


def _read_part(part: str, role: str | None, people: list[Author]) -> None:
    raw = part.strip()
    inner = INNER_LEAD.search(raw)
    if inner and _is_title(raw[: inner.start()]):
        raw = raw[inner.end() :]  # "COO By Jane Doe"
    if LEAD_ALONE.fullmatch(raw) or PICTURES.match(raw):
        return
    name = TAIL.sub("", PLACE.sub("", LEAD.sub("", unglued(raw)))).strip(EDGES)
    label = _ANY_LABEL.match(name)
    if label and not ROLE.search(label.group()):
        name = name[label.end() :]
    if not name or (people and _IN_PLACE.match(name)):
        return
    if not people and (named := name_behind_title(name)) and looks_like_name(named):
        name = named
    elif not people and (titled := name_before_title(name)):
        name, role = titled[0], role or titled[1]
    if _is_title(name) or _belongs_to(people, name):
        if people and people[-1].role is None:
            people[-1] = replace(people[-1], role=raw.strip(EDGES))
        return
    if not AGENCY.fullmatch(name):
        name = _LOOSE_END.sub("", name).strip(EDGES)
        name = CLOSING_CREDENTIALS.sub("", name) if " " in name else name
        if not looks_like_name(name):
            return
    people.append(Author(cased(name), raw, role))


def _is_title(text: str) -> bool:
    return bool(ROLE.search(text) or COMPOUND_ROLE.search(text))


def _is_section(part: str) -> bool:
    return is_house(part) or is_beat(part)


def _is_aside(part: str) -> bool:
    """Whether a part behind a person may be none: a single word is a section, a place or a sign,
    unless "and" joins it to a name, or data lists it."""
    if " " in part or part.lower() == part.upper() or AGENCY.fullmatch(part):
        return False
    return not _is_title(part) and (len(part) < _SHORTEST_HOUSE or not part.isupper())


def _is_place(part: str, before: Author, line: str) -> bool:
    """Whether a single word behind a full name and a dash is where its bearer writes."""
    if " " not in before.name or not _LETTERS.fullmatch(part) or part.isupper():
        return False
    if AGENCY.fullmatch(part) or ROLE.search(part) or _belongs_to([before], part):
        return False
    return line[: line.find(part)].rstrip()[-1:] in _SETS_PLACE_OFF


def _belongs_to(people: list[Author], part: str) -> bool:
    """Whether it is a degree, or the profession of the last of these people."""
    if DEGREE.fullmatch(part):
        return True
    return bool(people and " " in people[-1].name and OCCUPATION.search(part))
