"""Which elements are text, which are never read, and which only look like furniture."""

from __future__ import annotations

from enum import IntEnum, auto

from lxml.html import HtmlElement


class Handling(IntEnum):
    """What the walk does at an element; every tag that is not listed begins a block."""

    BLOCK = 0
    INLINE = auto()
    """Part of the text around it."""
    DEAD = auto()
    """Not text of the page."""
    DOUBTFUL = auto()
    """Furniture, unless an unclosed tag made the parser hang the article inside it."""
    BREAK = auto()
    CELL = auto()
    PICTURE = auto()
    FRAME = auto()


_TAGS = {
    Handling.DEAD: "script style noscript template svg select option optgroup datalist textarea "
    "object canvas audio video map head title meta link base math progress meter input param "
    "source track area col colgroup frame frameset applet noframes xml hr",
    Handling.INLINE: "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark "
    "nobr q ruby rb rp rt s samp small span strike strong sub sup time tt u var wbr label output "
    "slot",
    Handling.DOUBTFUL: "button nav menu footer form dialog",
    Handling.BREAK: "br",
    Handling.CELL: "td th",
    Handling.PICTURE: "img amp-img image",
    Handling.FRAME: "iframe amp-iframe embed",
}
HANDLING: dict[str, Handling] = {tag: kind for kind, tags in _TAGS.items() for tag in tags.split()}
_NAMING = "class id itemprop role data-testid data-component data-type data-name data-block"
NAMING = frozenset(_NAMING.split())
"""Attributes that say what an element holds."""
HEADINGS = frozenset(f"h{level}" for level in range(1, 7))

_IN_CELL_BLOCKS = ("p", "div", "table", "ul", "ol", "h1", "h2", "h3", "h4", "img", "section")
_LANDMARKS = frozenset(("article", "main", "h1"))
_ARTICLE_PARAGRAPHS = 8
_LONG_CHARS = 80
_ARTICLE_CHARS = 400


def begins_block(element: HtmlElement, handling: Handling, in_row: int) -> bool:
    """Whether an element of a special kind is read as a block. ``in_row`` is not 0 inside a table's
    row whose text is one run."""
    if handling is Handling.DOUBTFUL:
        return holds_an_article(element)
    return handling is Handling.CELL and not in_row


def holds_an_article(element: HtmlElement) -> bool:
    """Whether a button, nav or form holds so much that the parser must have misplaced it.

    A short story shows by its long paragraphs; that a footer may hold some too does no harm: what
    is read is not yet taken for the story.
    """
    long_chars = 0
    for paragraphs, found in enumerate(element.iter("article", "main", "h1", "p"), 1):
        if found.tag in _LANDMARKS:
            return True
        chars = len(found.text or "")
        long_chars += chars if chars >= _LONG_CHARS else 0
        if paragraphs == _ARTICLE_PARAGRAPHS or long_chars >= _ARTICLE_CHARS:
            return True
    return False


def is_row_of_text(element: HtmlElement) -> bool:
    """Whether a table row's cells hold text only, so that the row reads as one line."""
    return next(element.iter(*_IN_CELL_BLOCKS), None) is None
