"""The line below the headline."""

from __future__ import annotations

from lxml.html import HtmlElement

from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.parse.evidence import json_ld
from pipeline.parse.evidence.marks import roles_above
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.markup.roles import Role
from pipeline.parse.words import clean, likeness

_ALIKE = 0.5


def decide_subheadline(
    context: Context, headline: str | None, shown: HtmlElement | None
) -> str | None:
    """The standfirst that the page shows near its headline, else one that metadata calls so."""
    candidates = []
    for element in context.marks.subheadlines[:15]:
        value = clean(visible_text(element))
        if 15 < len(value) <= 600 and likeness(value, headline or "") < _ALIKE:
            near = _near(context, element, shown)
            candidates.append(Candidate(value, f"dom:{element.tag}", value, 0.8 if near else 0.2))
    candidates += [
        c for c in json_ld.values(context.nodes, "alternativeHeadline", "alternateName") if c.value
    ]
    winner = best(c for c in candidates if c.confidence >= 0.5 and c.value != headline)
    context.note("subheadline", as_evidence(winner, candidates))
    return winner.value if winner else None


def _near(context: Context, element: HtmlElement, shown: HtmlElement | None) -> bool:
    if shown is None or roles_above(element) & (Role.FOREIGN | Role.CREDIT):
        return False
    order = context.marks.order
    distance = order.get(element, -1000) - order.get(shown, 0)
    return -10 <= distance <= 40
