"""The order of the steps from a document to its body."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml.html import HtmlElement

from pipeline.models import SourceProfile
from pipeline.parse.body.blocks import assemble, drafts
from pipeline.parse.body.characters import Floats
from pipeline.parse.body.entry_times import entry_times
from pipeline.parse.body.features import Hints, PageFacts, page_facts
from pipeline.parse.body.links import next_page, story_links
from pipeline.parse.body.pictures import story_images
from pipeline.parse.body.result import Body
from pipeline.parse.body.rules import rule_scores
from pipeline.parse.body.walk import walk
from pipeline.parse.limits import Deadline, ParseLimits

if TYPE_CHECKING:
    from pipeline.parse.document import Document

_LIMITS = ParseLimits()
_THRESHOLD = 0.5


def find_body(
    document: Document,
    headline: str | None,
    limits: ParseLimits = _LIMITS,
    deadline: Deadline | None = None,
) -> Body:
    """The story of ``document``; an empty body when the page has no text. Never raises."""
    deadline = deadline or Deadline(limits.max_seconds)
    layout = walk(_visible(document.root), limits, deadline)
    if not layout.runs:
        return Body(limits=tuple(layout.cut))
    facts = page_facts(layout, page_hints(document, headline))
    scores = rule_scores(facts)
    story = [bool(score >= _THRESHOLD) for score in scores]
    times = entry_times(layout, story, _zone(document.source))
    blocks, body_text = assemble(drafts(facts, story, times))
    return Body(
        blocks=blocks,
        body_text=body_text,
        images=story_images(facts, story, document.base_url),
        links=story_links(layout, story, document.base_url),
        next_page_url=next_page(document.root, document.base_url),
        confidence=_confidence(facts, scores),
        limits=tuple(layout.cut),
    )


def page_hints(document: Document, headline: str | None) -> Hints:
    """What metadata says of the story's text."""
    descriptions = document.meta.get("og:description") or document.meta.get("description") or [""]
    bodies = [item.get("articleBody") for item in document.structured]
    longest = max((body for body in bodies if isinstance(body, str)), key=len, default="")
    return Hints(headline or "", descriptions[0], longest)


def _visible(root: HtmlElement) -> HtmlElement:
    """The page's ``<body>`` where there is one: nothing above it is shown."""
    body = root.find("body")
    return root if body is None else body


def _zone(source: SourceProfile | None) -> tzinfo:
    try:
        return ZoneInfo(source.timezone) if source and source.timezone else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _confidence(facts: PageFacts, scores: Floats) -> float:
    """Mean certainty of the choices, weighed by length: 1 when every score is 0 or 1."""
    mass = facts.places.mass
    certainty = abs(scores - _THRESHOLD) * 2
    total = float(mass.sum())
    return float((certainty * mass).sum() / total) if total else 0.0
