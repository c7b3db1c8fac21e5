"""JSON Feeds as they are: an item is read by what it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.discover.found import Undiscoverable
from tests.discover.feeds import SITE, entries

ITEMS: dict[str, tuple[Any, list[str]]] = {
    "as it should be": ({"id": "1", "url": "/a", "title": "T", "date_published": "2026-11-03"},
                        ["/a T 03.11."]),
    "an id that is an address": ({"id": SITE + "/a", "title": "T"}, ["/a T"]),
    "an id that is a number": ({"id": 7, "title": "T"}, []),
    "an address that is a number": ({"url": 7, "external_url": "/a"}, ["/a"]),
    "an address that is none": ({"url": "mailto:a@b.example", "external_url": "/a"}, ["/a"]),
    "an address in a list": ({"url": ["/a"]}, []),
    "nulls": ({"url": None, "external_url": "/a", "title": None, "date_published": None}, ["/a"]),
    "a date of change": ({"url": "/a", "date_modified": "2026-11-03"}, ["/a 03.11."]),
    "a date that is a number": ({"url": "/a", "date_published": 5}, ["/a"]),
    "a title in a list": ({"url": "/a", "title": ["T"]}, ["/a"]),
    "an address elsewhere too": ({"url": "/a", "external_url": "https://o.example/"}, ["/a"]),
    "a number beyond all numbers": ({"url": "/a", "n": 10**4000}, ["/a"]),
    "no object": ("/a", []),
    "null": (None, []),
}  # fmt: skip


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1.1", 7, None])
@pytest.mark.parametrize(("item", "wanted"), ITEMS.values(), ids=list(ITEMS))
def test_an_item_of_a_json_feed_is_read_by_what_it_is(
    item: Any, wanted: list[str], version: object
) -> None:
    feed = json.dumps({"version": version, "items": [item]})
    assert entries("\ufeff" + feed) == entries(feed) == wanted


def test_json_in_another_charset_is_read() -> None:
    assert entries('{"items": [{"url": "/a", "title": "Müll"}]}'.encode("latin-1")) == ["/a Müll"]


@pytest.mark.parametrize("body", ['{"items": {"a": 1}}', '{"items": null}', '{"version": "1"}'])
def test_json_without_items_is_no_feed(body: str) -> None:
    with pytest.raises(Undiscoverable) as refused:
        entries(body)
    assert refused.value.reason == "unknown_format"
