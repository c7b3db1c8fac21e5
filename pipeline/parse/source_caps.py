"""Caps on a page's bytes before libxml2 reads them.

libxml2 cannot be stopped once it parses: its memory follows the number of tags, and the time of
one tag follows the square of its attributes (80,000 attributes took 13 s). So the bytes are cut
first. This module knows bytes only, no tree and no fields.
"""

from __future__ import annotations

import re
from itertools import islice

import numpy as np

from pipeline.parse.limits import ParseLimits

MAX_ATTRIBUTES = 2_000
"""Attributes of one tag; real pages stay under 100, and 2,000 cost 6 ms."""
_SUSPECT_TAG_BYTES = 16_384
_SUSPECT_QUOTES = 60_000
_COUNTED_BYTES = 32_768
"""Small enough for the processor's cache."""
_ATTRIBUTES = re.compile(
    rb"<[a-zA-Z][^\s/>]*+"
    rb"(?:[\s/]*+[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?+)"
    rb"{%d,}+" % MAX_ATTRIBUTES
)
"""A start tag as the HTML standard tokenizes it (section 13.2.5.33), with too many attributes."""


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
    if _may_hold_huge_tag(source):
        source, removed = _ATTRIBUTES.subn(b"<x ", source)
        if removed:
            cut.append("max_attributes")
    return source, cut


def _may_hold_huge_tag(source: bytes) -> bool:
    """A cheap look: thousands of attributes need a long tag, or thousands of quotes."""
    if len(source) > 2 * _SUSPECT_QUOTES and _quotes(source) > _SUSPECT_QUOTES:
        return True
    place, end = 0, len(source)
    while place + _SUSPECT_TAG_BYTES < end:
        closed = source.rfind(b">", place, place + _SUSPECT_TAG_BYTES)
        if closed >= 0:
            place = closed + 1
            continue
        opened = source.rfind(b"<", place, place + _SUSPECT_TAG_BYTES)
        if opened < 0:
            place += _SUSPECT_TAG_BYTES
            continue
        inside = source[opened + 1 : opened + 2 + _SUSPECT_TAG_BYTES]
        if inside[:1].isalpha() and b"<" not in inside and b">" not in inside:
            return True
        place = opened + 1
    return False


def _quotes(source: bytes) -> int:
    """How many there are, of both kinds; in a third of the time that ``bytes.count`` takes."""
    values = np.frombuffer(source, np.uint8)
    found = 0
    for start in range(0, len(values), _COUNTED_BYTES):
        piece = values[start : start + _COUNTED_BYTES]
        found += int(np.count_nonzero(piece == ord('"')) + np.count_nonzero(piece == ord("'")))
    return found
