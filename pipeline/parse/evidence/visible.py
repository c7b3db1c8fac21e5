"""The text that a reader sees in an element."""

from __future__ import annotations

from lxml.html import HtmlElement

from pipeline.parse.markup.traits import hides

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
    _collect(element, separator, 0, parts, _MAX_CHARS)
    return "".join(parts)


def is_unseen(element: HtmlElement) -> bool:
    """Whether the element is never shown, as far as its own tag and attributes tell."""
    if element.tag in _UNSEEN or element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and hides(style)


def _collect(element: HtmlElement, separator: str, depth: int, parts: list[str], room: int) -> int:
    """Append the element's pieces of text until there is no room; how many more characters
    there is room for. (A generator would be shorter, and takes half as much time again.)"""
    if text := element.text:
        room -= len(text)
        parts.append(text)
    if depth == _MAX_DEPTH:
        return room
    for child in element:
        if room < 0 or len(parts) > _MAX_PIECES:
            break
        if not is_unseen(child):
            edge = "" if child.tag in _INLINE else separator
            parts.append(edge)
            if len(child):
                room = _collect(child, separator, depth + 1, parts, room)
            elif text := child.text:
                room -= len(text)
                parts.append(text)
            parts.append(edge)
        if text := child.tail:
            room -= len(text)
            parts.append(text)
    return room
