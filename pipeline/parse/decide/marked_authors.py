"""Authors by the page's marks: item properties, ``rel``, class names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from pipeline.models import Author
from pipeline.parse.byline_words import LABEL, LEAD, OTHER_WORK, SOURCE
from pipeline.parse.candidate import Candidate
from pipeline.parse.decide.context import Context
from pipeline.parse.decide.named_people import People, people_of, without_site
from pipeline.parse.decide.site_names import section_names
from pipeline.parse.evidence.marks import has_role, roles_above
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.job_titles import desk_named
from pipeline.parse.markup.roles import Role
from pipeline.parse.name_form import looks_like_name
from pipeline.parse.people import merge_people, names_alone, read_byline, read_listed
from pipeline.parse.words import clean, fold

MARKS_TRUST = 0.4
_LED_TRUST = 0.71
_DESK_TRUST = 0.21
MAX_BYLINE_CHARS = 250
_OTHER_TEXT = re.compile(r"comment|related|recommend|teaser|sidebar|popular|trending|most-?read")
_OTHER_TAGS = frozenset(("aside", "figure", "footer", "nav"))
_MAX_MARKED = 40
_LEVELS = 12
SAME_BYLINE = 12
NEAR_HEADLINE = 120
"""Distances in elements, in page order."""
_LABEL_CHARS = 40
_MOST_PIECES = 20
_TWO_NAMES = 2
"""The blanks in them, with none between."""
_LONGEST_MARK = 2000
_BOXES = 3


def marked_candidates(context: Context, shown: HtmlElement | None) -> Iterator[Candidate[People]]:
    """The people of each kind of mark, ``()`` where it names none."""
    marks = context.marks
    for origin, elements, trust in (
        ("dom:itemprop=author", marks.items.get("author", []), 0.62),
        ("dom:rel=author", marks.author_links, 0.6),
        ("dom:byline", marks.bylines, 0.55),
    ):
        people, raw = _cluster(context, elements[:_MAX_MARKED], shown, _is_foreign)
        led = LEAD.match(raw) and any(" " in person.name for person in people)
        yield Candidate(people, origin, raw, _LED_TRUST if led else trust)


def unlikely_marks(context: Context) -> Candidate[People]:
    """The people of marks whose surroundings look foreign but stand right below the headline."""
    near = [
        e
        for e in _below_headings(context, _all_marked(context)[:_MAX_MARKED])
        if not has_role(e, Role.CREDIT) and not is_of_another_text(e)
    ]
    people, raw = _cluster(context, near, None, lambda element: False)
    return Candidate(people, "dom:byline", raw, MARKS_TRUST)


def marked_desk(context: Context) -> Candidate[People]:
    """The desk that a mark right below the headline names, where no person is."""
    for element in _below_headings(context, _all_marked(context)):
        raw = clean(element.get("content") or visible_text(element))
        name = desk_named(raw) if len(raw) <= _LABEL_CHARS else None
        if name and not (_is_foreign(element) or is_other_work(element)):
            return Candidate((Author(name, raw),), "dom:byline", raw, _DESK_TRUST)
    return Candidate((), "dom:byline", "", _DESK_TRUST)


def _all_marked(context: Context) -> tuple[HtmlElement, ...]:
    """Marked elements of all kinds, those of the surest first."""
    marks = context.marks
    return (*marks.items.get("author", ()), *marks.author_links, *marks.bylines)


def _below_headings(context: Context, elements: Sequence[HtmlElement]) -> Iterator[HtmlElement]:
    """Those of the elements that stand right below a main heading."""
    order = context.marks.order
    headings = [order.get(heading, 0) for heading in context.document.landmarks.get("h1", ())]
    for element in elements:
        if any(0 <= order.get(element, 0) - at <= NEAR_HEADLINE for at in headings):
            yield element


def _cluster(
    context: Context,
    elements: list[HtmlElement],
    shown: HtmlElement | None,
    is_foreign: Callable[[HtmlElement], bool],
) -> tuple[People, str]:
    """The people of the first marked elements that name any and stand together: one byline, not
    every teaser's. Elements from the headline on go first."""
    order = context.marks.order
    start = 0 if shown is None else order.get(shown, 0)
    elements = sorted(elements, key=lambda e: (order.get(e, 0) < start, order.get(e, 0)))
    people: list[Author] = []
    raws: list[str] = []
    last = None
    for element in elements:
        place = order.get(element, 0)
        if last is not None and not 0 <= place - last <= SAME_BYLINE:
            break
        if is_foreign(element):
            continue
        raw = _byline_text(element)
        found = people_of(context, [raw]) if raw else ()
        if raw and not found and LABEL.match(raw) and not SOURCE.match(raw):
            found = without_site(context, tuple(_linked_login(element)))
        if found and not (is_other_work(element) or _is_section(context, raw, found)):
            people += found
            raws.append(raw)
            last = place
    return merge_people(people), "; ".join(raws)


