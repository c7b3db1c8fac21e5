"""Who wrote the article: the first kind of evidence that names people, none invented."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from lxml.html import HtmlElement

from pipeline.models import Author, Block
from pipeline.parse.byline_words import AGENCY_IN_FULL, LEAD
from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.byline_lines import line_candidates
from pipeline.parse.decide.context import Context
from pipeline.parse.decide.dated_lines import names_beside_date
from pipeline.parse.decide.site_names import section_names
from pipeline.parse.evidence import json_ld, meta
from pipeline.parse.evidence.marks import has_role, roles_above
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.markup.roles import Role
from pipeline.parse.people import looks_like_name, merge_people, read_byline, read_listed
from pipeline.parse.words import clean, fold
from pipeline.urls import host_of, registrable_domain

People = tuple[Author, ...]
_MAX_BYLINE_CHARS = 250
_OTHER_TEXT = re.compile(r"comment|related|recommend|teaser|sidebar|popular|trending|most-?read")
_MAX_MARKED = 40
_LEVELS = 12
_LED_TRUST = 0.71
_LED_LINES = ("text:byline", "text:inside")
_LOGIN_TRUST = 0.45
_LOGIN = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*$")
_COMPANY = re.compile(
    r"\b(?:gmbh|ag|e\.?\s?v|kg|inc|ltd|llc|plc|corp|co|s\.?a|s\.?r\.?l|b\.?v|a/s|oy|ab|verlag|media|group|online)\b\.?",
    re.I,
)
_HOUSE_END = re.compile(r",\s|\s[|–—-]\s")
_MARKS_TRUST = 0.4
_SITE_TRUST = 0.2
_SAME_BYLINE = 12
_NEAR_HEADLINE = 120
"""Distances in elements, in page order."""


def decide_authors(
    context: Context,
    shown: HtmlElement | None,
    byline: str | None,
    blocks: Sequence[Block],
    opening: Sequence[str],
) -> People:
    """The authors in page order; ``()`` when the page names none.

    ``byline`` is the line that the body half recognised as one on an unmarked page, ``opening``
    the lines between headline and story.
    """
    near = _dated_lines(context, opening)
    if byline and (people := _people(context, [byline])):
        lines = [Candidate(people, "text:byline", byline, 0.35)]
    else:
        lines = list(line_candidates(blocks, near, context.site_names))
    of_persons = [_of_persons(context, c) for c in lines]
    candidates = [c for c in (*_candidates(context, shown), *of_persons) if c.value]
    if not candidates or max(c.confidence for c in candidates) <= _MARKS_TRUST:
        candidates += [c for c in _last_resorts(context, lines, near) if c.value]
    winner = best(_fuller(candidates))
    context.note("authors", as_evidence(winner, candidates))
    return winner.value if winner else ()


def _dated_lines(context: Context, opening: Sequence[str]) -> list[str]:
    """The words around the date that the page shows, and the lines by its headline: they often
    name the author too."""
    evidence = context.evidence.get("published_at")
    found = (evidence, *evidence.others) if evidence else ()
    return [*[e.raw for e in found if e.origin.startswith("dom:")][:1], *opening]


def _of_persons(context: Context, candidate: Candidate[People]) -> Candidate[People]:
    return replace(candidate, value=_without_site(context, candidate.value))


def _fuller(candidates: list[Candidate[People]]) -> list[Candidate[People]]:
    """The candidates, a byline on the page first where it names everybody that the most trusted
    one names, and more of them or in full."""
    top = best(candidates)
    led = next((c for c in candidates if c.origin == "text:byline"), None)
    if top is None or led is None or led is top:
        return candidates
    told = [fold(p.name) for p in top.value]
    shown = [fold(p.name) for p in led.value if not AGENCY_IN_FULL.fullmatch(p.name)]
    more = len(shown) > len(told) and set(told) <= set(shown)
    in_full = all(
        " " not in person.name and any(full.startswith(name) and full != name for full in shown)
        for person, name in zip(top.value, told, strict=True)
    )
    if more or in_full:
        return [replace(led, confidence=min(top.confidence + 0.01, 1.0)), *candidates]
    return candidates


def _candidates(context: Context, shown: HtmlElement | None) -> Iterator[Candidate[People]]:
    for rank, node in enumerate(context.nodes[:3]):
        listed = json_ld.authors(node)
        people = _listed(context, [(name, role) for name, role, _ in listed])
        raw = "; ".join(name for name, _, _ in listed)
        trust = _trust_in_logins(people, 0.9)
        yield Candidate(people, "json-ld:author", raw, trust - 0.1 * rank)
    for rank, name in enumerate(meta.AUTHOR):
        contents = context.document.meta.get(name)
        if contents:
            people = _listed(context, [(text, None) for text in contents])
            raw = "; ".join(contents)
            trust = min(_trust_in_logins(people, 0.7), 0.7 - 0.01 * rank)
            if not _is_company(context, raw):
                yield Candidate(people, f"meta:{name}", raw, trust)
    yield from _marked(context, shown)


def _trust_in_logins(people: People, trust: float) -> float:
    """The trust in people of whom data gives names, less if it gives their logins."""
    return _LOGIN_TRUST if all(_LOGIN.match(person.name) for person in people) else trust


def _is_company(context: Context, raw: str) -> bool:
    """Whether what a page calls its author is its publisher: a company, or the page's own host."""
    domain = registrable_domain(host_of(context.document.final_url))
    return bool(_COMPANY.search(raw) or (domain and domain in raw.lower()))


