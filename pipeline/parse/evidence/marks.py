"""Elements whose class, id, item property or relation says what they hold, found in one walk.

A mark is a hint, not a value: the modules beside this one read the texts. Which words hint at
what stands in :mod:`pipeline.parse.markup.roles`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.parse.document import Document
from pipeline.parse.markup.names import ROLE_SHIFT, bits_of, read_names, roles_of
from pipeline.parse.markup.roles import Role

_PLACED = ("h1", "h2", "time")
_LISTED = Role.BYLINE | Role.DATE | Role.TAGS | Role.SUBHEADLINE | Role.HEADLINE | Role.SECTION
_LISTED_BITS = _LISTED << ROLE_SHIFT
_IDS: Callable[[HtmlElement], list[str]] = cast(
    Any, XPath("descendant-or-self::*/@id", smart_strings=False)
)
_ITEM_PROPERTIES: Callable[[HtmlElement], list[Any]] = cast(Any, XPath("descendant::*/@itemprop"))
"""Few elements have one: to ask all of them one by one takes three times as long."""
_MAX_MARKS = 400
_FRAMES = ("main", "body", "html")
_ROLES_OF_TAGS = {
    "aside": Role.FOREIGN,
    "footer": Role.FOREIGN,
    "nav": Role.FOREIGN,
    "figure": Role.CREDIT,
}


@dataclass(slots=True)
class Marks:
    """Marked elements in page order."""

    bylines: list[HtmlElement] = field(default_factory=list)
    dates: list[HtmlElement] = field(default_factory=list)
    tags: list[HtmlElement] = field(default_factory=list)
    subheadlines: list[HtmlElement] = field(default_factory=list)
    headlines: list[HtmlElement] = field(default_factory=list)
    sections: list[HtmlElement] = field(default_factory=list)
    author_links: list[HtmlElement] = field(default_factory=list)
    items: dict[str, list[HtmlElement]] = field(default_factory=dict)
    """Elements by each of their item properties."""
    order: dict[HtmlElement, int] = field(default_factory=dict)
    """Place of every marked element, of headings and times."""
    elements: list[HtmlElement] = field(default_factory=list)
    """All of the body's elements, kept alive: lxml need not make their Python objects again."""
    names: list[str] = field(default_factory=list)
    """Every class attribute of the body, once, and every id."""


def find_marks(document: Document) -> Marks:
    """The marked elements of the page's body."""
    elements, classes = document.shown, document.classes
    distinct = set(filter(None, classes))
    ids = _IDS(elements[0])
    read_names({*distinct, *ids})
    listed = {names: roles for names in distinct if (roles := bits_of(names) & _LISTED_BITS)}
    marks = Marks(elements=elements, names=[*distinct, *ids])
    placed = {element for tag in _PLACED for element in document.landmarks.get(tag, ())}
    places = [place for place, names in enumerate(classes) if names in listed]
    for place in places:
        _add(marks, elements[place], listed[classes[place]] >> ROLE_SHIFT)
    for value in filter(None, _ITEM_PROPERTIES(elements[0])):
        element = value.getparent()
        placed.add(element)
        for name in value.lower().split():
            marks.items.setdefault(name, []).append(element)
    marks.author_links = [e for e in document.relations.get("author", ()) if e.tag == "a"]
    placed.update(marks.author_links)
    marks.order = {e: place for place, e in enumerate(elements) if e in placed}
    marks.order.update((elements[place], place) for place in places)
    return marks


def _add(marks: Marks, element: HtmlElement, roles: int) -> None:
    for role, found in (
        (Role.BYLINE, marks.bylines),
        (Role.DATE, marks.dates),
        (Role.TAGS, marks.tags),
        (Role.SUBHEADLINE, marks.subheadlines),
        (Role.HEADLINE, marks.headlines),
        (Role.SECTION, marks.sections),
    ):
        if roles & role and len(found) < _MAX_MARKS:
            found.append(element)


def roles_above(element: HtmlElement, levels: int = 12) -> int:
    """The roles that the element's ancestors hint at, and FOREIGN for those tags that mean it."""
    roles = named = 0
    for ancestor in islice(element.iterancestors(), levels):
        tag = ancestor.tag
        if tag in _FRAMES:
            break
        roles |= _ROLES_OF_TAGS.get(tag, 0)
        if names := ancestor.get("class"):
            named |= bits_of(names)
    return roles | named >> ROLE_SHIFT


def has_role(element: HtmlElement, role: int) -> bool:
    """Whether the element's own class hints at the role."""
    return bool(roles_of(element.get("class") or "") & role)
