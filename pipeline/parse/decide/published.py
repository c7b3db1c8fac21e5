"""When the article was published and last changed: one instant each, never a guess."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from lxml.html import HtmlElement

from pipeline.dates.countries import country_of_host
from pipeline.dates.moment import Moment
from pipeline.models import Evidence
from pipeline.parse.candidate import Candidate, as_evidence
from pipeline.parse.decide.context import Context
from pipeline.parse.decide.refined import (
    Dated,
    on_shown_day,
    refined,
    with_listed,
    with_source_zone,
)
from pipeline.parse.decide.turned import turned
from pipeline.parse.evidence import json_ld, meta, times
from pipeline.parse.evidence.listed import listed_date
from pipeline.parse.words import clean

_FUTURE = timedelta(days=2)
_SHOWN_NEAR = 40
_WEAKEST = 0.2
_BESIDE = 5
_FOREIGN_NEAR = -0.24
"""On a small page the first teaser stands near the headline; its date is less than a line's."""
_FIRST_WEB_YEAR = 1990
"""Before it, only a page's data may date it: what reads like an older date in a text is none,
and no list names the pages of such a day."""
_NO_DAYS = (date(1970, 1, 1), date(1969, 12, 31), date(1900, 1, 1))
"""What software writes for a date it does not know."""
_READ_BY_EYE = ("dom:", "text:")
_OF_WEB_YEARS = (*_READ_BY_EYE, "list:")
_AS_ADDRESS = 0.1
_SHOWN_TRUST = 0.6
_UNPLACED = 0.47
"""Marked dates below it are neither near the headline nor called those of publication."""
_RANKS = 0.06
_MANY_DAYS = 3
_TEASERS = 0.1
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
    published = _as_address(_without_teasers(published))
    changed = _winner([c for c in modified if c.confidence >= _WEAKEST])
    trusted = [c for c in published if c.confidence >= _WEAKEST]
    winner = turned(_shown_again(_winner(trusted), published, changed), published)
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
        yield from _dated(c, language, us, 0.0, False)
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
    """Whether ``3/4/2020`` is the fourth of March: in the US, and where English says no more.

    The host's country comes first: software writes ``en-US`` wherever nobody set it.
    """
    if context.language not in (None, "en"):
        return False
    country = country_of_host(context.document.final_url) or context.region
    return country in (None, "US", "PH")


def _plausible(candidate: Dated, context: Context) -> bool:
    moment = candidate.value
    if moment.wall.date() in _NO_DAYS:
        return False
    if candidate.origin.startswith(_OF_WEB_YEARS) and moment.wall.year < _FIRST_WEB_YEAR:
        return False
    return moment.utc <= context.fetched_at + _FUTURE


def _winner(candidates: list[Dated]) -> Dated | None:
    return max(candidates, key=lambda c: c.confidence, default=None)


def _shown_again(
    winner: Dated | None, candidates: list[Dated], changed: Dated | None
) -> Dated | None:
    """Data that agrees with the day the page shows, where the most trusted data keeps an older
    one, that of a first version, long replaced; or the day shown itself, where the data writes its
    last change into both."""
    if winner is None or not winner.origin.startswith(("json-ld", "meta")):
        return winner
    shown = [
        c
        for c in candidates
        if c.origin == "text:line"
        or (
            c.origin.startswith("dom:")
            and c.confidence >= _SHOWN_TRUST
            and "itemprop" not in c.origin
        )
    ]
    days = {c.value.wall.date() for c in shown}
    if len(days) != 1 or _near_days(winner.value, shown[0].value):
        return winner
    if _is_last_change(winner, changed) and _is_older(shown[0].value, winner.value):
        return _winner(shown)
    told = [c for c in candidates if c.origin.startswith("meta") and c.value.wall.date() in days]
    return _winner([c for c in told if not _is_of_many(c, candidates)]) or winner


def _is_older(shown: Moment, told: Moment) -> bool:
    """Whether the day is earlier, and not the same with day and month the other way round."""
    turned = (shown.wall.year, shown.wall.day, shown.wall.month)
    return shown.wall < told.wall and turned != (told.wall.year, told.wall.month, told.wall.day)


def _is_last_change(published: Dated, changed: Dated | None) -> bool:
    return changed is not None and changed.value.wall.date() == published.value.wall.date()


def _is_of_many(candidate: Dated, candidates: list[Dated]) -> bool:
    """Whether the page says the same of several days: its teasers bring their data with them."""
    same = {c.value.wall.date() for c in candidates if c.origin == candidate.origin}
    return len(same) > 1


def _as_address(candidates: list[Dated]) -> list[Dated]:
    """The candidates, those read by eye trusted more if the page's address has their day."""
    days = {c.value.wall.date() for c in candidates if c.origin == "url:path"}
    return [
        replace(c, confidence=c.confidence + _AS_ADDRESS)
        if c.origin.startswith(_READ_BY_EYE) and c.value.wall.date() in days
        else c
        for c in candidates
    ]


def _without_teasers(candidates: list[Dated]) -> list[Dated]:
    """The candidates, marked dates trusted no more where the best of them are of many days and
    none stands near the headline: a list of other stories."""
    marked = [c for c in candidates if c.origin.endswith(".date")]
    most = max((c.confidence for c in marked), default=0.0)
    if not _WEAKEST <= most < _UNPLACED:
        return candidates
    alike = [c for c in marked if c.confidence > most - _RANKS]
    if len({c.value.wall.date() for c in alike}) < _MANY_DAYS:
        return candidates
    return [
        replace(c, confidence=_TEASERS) if c.confidence >= _WEAKEST and c in alike else c
        for c in candidates
    ]


def _near_days(one: Moment, other: Moment) -> bool:
    return abs(one.wall - other.wall) < timedelta(days=2)