def _marked(context: Context, shown: HtmlElement | None) -> Iterator[Candidate[People]]:
    marks = context.marks
    for origin, elements, trust in (
        ("dom:itemprop=author", marks.items.get("author", []), 0.62),
        ("dom:rel=author", marks.author_links, 0.6),
        ("dom:byline", marks.bylines, 0.55),
    ):
        people, raw = _cluster(context, elements[:_MAX_MARKED], shown, _is_foreign)
        led = LEAD.match(raw) and any(" " in person.name for person in people)
        yield Candidate(people, origin, raw, _LED_TRUST if led else trust)


def _last_resorts(
    context: Context, lines: Sequence[Candidate[People]], near: Sequence[str]
) -> Iterator[Candidate[People]]:
    """Where nothing else names anybody: marks whose surroundings look foreign but stand right
    below the headline, names beside the date, and the site itself when its data or a byline says
    that it is the author."""
    headline = context.evidence.get("headline")
    yield names_beside_date(
        near, headline.raw if headline else "", context.site_names | section_names(context)
    )
    yield from (replace(c, confidence=_SITE_TRUST) for c in lines if c.origin in _LED_LINES)
    headings = [context.marks.order.get(h, 0) for h in context.document.landmarks.get("h1", ())]
    near = [
        e
        for e in context.marks.bylines[:_MAX_MARKED]
        if any(0 <= context.marks.order.get(e, 0) - at <= _NEAR_HEADLINE for at in headings)
        and not has_role(e, Role.CREDIT)
        and not _of_another_text(e)
    ]
    people, raw = _cluster(context, near, None, lambda element: False)
    yield Candidate(people, "dom:byline", raw, _MARKS_TRUST)
    for node in context.nodes[:1]:
        listed = json_ld.authors(node)
        named = [person for name, role, _ in listed for person in read_listed(name, role)]
        raw = "; ".join(name for name, _, _ in listed)
        yield Candidate(merge_people(named), "json-ld:author", raw, _SITE_TRUST)


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
        if last is not None and not 0 <= place - last <= _SAME_BYLINE:
            break
        if is_foreign(element):
            continue
        raw = _byline_text(element)
        found = _people(context, [raw])
        if found:
            people += found
            raws.append(raw)
            last = place
    return merge_people(people), "; ".join(raws)


def _of_another_text(element: HtmlElement) -> bool:
    """Whether it stands among comments or teasers, by names that mean nothing else."""
    for e in (element, *islice(element.iterancestors(), _LEVELS)):
        if e.tag in ("aside", "footer", "nav"):
            return True
        if e.tag != "body" and _OTHER_TEXT.search((e.get("class") or "").lower()):
            return True
    return False


def _byline_text(element: HtmlElement) -> str:
    for inner in element.iterdescendants():
        if "name" in (inner.get("itemprop") or "").split():
            return clean(inner.get("content") or visible_text(inner, separator="\n"))
    links = [clean(visible_text(link)) for link in element.iterdescendants("a")]
    names = [text for text in links if len(text.split()) > 1 and read_byline(text)]
    if names and all(looks_like_name(name) for name in names):
        return " ; ".join(names)  # what else stands there is titles and dates
    text = element.get("content") or visible_text(element, separator=" ; ")
    return clean(text) if len(text) <= _MAX_BYLINE_CHARS else ""


def _is_foreign(element: HtmlElement) -> bool:
    if has_role(element, Role.FOREIGN | Role.CREDIT):
        return True
    return bool(roles_above(element) & (Role.FOREIGN | Role.CREDIT | Role.BIOGRAPHY))


def _listed(context: Context, listed: Iterable[tuple[str, str | None]]) -> People:
    """The people of a list of names and titles, without the site: "Ship and Shore, Hull" is no
    Mr Ship."""
    people: list[Author] = []
    for name, role in listed:
        if fold(_HOUSE_END.split(name, maxsplit=1)[0]) not in context.site_names:
            people.extend(read_listed(name, role))
    return _without_site(context, merge_people(people))


def _people(context: Context, raws: list[str]) -> People:
    people = [person for raw in raws for person in read_byline(raw)]
    return _without_site(context, merge_people(people))


def _without_site(context: Context, people: People) -> People:
    return tuple(p for p in people if fold(p.name) not in context.site_names)
