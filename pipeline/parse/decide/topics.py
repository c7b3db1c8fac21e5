"""The section the article stands in and the tags its publisher gave it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.parse.evidence import json_ld, meta
from pipeline.parse.evidence.marks import roles_above
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.markup.roles import Role
from pipeline.parse.words import clean, fold

MAX_TAGS = 40
_MAX_TAG_CHARS = 80
_LIST = re.compile(r"\s*[,;،、|]\s*")
Tags = tuple[str, ...]


def decide_section(context: Context) -> str | None:
    """The section's name, or None."""
    candidates = [
        c
        for c in (
            *json_ld.values(context.nodes, "articleSection"),
            *meta.values(context.document, meta.SECTION),
        )
        if _is_topic(c.value, context)
    ]
    winner = best(candidates)
    context.note("section", as_evidence(winner, candidates))
    return winner.value if winner else None


def decide_tags(context: Context) -> Tags:
    """The tags in page order."""
    candidates = []
    for rank, node in enumerate(context.nodes[:2]):
        listed = json_ld.strings(node.get("keywords"))
        candidates.append(_tags(context, "json-ld:keywords", listed, 0.8 - 0.1 * rank))
    for rank, name in enumerate(meta.TAGS):
        if contents := context.document.meta.get(name):
            candidates.append(_tags(context, f"meta:{name}", contents, 0.75 - 0.02 * rank))
    candidates = [c for c in candidates if c.value] or _shown_tags(context)
    winner = best(candidates)
    context.note("tags", as_evidence(winner, candidates))
    return winner.value if winner else ()


def split_tags(raws: Sequence[str]) -> Tags:
    """The tags that these texts name, each once; one text alone may list several."""
    kept: dict[str, str] = {}
    for part in _LIST.split(raws[0]) if len(raws) == 1 else raws:
        tag = clean(part).strip("#\"' ")
        if 1 < len(tag) <= _MAX_TAG_CHARS:
            kept.setdefault(fold(tag), tag)
    return tuple(list(kept.values())[:MAX_TAGS])


def _tags(context: Context, origin: str, raws: Iterable[str], trust: float) -> Candidate[Tags]:
    raws = list(raws)
    kept = tuple(tag for tag in split_tags(raws) if _is_topic(tag, context))
    return Candidate(kept, origin, "; ".join(raws), trust)


def _shown_tags(context: Context) -> list[Candidate[Tags]]:
    """The tags that the page shows as links, where its metadata names none: those that say so by
    their relation, or stand in the first element whose class does."""
    related = [
        link
        for link in context.document.relations.get("tag", ())
        if link.tag == "a" and "category" not in (link.get("rel") or "").lower().split()
    ]
    marked = next(
        (links for e in context.marks.tags if (links := list(e.iter("a"))) and _is_own(e)), []
    )
    found = []
    for origin, links, trust in (("dom:rel=tag", related, 0.5), ("dom:tags", marked, 0.4)):
        texts = [clean(visible_text(link)) for link in links[:MAX_TAGS] if _is_own(link)]
        found.append(_tags(context, origin, (*texts, ""), trust))
    return [c for c in found if c.value]


def _is_own(element: HtmlElement) -> bool:
    return not roles_above(element) & Role.FOREIGN


def _is_topic(text: str, context: Context) -> bool:
    return (
        1 < len(text) <= _MAX_TAG_CHARS
        and "//" not in text
        and fold(text) not in context.site_names
    )
