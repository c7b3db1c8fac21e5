"""Who wrote the article: the first kind of evidence that names people, none invented."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml.html import HtmlElement

from pipeline.models import Block
from pipeline.parse.byline_words import AGENCY_IN_FULL
from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.author_links import LINKED_TRUST, linked_author
from pipeline.parse.decide.byline_lines import line_candidates
from pipeline.parse.decide.context import Context
from pipeline.parse.decide.dated_lines import names_beside_date
from pipeline.parse.decide.marked_authors import (
    MARKS_TRUST,
    marked_candidates,
    marked_desk,
    unlikely_marks,
)
from pipeline.parse.decide.named_people import People, listed_people, people_of, without_site
from pipeline.parse.decide.site_names import section_names
from pipeline.parse.evidence import json_ld, meta
from pipeline.parse.name_form import name_key
from pipeline.parse.people import merge_people, read_listed
from pipeline.parse.words import fold
from pipeline.urls import host_of, registrable_domain

_LED_LINES = ("text:byline", "text:inside")
_SHOWN = ("text:byline", "dom:author-link")
_LOGIN_TRUST = 0.45
_LOGIN = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*$")
_COMPANY = re.compile(
    r"\b(?:gmbh|ag|e\.?\s?v|kg|inc|ltd|llc|plc|corp|co|s\.?a|s\.?r\.?l|b\.?v|a/s|oy|ab|verlag|media|group|online)\b\.?",
    re.I,
)
_SHORTEST_LABEL, _MOST_NAME_WORDS = 5, 5
_SITE_TRUST = 0.2


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
    if byline and (people := people_of(context, [byline])):
        lines = [Candidate(people, "text:byline", byline, 0.35)]
    else:
        lines = list(line_candidates(blocks, near, context.site_names))
    of_persons = [_of_persons(context, c) for c in lines]
    candidates = [c for c in (*_candidates(context, shown), *of_persons) if c.value]
    if max((c.confidence for c in candidates), default=0.0) < LINKED_TRUST:
        candidates += [c for c in (linked_author(context, shown),) if c.value]
    if not candidates or max(c.confidence for c in candidates) <= MARKS_TRUST:
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
    return replace(candidate, value=without_site(context, candidate.value))


def _fuller(candidates: list[Candidate[People]]) -> list[Candidate[People]]:
    """The candidates, a byline on the page first where it names everybody that the most trusted
    one names, and more of them or in full."""
    top = best(candidates)
    if top is None:
        return candidates
    shown = [c for c in candidates if c.origin in _SHOWN and c is not top and _completes(c, top)]
    if not shown:
        return candidates
    fullest = max(shown, key=lambda c: len(c.value))
    return [replace(fullest, confidence=min(top.confidence + 0.01, 1.0)), *candidates]


def _completes(shown: Candidate[People], top: Candidate[People]) -> bool:
    told = [name_key(p.name) for p in top.value]
    names = [name_key(p.name) for p in shown.value if not AGENCY_IN_FULL.fullmatch(p.name)]
    if len(names) > len(told) and set(told) <= set(names):
        return True
    return all(
        " " not in person.name and any(full.startswith(name) and full != name for full in names)
        for person, name in zip(top.value, told, strict=True)
    )


def _candidates(context: Context, shown: HtmlElement | None) -> Iterator[Candidate[People]]:
    for rank, node in enumerate(context.nodes[:3]):
        listed = json_ld.authors(node)
        people = listed_people(context, [(name, role) for name, role, _ in listed])
        raw = "; ".join(name for name, _, _ in listed)
        trust = _trust_in_logins(people, 0.9)
        yield Candidate(people, "json-ld:author", raw, trust - 0.1 * rank)
    for rank, name in enumerate(meta.AUTHOR):
        contents = context.document.meta.get(name)
        if contents:
            people = listed_people(context, [(text, None) for text in contents])
            raw = "; ".join(contents)
            trust = min(_trust_in_logins(people, 0.7), 0.7 - 0.01 * rank)
            if not _is_company(context, raw):
                yield Candidate(people, f"meta:{name}", raw, trust)
    yield from marked_candidates(context, shown)


def _trust_in_logins(people: People, trust: float) -> float:
    """The trust in people of whom data gives names, less if it gives their logins."""
    return _LOGIN_TRUST if all(_LOGIN.match(person.name) for person in people) else trust


def _is_company(context: Context, raw: str) -> bool:
    """Whether what a page calls its author is its publisher: a company, the page's own host, or a
    whole phrase that holds the host's name."""
    domain = registrable_domain(host_of(context.document.final_url))
    if _COMPANY.search(raw) or (domain and domain in raw.lower()):
        return True
    label = fold(domain.partition(".")[0])
    is_phrase = len(label) >= _SHORTEST_LABEL and len(raw.split()) > _MOST_NAME_WORDS
    return is_phrase and label in fold(raw)


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
    yield unlikely_marks(context)
    yield marked_desk(context)
    for node in context.nodes[:1]:
        listed = json_ld.authors(node)
        named = [person for name, role, _ in listed for person in read_listed(name, role)]
        raw = "; ".join(name for name, _, _ in listed)
        yield Candidate(merge_people(named), "json-ld:author", raw, _SITE_TRUST)
