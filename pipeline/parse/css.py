"""CSS selectors on a page's tree: BeautifulSoup's, which know what lxml's do not (``:has``,
``:is``, ``:-soup-contains``).

The one place of the parse stage that imports it. The soup is built from lxml's tree, so that the
page is parsed once and what is selected are elements of that tree; it costs several times the
parse, and is made only when there is a selector to apply.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup
from bs4.builder import HTMLTreeBuilder
from lxml import etree
from lxml.html import HtmlElement
from soupsieve import SelectorSyntaxError

from pipeline.parse.limits import Deadline, ParseLimits

MOST_FOUND = 200
"""Elements that one selector may give."""
_CHECK_EVERY = 512


class Selectable:
    """The elements under ``root``, to be selected. ``cut`` names the limit that stopped it."""

    def __init__(self, root: HtmlElement, limits: ParseLimits, deadline: Deadline) -> None:
        builder = _FromTree(root, limits, deadline)
        self._soup = BeautifulSoup("", builder=builder)
        self._elements = builder.elements
        self.cut = builder.cut

    def select(self, css: str) -> list[HtmlElement]:
        """The elements in page order; none for a selector that is no CSS."""
        try:
            found = self._soup.select(css, limit=MOST_FOUND)
        except (SelectorSyntaxError, ValueError, NotImplementedError, RecursionError):
            return []
        return [self._elements[id(tag)] for tag in found]


class _FromTree(HTMLTreeBuilder):
    """Feeds a tree that lxml has parsed, instead of a text to be parsed."""

    NAME = "lxml-tree"

    def __init__(self, root: HtmlElement, limits: ParseLimits, deadline: Deadline) -> None:
        super().__init__()
        self._root = root
        self._limits = limits
        self._deadline = deadline
        self.elements: dict[int, HtmlElement] = {}
        """By the id of their tags, which live as long as the soup."""
        self.cut: str | None = None

    def prepare_markup(self, *_: Any, **__: Any) -> Iterator[tuple[str, None, None, bool]]:
        yield "", None, None, False

    def test_fragment_to_document(self, fragment: str) -> str:
        return fragment

    def feed(self, markup: object) -> None:
        assert self.soup is not None
        depth = 0
        walker = etree.iterwalk(self._root, events=("start", "end"))
        for event, element in walker:
            if event == "end":
                depth -= 1
                if depth < self._limits.max_depth:
                    self.soup.handle_endtag(element.tag)
                    self._text(element.tail if element is not self._root else None)
                continue
            depth += 1
            if depth > self._limits.max_depth:
                walker.skip_subtree()
                continue
            if len(self.elements) % _CHECK_EVERY == 0 and self._must_stop():
                return
            tag = self.soup.handle_starttag(element.tag, None, None, dict(element.items()))
            if tag is not None:
                self.elements[id(tag)] = element
            self._text(element.text)

    def _text(self, text: str | None) -> None:
        if text:
            assert self.soup is not None
            self.soup.handle_data(text)

    def _must_stop(self) -> bool:
        if len(self.elements) >= self._limits.max_nodes:
            self.cut = "max_nodes"
        elif self._deadline.passed:
            self.cut = "max_seconds"
        return self.cut is not None
