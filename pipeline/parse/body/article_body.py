"""The story from the page's own ``articleBody``, for pages that show hardly any of it.

Some pages bring their text only as data for a script. It is taken where the visible story is less
than a third of it; where both are there, the visible one has the better paragraphs.
"""

from __future__ import annotations

import html
import re

from pipeline.parse.body.blocks import Draft

_MIN_CHARS = 600
_MAX_CHARS = 400_000
_VISIBLE_SHARE = 1 / 3
_TAGS = re.compile(r"<(?:br|/p|/div|/li|/h\d)[^>]{0,200}>", re.IGNORECASE)
_OTHER_TAGS = re.compile(r"<[a-zA-Z/!][^<>]{0,500}>")
_LINES = re.compile(r"[\r\n]+")


def story_from_article_body(article_body: str, visible_chars: int) -> list[Draft]:
    """Its paragraphs as blocks; none when the page itself shows enough of the story."""
    if not _MIN_CHARS <= len(article_body) <= _MAX_CHARS:
        return []
    if visible_chars >= _VISIBLE_SHARE * len(article_body):
        return []
    text = _TAGS.sub("\n", html.unescape(article_body))
    lines = (" ".join(line.split()) for line in _LINES.split(_OTHER_TAGS.sub("", text)))
    return [Draft("paragraph", line, True) for line in lines if line]
