"""Caps on a page's bytes before libxml2 reads them.

libxml2 cannot be stopped once it parses: its memory follows the number of tags, and the time of
one tag follows the square of its attributes (80,000 attributes took 13 s). So the bytes are cut
first. This module knows bytes only, no tree and no fields.
"""

from __future__ import annotations

import re
from itertools import islice

from pipeline.parse.limits import ParseLimits

MAX_ATTRIBUTES = 2_000
"""Attributes of one tag; real pages stay under 100, and 2,000 cost 6 ms."""
_STRETCH = 16_384
"""It holds at most 8,000 attributes, which cost a tenth of a second."""
_BLANKS = 16
"""Seldom more stand between the sign of equality and the quote: to look back so far is cheap."""
_ATTRIBUTES = re.compile(
    rb"<[a-zA-Z][^\s/>]*+"
    rb"(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?+)"
    rb"{%d,}+" % MAX_ATTRIBUTES
)
"""A start tag as the HTML standard tokenizes it (section 13.2.5.33), with too many attributes."""
_OPENED = re.compile(rb"<[a-zA-Z]")


def cap_source(source: bytes, limits: ParseLimits) -> tuple[bytes, list[str]]:
    """The part of ``source`` that may be parsed, and the names of the caps that cut it."""
    cut = []
    if len(source) > limits.max_bytes:
        source = source[: limits.max_bytes]
        cut.append("max_bytes")
    most_tags = 2 * limits.max_nodes
    if len(source) > most_tags and source.count(b"<") > most_tags:
        end = next(islice(re.finditer(b"<", source), most_tags, None)).start()
        source = source[:end]
        cut.append("max_nodes")
    if _holds_huge_tag(source):
        source = _ATTRIBUTES.sub(b"<x ", source)
        cut.append("max_attributes")
    return source, cut


def _holds_huge_tag(source: bytes) -> bool:
    """Whether there is one, not counting those that are shorter than a stretch.

    Inside a tag every ``>`` stands in quotes. So none reaches beyond a stretch whose last one does
    not, and only where it may, or there is none, are the tags that begin there looked at closely.
    """
    place = 0
    while place + _STRETCH < len(source):
        closed = source.rfind(b">", place, place + _STRETCH)
        end = closed + 1 if closed >= 0 else place + _STRETCH
        if closed < 0 or _may_be_quoted(source, closed):
            tags = _OPENED.finditer(source, place, end + 1)
            if any(_ATTRIBUTES.match(source, tag.start()) for tag in tags):
                return True
        place = end
    return False


def _may_be_quoted(source: bytes, place: int) -> bool:
    """Whether the last quote before ``place``, of one kind or the other, begins a value."""
    low = max(0, place - 2 * _STRETCH)
    for quote in (b'"', b"'"):
        opened = source.rfind(quote, low, place)
        if opened >= 0:
            before = source[max(low, opened - _BLANKS) : opened].rstrip()
            if (before or source[low:opened].rstrip()).endswith(b"="):
                return True
    return False
