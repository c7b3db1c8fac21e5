"""What a page says of itself as live coverage: whether it is, and its first and last day."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from pipeline.dates.machine import read_machine_date
from pipeline.dates.moment import Moment
from pipeline.parse.body.entry_times import CALLED_LIVE, Days
from pipeline.parse.structured import types_of
from pipeline.parse.words import clean

if TYPE_CHECKING:
    from pipeline.parse.document import Document

_MAX_NODES = 10
_DAYS = (
    (("article:published_time",), ("coverageStartTime", "datePublished")),
    (("article:modified_time", "og:updated_time"), ("dateModified",)),
)
"""Meta elements and properties that hold the first and the last day of a live blog."""


def is_called_live(document: Document) -> bool:
    """Whether its title or its data call the page live coverage."""
    title = next((t.text or "" for t in document.landmarks.get("title", ())), "")
    if any(CALLED_LIVE.search(clean(t)) for t in (document.first_meta("og:title"), title)):
        return True
    return any("LiveBlogPosting" in types_of(node) for node in document.structured[:_MAX_NODES])


def told_days(document: Document, zone: tzinfo) -> Days:
    """When the page says it was published and last changed, for entries that print no day."""
    nodes = document.structured[:_MAX_NODES]
    found: list[datetime | None] = []
    for names, keys in _DAYS:
        texts = [document.first_meta(*names), *(node.get(key) for node in nodes for key in keys)]
        moments = (read_machine_date(text) for text in texts if isinstance(text, str))
        moment = next((moment for moment in moments if moment), None)
        found.append(_aware(moment, zone) if moment else None)
    return found[0], found[1]


def _aware(moment: Moment, zone: tzinfo) -> datetime:
    offset = moment.offset_minutes
    there = zone if offset is None else timezone(timedelta(minutes=offset))
    return moment.wall.replace(tzinfo=there)
