"""One walk over the tree: the page's text as runs, and the elements that hold them.

A run is text between two block boundaries. The walk knows nothing of stories and furniture; it
only leaves out what is never read as text (scripts, form controls, most navigation) and writes
down where each run stood. It never changes the tree.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree
from lxml.html import HtmlElement

from pipeline.parse.body.elements import HANDLING, Handling, is_read, is_row_of_text
from pipeline.parse.body.layout import ElementRow, Layout, Picture
from pipeline.parse.body.run_text import CELL, RunText
from pipeline.parse.limits import Deadline, ParseLimits
from pipeline.parse.markup.names import bits_of
from pipeline.parse.markup.traits import BIT, TAG_BITS

_NAMES = frozenset(
    [
        "class",
        "id",
        "itemprop",
        "role",
        "data-testid",
        "data-component",
        "data-type",
        "data-name",
        "data-block",
    ]
)
_CLASSED_INLINE = frozenset(("span", "a", "small"))
_CHECK_EVERY = 512
_BLOCK, _INLINE = Handling.BLOCK, Handling.INLINE


def walk(
    root: HtmlElement,
    limits: ParseLimits,
    deadline: Deadline,
    containers: Sequence[HtmlElement] = (),
) -> Layout:
    """The runs under ``root`` in page order; never more than ``limits`` allow.

    The layout names the places of those ``containers`` that it came by.
    """
    walker = _Walker(limits, deadline)
    walker.containers = frozenset(containers)
    return walker.run(root)


class _Walker:
    """The state of one walk: the open elements, and the run that is being collected."""

    def __init__(self, limits: ParseLimits, deadline: Deadline) -> None:
        self.limits = limits
        self.deadline = deadline
        self.layout = Layout()
        self.pending = RunText()
        self.rows: list[ElementRow] = []
        self.kind_numbers: dict[tuple[str, str], int] = {}
        self.stack: list[int] = []
        self.open_elements: list[HtmlElement] = []
        self.containers: frozenset[HtmlElement] = frozenset()
        self.text_chars = 0
        self.row_depth = 0
        self.preformatted = 0

    # ---------------------------------------------------------------- the loop
    def run(self, root: HtmlElement) -> Layout:
        # What is done at nearly every element stands in the loop itself: to call a method costs
        # as much as what it does.
        max_depth, pending, open_elements = self.limits.max_depth, self.pending, self.open_elements
        parts, handling_of = pending.parts, HANDLING.get
        depth = elements = 0
        walker = etree.iterwalk(root, events=("start", "end"))
        next(walker)
        text: str | None = self._enter_block(root, root.tag)
        self._add_text(text or "")
        for event, element in walker:
            tag = element.tag
            handling = handling_of(tag, _BLOCK)
            if event == "end":
                depth -= 1
                if depth < 0:
                    break
                if handling is _INLINE:
                    if tag != "span":
                        pending.leave(tag)
                elif open_elements[-1] is element:
                    if parts or pending.time or pending.traits:
                        self._flush()
                    self._close()
                text = element.tail
            else:
                depth += 1
                elements += 1
                if elements % _CHECK_EVERY == 0 and self._must_stop(elements):
                    break
                if depth > max_depth:
                    self._note("max_depth")
                    text = walker.skip_subtree()
                elif handling is _BLOCK:
                    text = self._enter_block(element, tag)
                elif handling is _INLINE:
                    self._enter_inline(element, tag)
                    if text := element.text:
                        parts.append(text)
                    continue
                elif is_read(element, handling):
                    text = self._enter_special(element, tag, handling)
                else:
                    text = walker.skip_subtree()
            if not text:
                continue
            if self.preformatted:
                self._add_text(text)
            elif parts or not text.isspace():
                parts.append(text)
        self._flush()
        while self.stack:
            self._close()
        self.layout.set_elements(self.rows)
        self.layout.elements = elements
        return self.layout

    def _must_stop(self, elements: int) -> bool:
        limits = self.limits
        for name, reached in (
            ("max_nodes", elements >= limits.max_nodes),
            ("max_blocks", len(self.layout.runs) >= limits.max_blocks),
            ("max_text_chars", self.text_chars >= limits.max_text_chars),
            ("max_seconds", self.deadline.passed),
        ):
            if reached:
                self._note(name)
                return True
        return False

    def _note(self, limit: str) -> None:
        if limit not in self.layout.cut:
            self.layout.cut.append(limit)

    # ---------------------------------------------------------------- elements
    def _enter_inline(self, element: HtmlElement, tag: str) -> None:
        pending = self.pending
        if tag in _CLASSED_INLINE:
            names = element.get("class")
            if names:
                pending.traits |= bits_of(names)
        if tag == "time":
            stamp = element.get("datetime")
            if stamp:
                pending.time = pending.time or stamp
                self.layout.times.append((len(self.layout.runs), stamp))
        elif tag != "span":
            pending.enter(tag, element.get("href") if tag == "a" else None)

    def _enter_special(self, element: HtmlElement, tag: str, handling: Handling) -> str | None:
        """The element's own text, where that is to be read."""
        if handling is Handling.BREAK:
            self._break()
        elif handling is Handling.PICTURE:
            self.layout.pictures.append(Picture(element, len(self.layout.runs), self.stack[-1]))
        elif handling is Handling.FRAME:
            self.layout.frames.append(Picture(element, len(self.layout.runs), self.stack[-1]))
        elif handling is Handling.CELL and self.row_depth:
            self.pending.parts.append(CELL)
            own: str | None = element.text
            return own
        else:
            return self._enter_block(element, tag)
        return None

    def _enter_block(self, element: HtmlElement, tag: str) -> str | None:
        """Open the element; its own text."""
        if self.pending.parts:
            self._flush()
        stack, rows = self.stack, self.rows
        bits = TAG_BITS.get(tag, 0)
        names = own_class = ""
        for key, value in element.items():
            if key in _NAMES:
                bits |= bits_of(value)
                names = f"{names} {value}" if names else value
                if key == "class":
                    own_class = value
            elif key == "hidden" or (key == "style" and "display" in value and "none" in value):
                bits |= BIT["hidden"]
        parent, depth, place = stack[-1] if stack else -1, len(stack), len(rows)
        kind = self.kind_numbers.setdefault((tag, own_class), len(self.kind_numbers))
        rows.append((parent, tag, bits, names, kind, depth, len(self.layout.runs)))
        self.layout.end_runs.append(-1)
        stack.append(place)
        self.open_elements.append(element)
        if self.containers and element in self.containers:
            self.layout.containers.append(place)
        if tag == "tr" and is_row_of_text(element):
            self.row_depth += 1
        elif tag == "pre":
            self.preformatted += 1
        text: str | None = element.text
        return text

    def _close(self) -> None:
        index = self.stack.pop()
        self.open_elements.pop()
        self.layout.end_runs[index] = len(self.layout.runs)
        tag = self.rows[index][1]
        if tag == "tr":
            self.row_depth = 0
        elif tag == "pre":
            self.preformatted -= 1

    def _add_text(self, text: str) -> None:
        """Collect text; inside ``<pre>`` its line ends are breaks."""
        parts = self.pending.parts
        if not self.preformatted:
            if parts or not text.isspace():
                parts.append(text)
            return
        lines = text.splitlines()
        for line in lines[:-1]:
            parts.append(line)
            self._break()
        parts.append(lines[-1] if lines else "")
        if text.endswith("\n"):
            self._break()

    # ---------------------------------------------------------------- runs
    def _break(self) -> None:
        """A second break with nothing in between ends the run; one alone ends a line of it."""
        if self.pending.breaks_twice():
            self._flush(at_break=True)

    def _flush(self, at_break: bool = False) -> None:
        pending = self.pending
        if not (pending.parts or pending.time or pending.traits):
            return
        container = self.stack[-1]
        run = pending.take(self.rows[container][1], container, at_break)
        if run:
            self.text_chars += len(run.text)
            self.layout.runs.append(run)
