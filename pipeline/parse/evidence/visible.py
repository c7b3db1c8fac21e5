"""The text that a reader sees in an element."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

_UNSEEN = frozenset(("script", "style", "noscript", "template", "svg", "button", "select"))
_INLINE = frozenset(
    (
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "ruby",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    )
)
_MAX_PIECES = 1_000
_MAX_DEPTH = 40
_MAX_CHARS = 3_000


def visible_text(element: HtmlElement, *, separator: str = " ") -> str:
    """The element's text in page order; ``separator`` stands where a block begins or ends."""
    if not len(element):
        return element.text or ""
    parts: list[str] = []
    size = 0
    for piece in islice(_pieces(element, separator, 0), _MAX_PIECES):
        parts.append(piece)
        size += len(piece)
        if size > _MAX_CHARS:
            break
    return "".join(parts)


def is_unseen(element: HtmlElement) -> bool:
    """Whether the element is never shown, as far as its own tag and attributes tell."""
    if element.tag in _UNSEEN or element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style and "display" in style and "none" in style)


def _pieces(element: HtmlElement, separator: str, depth: int) -> Iterator[str]:
    yield element.text or ""
    if depth == _MAX_DEPTH:
        return
    for child in element:
        if not is_unseen(child):
            edge = "" if child.tag in _INLINE else separator
            yield edge
            if len(child):
                yield from _pieces(child, separator, depth + 1)
            else:
                yield child.text or ""
            yield edge
        yield child.tail or ""
