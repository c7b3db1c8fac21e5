"""The order of the steps from a document to its body."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml.html import HtmlElement

from pipeline.dates.machine import read_machine_date
from pipeline.dates.moment import Moment
from pipeline.models import SourceProfile
from pipeline.parse.body.article_body import story_from_article_body
from pipeline.parse.body.blocks import assemble, drafts
from pipeline.parse.body.choose import choose, story_scores
from pipeline.parse.body.contained import scores_within
from pipeline.parse.body.entry_times import CALLED_LIVE, Days, entry_times
from pipeline.parse.body.features import Hints, PageFacts, page_facts
from pipeline.parse.body.layout import Layout, Run
from pipeline.parse.body.links import next_page, story_links
from pipeline.parse.body.pictures import story_images, unmarked_images
from pipeline.parse.body.result import Body, Surroundings
from pipeline.parse.body.unmarked import is_unmarked, label_runs
from pipeline.parse.body.walk import walk
from pipeline.parse.limits import Deadline, ParseLimits
from pipeline.parse.markup.traits import BIT
from pipeline.parse.structured import types_of
from pipeline.parse.words import clean

if TYPE_CHECKING:
    from pipeline.parse.document import Document

_LIMITS = ParseLimits()
_MAX_AUTHORS = 10
_OPENING_RUNS = 30
_RUNS_ABOVE = 3
_UNMARKED_OPENING = 8
_OPENING_CHARS = 120
_BESIDE_RUNS = 12
_LABEL_CHARS = 30
_MENU = BIT["nav"] | BIT["in:nav"] | BIT["in:list"]
_CLOSING_RUNS = 9
_START_CHARS = 100
_MAX_NODES = 10
_DAYS = (
    (("article:published_time",), ("coverageStartTime", "datePublished")),
    (("article:modified_time", "og:updated_time"), ("dateModified",)),
)
"""Meta elements and properties that hold the first and the last day of a live blog."""
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
        around=Surroundings(opening=_short(layout.runs[:_UNMARKED_OPENING])),
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
        layout, story, zone, lambda: (_days(document, zone), _is_called_live(document))
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
        around=_surroundings(facts, story),
        limits=tuple(layout.cut),
        contained=contained is not None and bool(body_text),
    )


def _next_page(document: Document) -> str | None:
    return next_page(document.relations.get("next", ()), document.base_url)


def _surroundings(facts: PageFacts, story: list[bool]) -> Surroundings:
    """The short lines around the headline and down to the story's second paragraph, those of no
    story that follow, and what is below the story."""
    chosen = [index for index, taken in enumerate(story) if taken]
    if not chosen:
        return Surroundings()
    second = chosen[:2][-1]
    headline = facts.places.headline_run
    begin = headline if 0 <= headline <= chosen[0] else chosen[0]
    first = max(0, max(begin, second - _OPENING_RUNS) - _RUNS_ABOVE)
    runs = facts.layout.runs
    beside = range(second + 1, min(begin + _BESIDE_RUNS, chosen[-1]) + 1)
    return Surroundings(
        opening=_short(runs[first : second + 1]),
        above=len(_short(runs[first:begin])),
        beside=_short([runs[index] for index in beside if not story[index]]),
        starts=tuple(runs[index].text[:_START_CHARS] for index in chosen[:2]),
        closing=tuple(run.text for run in runs[chosen[-1] + 1 :][:_CLOSING_RUNS]),
        label=_label(facts, headline - 1),
    )


def _label(facts: PageFacts, index: int) -> str:
    if index < 0 or facts.places.traits.item(index) & _MENU:
        return ""
    text = facts.layout.runs[index].text
    return text if len(text) <= _LABEL_CHARS else ""


def _short(runs: Sequence[Run]) -> tuple[str, ...]:
    return tuple(run.text for run in runs if _is_short(run))


def _is_short(run: Run) -> bool:
    return len(run.text) <= _OPENING_CHARS


def page_hints(document: Document, headline: str | None) -> Hints:
    """What metadata says of the story's text."""
    meta, structured = document.meta, document.structured
    bodies = [item.get("articleBody") for item in structured]
    longest = max((body for body in bodies if isinstance(body, str)), key=len, default="")
    host = urlsplit(document.base_url).hostname or ""
    return Hints(
        headline=headline or "",
        description=_first(meta, "og:description", "description"),
        article_body=longest,
        authors=" ".join(_author_names(document)),
        site=" ".join((_first(meta, "og:site_name"), *host.removeprefix("www.").split(".")[:1])),
    )


def _first(meta: dict[str, list[str]], *names: str) -> str:
    return next((meta[name][0] for name in names if meta.get(name)), "")


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


def _is_called_live(document: Document) -> bool:
    title = next((t.text or "" for t in document.landmarks.get("title", ())), "")
    if any(CALLED_LIVE.search(clean(t)) for t in (_first(document.meta, "og:title"), title)):
        return True
    return any("LiveBlogPosting" in types_of(node) for node in document.structured[:_MAX_NODES])


def _days(document: Document, zone: tzinfo) -> Days:
    """When the page says it was published and last changed, for entries that print no day."""
    nodes = document.structured[:_MAX_NODES]
    found: list[datetime | None] = []
    for names, keys in _DAYS:
        texts = [_first(document.meta, *names), *(node.get(key) for node in nodes for key in keys)]
        moments = (read_machine_date(text) for text in texts if isinstance(text, str))
        moment = next((moment for moment in moments if moment), None)
        found.append(_aware(moment, zone) if moment else None)
    return found[0], found[1]


def _aware(moment: Moment, zone: tzinfo) -> datetime:
    offset = moment.offset_minutes
    there = zone if offset is None else timezone(timedelta(minutes=offset))
    return moment.wall.replace(tzinfo=there)


def _zone(source: SourceProfile | None) -> tzinfo:
    try:
        return ZoneInfo(source.timezone) if source and source.timezone else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
