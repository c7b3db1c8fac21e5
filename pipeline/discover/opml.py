"""OPML: the feeds that a reader's subscription list names, however deep its folders are."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from pipeline.discover.bounded import local_name, parse_xml, unpack
from pipeline.discover.found import MAX_ENTRIES, Undiscoverable, absolute_url


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription: the feed's address, its title, the site's home page and language."""

    feed: str
    title: str = ""
    home: str | None = None
    language: str | None = None


def read_opml(body: bytes) -> list[Outline]:
    """The outlines with a feed, each feed once, in the file's order.

    Raises :class:`pipeline.discover.found.Undiscoverable` and nothing else.
    """
    root = parse_xml(unpack(body))
    if local_name(root) != "opml":
        raise Undiscoverable("unknown_format")
    found: dict[str, Outline] = {}
    for element in root.iter(etree.Element):
        if local_name(element) != "outline" or len(found) >= MAX_ENTRIES:
            continue
        values = {str(n).lower(): str(v).strip() for n, v in element.attrib.items()}
        feed = absolute_url("", values.get("xmlurl", ""))
        if feed is not None:
            title = values.get("title") or values.get("text") or ""
            home = absolute_url("", values.get("htmlurl", ""))
            language = values.get("language") or None
            known = language if language and language.lower() != "unknown" else None
            found.setdefault(feed, Outline(feed, " ".join(title.split())[:300], home, known))
    return list(found.values())
