"""The people whom texts of a page name, without the page's own site."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.models import Author
from pipeline.parse.decide.context import Context
from pipeline.parse.people import merge_people, read_byline, read_listed
from pipeline.parse.words import fold

People = tuple[Author, ...]
_HOUSE_END = re.compile(r",\s|\s[|–—-]\s")


def listed_people(context: Context, listed: Iterable[tuple[str, str | None]]) -> People:
    """The people of a list of names and titles, without the site: "Ship and Shore, Hull" is no
    Mr Ship."""
    people: list[Author] = []
    for name, role in listed:
        if fold(_HOUSE_END.split(name, maxsplit=1)[0]) not in context.site_names:
            people.extend(read_listed(name, role))
    return without_site(context, merge_people(people))


def people_of(context: Context, raws: list[str]) -> People:
    """The people of some bylines, without the site."""
    people = [person for raw in raws for person in read_byline(raw)]
    return without_site(context, merge_people(people))


def without_site(context: Context, people: People) -> People:
    """The people but those who are called as the page's site or its publisher is."""
    return tuple(p for p in people if fold(p.name) not in context.site_names)
