"""What is read of an answer's body: of a page, of a list of pages, of a robots.txt."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import Drop
from pipeline.fetch.pages import check_type
from pipeline.fetch.policy import MEBIBYTE, FetchPolicy
from pipeline.fetch.robots import MAX_BYTES as ROBOTS_BYTES

LIST_BYTES = 50 * MEBIBYTE
"""The limit of the sitemap protocol, for one file uncompressed."""
REPLY_BYTES = 4096
LIST_ACCEPT = (
    "application/rss+xml,application/atom+xml,application/feed+json,"
    "application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5"
)
_NO_LIST = re.compile(r"(?:image|audio|video|font)/.*|application/pdf")
"""Feeds come under every label that a server can think of; these alone say what they are not."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which bodies are taken, and how much of them. Sizes in bytes."""

    check_type: Callable[[str | None], None]
    """Raises ``Drop("not_text")`` for a Content-Type that is not wanted."""
    max_wire_bytes: int
    max_decoded_bytes: int
    enough_bytes: int | None = None
    """Where the body is cut; null: more than the maximum is refused."""
    accept: str | None = None
    is_page: bool = False
    minds_robots: bool = True


def a_page(policy: FetchPolicy) -> Wanted:
    """A page of text."""
    return Wanted(check_type, policy.max_wire_bytes, policy.max_decoded_bytes, is_page=True)


def a_list(policy: FetchPolicy) -> Wanted:
    """A feed or sitemap, gzipped or not."""
    wire, decoded = policy.max_wire_bytes, policy.max_decoded_bytes
    return Wanted(
        _check_list_type, max(wire, LIST_BYTES), max(decoded, LIST_BYTES), accept=LIST_ACCEPT
    )


def robots_txt(policy: FetchPolicy) -> Wanted:
    """As much of a robots.txt as is read."""
    return _beginning(policy, ROBOTS_BYTES)


def a_reply(policy: FetchPolicy) -> Wanted:
    """As much of the answer to a form as says whether it was taken."""
    return _beginning(policy, REPLY_BYTES)


def _beginning(policy: FetchPolicy, enough_bytes: int) -> Wanted:
    wire, decoded = policy.max_wire_bytes, policy.max_decoded_bytes
    return Wanted(lambda _: None, wire, decoded, enough_bytes=enough_bytes, minds_robots=False)


def _check_list_type(content_type: str | None) -> None:
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if _NO_LIST.fullmatch(media_type):
        raise Drop("not_text", f"the server calls it {media_type[:100]}")
