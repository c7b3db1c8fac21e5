"""JSON Feed 1.0 and 1.1, whatever stands where a text should."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pipeline.discover.decoding import in_utf8
from pipeline.discover.found import Collector, Listing, Undiscoverable
from pipeline.discover.hint_dates import date_says, read_hint_date
from pipeline.discover.hubs import header_links, json_links, push_of

MAX_VALUES = 2_000_000
"""Values of one document: brackets by the million take gigabytes as Python's lists."""


def read_json_feed(body: bytes, base_url: str, headers: Iterable[tuple[str, str]]) -> Listing:
    """The entries of a JSON Feed. Raises :class:`Undiscoverable` and nothing else."""
    if len(body) > MAX_VALUES and sum(map(body.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise Undiscoverable("too_large")
    text = (in_utf8(body) or body).decode("utf-8-sig", "replace")
    try:
        feed: Any = json.loads(text, parse_int=float)  # int refuses more than 4,300 digits
    except (ValueError, RecursionError) as error:
        raise Undiscoverable("not_json") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise Undiscoverable("unknown_format")
    found = Collector(base_url)
    for item in found.within_reason(item for item in items if isinstance(item, dict)):
        _add(found, item)
    push = push_of(base_url, header_links(headers), json_links(feed))
    return found.listing("json_feed", push=push)


def _add(found: Collector, item: dict[str, Any]) -> None:
    title, published, modified, *addresses, name = (
        value if isinstance(value := item.get(key), str) else ""
        for key in ("title", "date_published", "date_modified", "url", "external_url", "id")
    )
    if name.lower().startswith(("http://", "https://")):
        addresses.append(name)
    dated, says = read_hint_date(published), date_says(published)
    if dated is None:
        dated, says = read_hint_date(modified), "change"
    any(found.add(address, title, dated, says) for address in addresses)
