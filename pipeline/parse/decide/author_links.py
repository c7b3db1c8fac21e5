"""Authors by links to their pages, right below the headline."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from pipeline.models import Author
from pipeline.parse.byline_words import LEAD_ALONE
from pipeline.parse.candidate import Candidate
from pipeline.parse.decide.context import Context
from pipeline.parse.decide.marked_authors import (
    MAX_BYLINE_CHARS,
    NEAR_HEADLINE,
    SAME_BYLINE,
    is_of_another_text,
    is_other_work,
)
from pipeline.parse.decide.named_people import People, people_of
from pipeline.parse.evidence.marks import Marks
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.name_form import is_house
from pipeline.parse.people import merge_people
from pipeline.parse.words import clean

LINKED_TRUST, _PEOPLE_TRUST = 0.57, 0.5
"""Links to an author's page right below the headline name the author nineteen times of twenty."""
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es|i|in|innen)?|auteurs?|autore|by|byline|writers?|staff|(people|profiles?)|"
    r"journalist(?:en|s|es)?|reporters?|redakteure?|contributors?|columnists?|bios?|redactores|yazar(?:lar)?)"
    r"/[^/?#]{3,}",
    re.I,
)
"""The address of a page about one author, or about people of any kind, in the first group."""
_ADDRESS_CHARS = 300
_PARAGRAPH_CHARS = 100
_MOST_PARAGRAPHS = 2
"""Behind so many the story is at its end or among other stories' links."""
_BYLINE_WORDS = 10
_COLONS = (":", "：")


def linked_author(context: Context, shown: HtmlElement | None) -> Candidate[People]:
    """The full names in links to authors' pages right below the headline."""
    marks = context.marks
    place = None if shown is None else marks.order.get(shown)
    people: list[Author] = []
    raws: list[str] = []
    last = None
    trust = LINKED_TRUST
    for at, link, page in _author_links(marks, place) if place is not None else ():
        if last is not None and at - last > SAME_BYLINE:
            break
        raw = clean(visible_text(link, separator=" ; "))[:MAX_BYLINE_CHARS]
        found = [p for p in people_of(context, [raw]) if " " in p.name and not is_house(p.name)]
        if (
            found
            and "©" not in raw
            and not (is_of_another_text(link) or is_other_work(link) or _is_in_prose(link))
        ):
            people += found[:1]  # what else the link holds is titles
            raws.append(raw)
            last = at
            trust = _PEOPLE_TRUST if page[1] else trust
    return Candidate(merge_people(people), "dom:author-link", "; ".join(raws), trust)


def _author_links(marks: Marks, place: int) -> Iterator[tuple[int, HtmlElement, re.Match[str]]]:
    """The links to authors' pages below the headline and above the story's second long paragraph:
    their places, and the addresses as :data:`_AUTHOR_PAGE` finds them."""
    paragraphs = 0
    for at, element in enumerate(marks.elements[place : place + NEAR_HEADLINE], place):
        if element.tag == "p":
            paragraphs += len(element.text or "") >= _PARAGRAPH_CHARS
            if paragraphs >= _MOST_PARAGRAPHS:
                return
        if element.tag == "a" and (
            page := _AUTHOR_PAGE.search((element.get("href") or "")[:_ADDRESS_CHARS])
        ):
            yield at, element, page


def _is_in_prose(link: HtmlElement) -> bool:
    """Whether more text stands around a link than in a byline, or a label that is none's."""
    parent = link.getparent()
    before = (parent.text if parent is not None else None) or ""
    if len(before.split()) + len((link.tail or "").split()) > _BYLINE_WORDS:
        return True
    label = before.strip()
    return label.endswith(_COLONS) and not LEAD_ALONE.fullmatch(label)
