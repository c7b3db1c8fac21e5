"""The order of the steps from a document to its body."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml.html import HtmlElement

from pipeline.models import SourceProfile
from pipeline.parse.body.article_body import story_from_article_body
from pipeline.parse.body.blocks import assemble, drafts
from pipeline.parse.body.choose import choose, story_scores
from pipeline.parse.body.contained import scores_within
from pipeline.parse.body.entry_times import entry_times
from pipeline.parse.body.features import Hints, page_facts
from pipeline.parse.body.layout import Layout
from pipeline.parse.body.links import next_page, story_links
from pipeline.parse.body.live_days import is_called_live, told_days
from pipeline.parse.body.pictures import story_images, unmarked_images
from pipeline.parse.body.result import Body
from pipeline.parse.body.surroundings import surroundings, unmarked_surroundings
from pipeline.parse.body.unmarked import is_unmarked, label_runs
from pipeline.parse.body.walk import walk
from pipeline.parse.limits import Deadline, ParseLimits

if TYPE_CHECKING:
    from pipeline.parse.document import Document

_LIMITS = ParseLimits()
_MAX_AUTHORS = 10
_AUTHOR_META = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")


def find_body(
    document: Document,
    headline: str | None,
    limits: ParseLimits = _LIMITS,
    deadline: Deadline | None = None,
    containers: Sequence[HtmlElement] = (),
) -> Body:
    """The story of ``document``; an empty body when the page has no text. Never raises.

    ``containers`` are elements that the source says hold the story; they count when one of them
    has text.
    """
    deadline = deadline or Deadline(limits.max_seconds)
    known = document.shown if len(document.elements) < limits.max_nodes else None
    root = visible_root(document.root)
    layout = walk(root, limits, deadline, containers, known, document.classes)
    if not layout.runs:
        return Body(limits=tuple(layout.cut))
    if layout.containers:
        body = _marked_body(document, layout, headline)
        if body.contained:
            return body
        layout.containers.clear()
    if document.plain_text or is_unmarked(layout):
        return _unmarked_body(document, layout, headline, limits.max_blocks)
    return _marked_body(document, layout, headline)


def _unmarked_body(
    document: Document, layout: Layout, headline: str | None, most_lines: int
) -> Body:
    pieces, found = label_runs(layout.runs, headline, most_lines, layout.cut)
    blocks, body_text = assemble(pieces)
    story = [True] * len(layout.runs)
    return Body(
        blocks=blocks,
        body_text=body_text,
        images=unmarked_images(layout, blocks, document.base_url),
        links=story_links(layout, story, document.base_url),
        next_page_url=_next_page(document),
        found=found,
        around=unmarked_surroundings(layout),
        limits=tuple(layout.cut),
    )


def _marked_body(document: Document, layout: Layout, headline: str | None) -> Body:
    hints = page_hints(document, headline)
    facts = page_facts(layout, hints)
    scores = story_scores(facts)
    contained = scores_within(facts, scores)
    story = choose(facts, scores if contained is None else contained, hints.headline)
    zone = _zone(document.source)
    times = entry_times(
        layout, story, zone, lambda: (told_days(document, zone), is_called_live(document))
    )
    pieces = drafts(facts, story, times)
    if contained is None:
        visible_chars = sum(len(piece.text) for piece in pieces if piece.story)
        pieces = story_from_article_body(hints.article_body, visible_chars) or pieces
    blocks, body_text = assemble(pieces)
    return Body(
        blocks=blocks,
        body_text=body_text,
        images=story_images(facts, story, document.base_url),
        links=story_links(layout, story, document.base_url),
        next_page_url=_next_page(document),
        around=surroundings(facts, story),
        limits=tuple(layout.cut),
        contained=contained is not None and bool(body_text),
    )


def _next_page(document: Document) -> str | None:
    return next_page(document.relations.get("next", ()), document.base_url)


def page_hints(document: Document, headline: str | None) -> Hints:
    """What metadata says of the story's text."""
    bodies = [item.get("articleBody") for item in document.structured]
    longest = max((body for body in bodies if isinstance(body, str)), key=len, default="")
    host = urlsplit(document.base_url).hostname or ""
    return Hints(
        headline=headline or "",
        description=document.first_meta("og:description", "description"),
        article_body=longest,
        authors=" ".join(_author_names(document)),
        site=" ".join(
            (document.first_meta("og:site_name"), *host.removeprefix("www.").split(".")[:1])
        ),
    )


def _author_names(document: Document) -> list[str]:
    """Names that metadata gives for the authors, unchecked: only compared with the text."""
    names = [name for key in _AUTHOR_META for name in document.meta.get(key, ())]
    for item in document.structured:
        authors = item.get("author")
        for author in authors if isinstance(authors, list) else [authors]:
            name = author.get("name") if isinstance(author, dict) else author
            if isinstance(name, str):
                names.append(name)
    return [name for name in names[:_MAX_AUTHORS] if not name.startswith("http")]


def visible_root(root: HtmlElement) -> HtmlElement:
    """The page's ``<body>`` where there is one: nothing above it is shown."""
    return next(root.iterchildren("body"), root)


def _zone(source: SourceProfile | None) -> tzinfo:
    try:
        return ZoneInfo(source.timezone) if source and source.timezone else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
