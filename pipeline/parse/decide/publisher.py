"""Who publishes the page, and every name the page gives itself."""

from __future__ import annotations

from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.parse.evidence import json_ld, meta
from pipeline.parse.words import TITLE_SEPARATOR, clean, fold
from pipeline.urls import host_of, registrable_domain

_MAX_NAME_CHARS = 60
_MOST_WORDS = 5
"""A name that holds the domain's has no more."""


def decide_publisher(context: Context) -> str | None:
    """The publisher's name, or the page's registrable domain; also fills the site's names."""
    candidates = list(_candidates(context))
    names = {fold(c.value) for c in candidates}
    domain = registrable_domain(host_of(context.document.final_url))
    names |= {fold(domain), fold(domain.partition(".")[0])}
    context.site_names = frozenset(name for name in names if name)
    winner = best(candidates)
    context.note("publisher", as_evidence(winner, candidates))
    return winner.value if winner else None


def _candidates(context: Context) -> list[Candidate[str]]:
    document = context.document
    found = []
    if document.source and document.source.publisher:
        name = document.source.publisher
        found.append(Candidate(name, "source:publisher", name, 1.0))
    for rank, name in enumerate(json_ld.publisher_names(document)[:5]):
        found.append(Candidate(name, "json-ld:publisher", name, 0.8 - 0.05 * rank))
    found += list(meta.values(document, meta.PUBLISHER, top=0.85, step=0.05))
    domain = registrable_domain(host_of(document.final_url))
    found += [
        Candidate(part, "dom:title", part, 0.6)
        for part in _title_ends(document.landmarks.get("title", []))
        if _names_domain(part, domain)
    ]
    if domain:
        found.append(Candidate(domain, "url:host", domain, 0.1))
    return [c for c in found if 1 < len(c.value) <= _MAX_NAME_CHARS and "//" not in c.value]


def _title_ends(titles: list) -> list[str]:  # type: ignore[type-arg]
    """The first and the last part of the title, whichever may be the site's name: the longest part
    is what the page is about."""
    for title in titles[:1]:
        parts = TITLE_SEPARATOR.split(clean(title.text))
        longest = max(parts, key=len)
        return [part for part in (parts[0], parts[-1]) if part != longest]
    return []


def _names_domain(part: str, domain: str) -> bool:
    """Whether a part of the title is the domain's name in words ("The Daily X" at dailyx.com), and
    no phrase in which that name occurs."""
    label, name = fold(domain.partition(".")[0]), fold(part)
    if len(name) < 3 or len(label) < 3:
        return False
    return name in label or (label in name and len(part.split()) <= _MOST_WORDS)