def is_of_another_text(element: HtmlElement) -> bool:
    """Whether it stands in a figure, a menu or beside, or by names among comments or teasers."""
    for e in (element, *islice(element.iterancestors(), _LEVELS)):
        if e.tag in _OTHER_TAGS:
            return True
        if e.tag != "body" and _OTHER_TEXT.search((e.get("class") or "").lower()):
            return True
    return False


def is_other_work(element: HtmlElement) -> bool:
    """Whether the words right before the element say that who is named there did something else
    than write: translate, review, photograph."""
    for _ in range(_BOXES):
        before, parent = element.getprevious(), element.getparent()
        if before is not None:
            label = (before.tail or "").strip() or visible_text(before)
            break
        label = (parent.text if parent is not None else None) or ""
        if label.strip() or parent is None:
            break
        element = parent  # a box of its own for the name
    return bool(OTHER_WORK.search(clean(label[-_LABEL_CHARS:])))


def _byline_text(element: HtmlElement) -> str:
    for inner in element.iterdescendants():
        if "name" in (inner.get("itemprop") or "").split():
            return clean(inner.get("content") or visible_text(inner, separator="\n"))
    links = [clean(visible_text(link)) for link in element.iterdescendants("a")]
    names = [text for text in links if len(text.split()) > 1 and read_byline(text)]
    if names and all(looks_like_name(name) for name in names):
        return " ; ".join(names)  # what else stands there is titles and dates
    text = element.get("content") or visible_text(element, separator=" ; ")
    if len(text) > _LONGEST_MARK:
        return ""
    if text.count(" ") >= _TWO_NAMES and len(names := _names_apart(element)) > 1:
        return " ; ".join(names)
    return clean(text) if len(text) <= MAX_BYLINE_CHARS else ""


def _linked_login(element: HtmlElement) -> list[Author]:
    """The login that is the only link of a byline, as forums and clubs sign ("Author: ann99")."""
    links = [clean(visible_text(link)) for link in islice(element.iterdescendants("a"), 2)]
    return read_listed(links[0]) if len(links) == 1 and " " not in links[0] else []


def _names_apart(element: HtmlElement) -> list[str]:
    """The full names in an element that holds each in an element of its own, and nothing else."""
    pieces: list[str] = []
    for text in islice(element.itertext(), _MOST_PIECES):
        if piece := clean(text):
            if not names_alone(piece):
                return []
            pieces.append(piece)
    return pieces


def _is_section(context: Context, raw: str, people: People) -> bool:
    """Whether a mark holds the name of the page's section; full names are not looked up."""
    if all(" " in person.name for person in people):
        return False
    return fold(raw) in section_names(context)


def _is_foreign(element: HtmlElement) -> bool:
    if has_role(element, Role.FOREIGN | Role.CREDIT):
        return True
    return bool(roles_above(element) & (Role.FOREIGN | Role.CREDIT | Role.BIOGRAPHY))
