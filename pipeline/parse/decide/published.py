"""When the article was published and last changed: one instant each, never a guess."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from lxml.html import HtmlElement

from pipeline.models import Evidence
from pipeline.parse.candidate import Candidate, as_evidence
from pipeline.parse.decide.context import Context
from pipeline.parse.decide.refined import (
    READ_BY_EYE,
    Dated,
    on_shown_day,
    refined,
    with_listed,
    with_source_zone,
)
from pipeline.parse.decide.turned import turned
from pipeline.parse.decide.weighed import (
    WEAKEST,
    as_address,
    most_trusted,
    shown_again,
    without_teasers,
)
from pipeline.parse.evidence import json_ld, meta, times
from pipeline.parse.evidence.listed import listed_date
from pipeline.parse.words import clean

_FUTURE = timedelta(days=2)
_SHOWN_NEAR = 40
_BESIDE = 5
_FOREIGN_NEAR = -0.24
"""On a small page the first teaser stands near the headline; its date is less than a line's."""
_FIRST_WEB_YEAR = 1990
"""Before it, only a page's data may date it: what reads like an older date in a text is none,
and no list names the pages of such a day."""
_NO_DAYS = (date(1970, 1, 1), date(1969, 12, 31), date(1900, 1, 1))
"""What software writes for a date it does not know."""
_OF_WEB_YEARS = (*READ_BY_EYE, "list:")
_OF_ANY_KIND = {"meta:date": -0.1}
"""It may tell the last change: less than a line below the headline."""
_OF_PROPERTY = {
    "json-ld:datePublished": 0.05,
    "json-ld:dateCreated": -0.45,
    "json-ld:uploadDate": -0.6,
}
"""When the two others differ from a date that the page shows they are wrong, 4 times of 5 and
always."""


def decide_published(
    context: Context, shown: HtmlElement | None, lines: list[Dated]
) -> tuple[Dated | None, Dated | None]:
    """The candidates for publication and last change that win, or None.

    ``shown`` is the headline's element; ``lines`` are dates that the body half read off lines.
    """
    published: list[Dated] = []
    modified: list[Dated] = []
    for candidate, is_modified in _gathered(context, shown):
        if _plausible(candidate, context):
            (modified if is_modified else published).append(candidate)
    listed = listed_date(context.hint, context.document.source)
    told = (*lines, listed) if listed else lines
    published += [c for c in told if _plausible(c, context)]
    published = as_address(without_teasers(published))
    changed = most_trusted([c for c in modified if c.confidence >= WEAKEST])
    trusted = [c for c in published if c.confidence >= WEAKEST]
    winner = turned(shown_again(most_trusted(trusted), published, changed), published)
    evidence = as_evidence(winner, published)
    context.note("modified_at", as_evidence(changed, modified))
    if winner and evidence:
        of_page = [c for c in published if c is not listed]
        winner = on_shown_day(refined(winner, of_page), of_page, context)
        winner = with_source_zone(winner, context)
        winner = with_listed(winner, listed if listed in published else None)
        evidence = Evidence(winner.origin, evidence.raw, evidence.confidence, evidence.others)
    context.note("published_at", evidence)
    return winner, with_source_zone(changed, context) if changed else None


def _gathered(context: Context, shown: HtmlElement | None) -> Iterator[tuple[Dated, bool]]:
    language, us = context.language, is_month_first(context)
    for c in json_ld.values(context.nodes, "datePublished", "dateCreated", "uploadDate"):
        yield from _dated(c, language, us, _OF_PROPERTY[c.origin], False)
    for c in json_ld.values(context.nodes, "dateModified"):
        yield from _dated(c, language, us, 0.0, True)
    for c in meta.values(context.document, meta.PUBLISHED, top=0.8):
        yield from _dated(c, language, us, _OF_ANY_KIND.get(c.origin, 0.0), False)
    for c in meta.values(context.document, meta.MODIFIED, top=0.8):
        yield from _dated(c, language, us, 0.0, True)
    for name, is_modified in (
        ("datepublished", False),
        ("datemodified", True),
        ("datecreated", False),
    ):
        for element in context.marks.items.get(name, ())[:5]:
            raw = (
                element.get("datetime")
                or element.get("content")
                or clean(element.text_content()[:200])
            )
            trust = 0.74 if not times.is_foreign(element) else 0.3
            c = Candidate(raw, f"dom:itemprop={name}", raw, trust)
            yield from _dated(c, language, us, 0.0, is_modified)
    yield from _visible(context, shown, us)
    for title in context.document.landmarks.get("title", ())[:1]:
        if at_end := times.title_date(clean(title.text), language, month_first=us):
            yield at_end, False
    if by_url := times.url_date(context.document.final_url):
        yield by_url, False


def _visible(context: Context, shown: HtmlElement | None, us: bool) -> Iterator[tuple[Dated, bool]]:
    stamped = times.time_elements(
        context.document.landmarks.get("time", []), context.language, month_first=us
    )
    written = times.marked_dates(context.marks, context.language, month_first=us)
    for dated in (stamped, written):
        for rank, (candidate, element, is_modified) in enumerate(dated):
            confidence = (
                candidate.confidence + _place_bonus(context, element, shown) - 0.01 * min(rank, 5)
            )
            yield replace(candidate, confidence=confidence), is_modified


def _place_bonus(context: Context, element: HtmlElement, shown: HtmlElement | None) -> float:
    """A date close to the headline is the article's; one among teasers is theirs."""
    foreign = times.is_foreign(element)
    bonus = -0.25 if foreign else 0.0
    if foreign and times.is_among_comments(element):
        return -1.0
    order = context.marks.order
    if shown is not None and shown in order and element in order:
        distance = order[element] - order[shown]
        if -25 <= distance <= _SHOWN_NEAR:
            return bonus + 0.2 if distance <= _BESIDE or not foreign else _FOREIGN_NEAR
        return bonus - (0.05 if distance > 0 else 0.1)
    return bonus


def _dated(
    c: Candidate[str], language: str | None, us: bool, trust: float, is_modified: bool
) -> Iterator[tuple[Dated, bool]]:
    moment = times.read_date(c.value, language, month_first=us)
    if moment:
        yield Candidate(moment, c.origin, c.raw, c.confidence + trust), is_modified


def is_month_first(context: Context) -> bool:
    """Whether ``3/4/2020`` is the fourth of March: in the US, and where English says no more."""
    if context.language not in (None, "en"):
        return False
    return context.country in (None, "US", "PH")


def _plausible(candidate: Dated, context: Context) -> bool:
    moment = candidate.value
    if moment.wall.date() in _NO_DAYS:
        return False
    if candidate.origin.startswith(_OF_WEB_YEARS) and moment.wall.year < _FIRST_WEB_YEAR:
        return False
    return moment.utc <= context.fetched_at + _FUTURE
