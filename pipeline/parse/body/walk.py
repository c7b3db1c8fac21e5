"""One walk over the tree: the page's text as runs, and the elements that hold them.

A run is text between two block boundaries. The walk knows nothing of stories and furniture; it
only leaves out what is never read as text (scripts, form controls, most navigation) and writes
down where each run stood. It never changes the tree.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from pipeline.parse.body.elements import HANDLING, NAMING, Handling, is_read, is_row_of_text
from pipeline.parse.body.layout import ElementRow, Layout, Picture
from pipeline.parse.body.run_text import CELL, RunText
from pipeline.parse.limits import Deadline, ParseLimits
from pipeline.parse.markup.names import bits_of
from pipeline.parse.markup.traits import BIT, TAG_BITS

_CLASSED_INLINE = frozenset(("span", "a", "small"))
_CHECK_EVERY = 512
_BLOCK, _INLINE, _DEAD = Handling.BLOCK, Handling.INLINE, Handling.DEAD
_TEXTUAL = (Handling.CELL, Handling.DOUBTFUL)


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
        self.opened: list[tuple[HtmlElement, Handling | None]] = []
        """The elements around the place of the walk, and what is to be done at the end of each."""
        self.containers: frozenset[HtmlElement] = frozenset()
        self.text_chars = 0
        self.row_depth = 0
        self.preformatted = 0
        self.following: Iterator[HtmlElement] = iter(())

    def run(self, root: HtmlElement) -> Layout:
        # What is done at nearly every element stands in the loop itself: to call a method costs
        # as much as what it does. For the same reason lxml is asked for no events: an element has
        # ended when one begins that does not stand in it.
        max_depth, pending, opened = self.limits.max_depth, self.pending, self.opened
        parts, handling_of = pending.parts, HANDLING.get
        following = self.following = root.iter("*")
        next(following)
        self._add_text(self._enter_block(root, root.tag) or "")
        elements = 0
        while True:
            element: HtmlElement | None = next(following, None)
            parent = root if element is None else element.getparent()
            last, ending = opened[-1]
            while last is not parent:
                if ending is _BLOCK:
                    if parts or pending.time or pending.traits:
                        self._flush()
                    self._close()
                elif ending is _INLINE:
                    pending.leave(last.tag)
                if text := last.tail:
                    if self.preformatted:
                        self._add_text(text)
                    elif parts or not text.isspace():
                        parts.append(text)
                opened.pop()
                last, ending = opened[-1]
            if element is None:
                break
            elements += 1
            if elements % _CHECK_EVERY == 0 and self._must_stop(elements):
                break
            tag = element.tag
            handling = handling_of(tag, _BLOCK)
            if len(opened) > max_depth:
                self._note("max_depth")
                handling = _DEAD
            if handling is _INLINE:
                opened.append((element, self._enter_inline(element, tag)))
                if text := element.text:
                    parts.append(text)
                continue
            if handling is _BLOCK:
                text = self._enter_block(element, tag)
            elif is_read(element, handling):
                text = self._enter_special(element, tag, handling)
            else:
                self._pass_by(element)
                continue
            if text:
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

    def _enter_inline(self, element: HtmlElement, tag: str) -> Handling | None:
        """INLINE when the run is to be told where it ends."""
        pending = self.pending
        if tag in _CLASSED_INLINE:
            names = element.get("class")
            if names:
                pending.traits |= bits_of(names)
        if tag == "a":
            pending.begin_link(element.get("href"))
        elif tag == "time":
            stamp = element.get("datetime")
            if stamp:
                pending.time = pending.time or stamp
                self.layout.times.append((len(self.layout.runs), stamp))
            return None
        elif not pending.begin_emphasis(tag):
            return None
        return _INLINE

    def _enter_special(self, element: HtmlElement, tag: str, handling: Handling) -> str | None:
        """The element's own text, where that is to be read."""
        is_cell = handling is Handling.CELL and self.row_depth
        if handling in _TEXTUAL and not is_cell:
            return self._enter_block(element, tag)
        self.opened.append((element, None))
        if is_cell:
            self.pending.parts.append(CELL)
            own: str | None = element.text
            return own
        if handling is Handling.BREAK:
            self._break()
        else:
            found = Picture(element, len(self.layout.runs), self.stack[-1])
            layout = self.layout
            (layout.pictures if handling is Handling.PICTURE else layout.frames).append(found)
        return None

    def _enter_block(self, element: HtmlElement, tag: str) -> str | None:
        """Open the element; its own text."""
        if self.pending.parts:
            self._flush()
        bits = TAG_BITS.get(tag, 0)
        names = own_class = ""
        for key, value in element.items():
            if key in NAMING:
                bits |= bits_of(value)
                names = f"{names} {value}" if names else value
                if key == "class":
                    own_class = value
            elif key == "hidden" or (key == "style" and "display" in value and "none" in value):
                bits |= BIT["hidden"]
        stack, rows, layout, kinds = self.stack, self.rows, self.layout, self.kind_numbers
        parent, depth, place = stack[-1] if stack else -1, len(stack), len(rows)
        kind = kinds.setdefault((tag, own_class), len(kinds))
        rows.append((parent, tag, bits, names, kind, depth, len(layout.runs)))
        layout.end_runs.append(-1)
        stack.append(place)
        self.opened.append((element, _BLOCK))
        if self.containers and element in self.containers:
            self.layout.containers.append(place)
        if tag == "tr" and is_row_of_text(element):
            self.row_depth += 1
        elif tag == "pre":
            self.preformatted += 1
        text: str | None = element.text
        return text

    def _pass_by(self, element: HtmlElement) -> None:
        """Go on behind the element: what is inside is not read."""
        self.opened.append((element, None))
        if len(element):
            deque(zip(element.iterdescendants("*"), self.following, strict=False), maxlen=0)

    def _close(self) -> None:
        index = self.stack.pop()
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

    def _break(self) -> None:
        """A second break with nothing in between ends the run; one alone ends a line of it."""
        if self.pending.breaks_twice():
            self._flush(at_break=True)

    def _flush(self, at_break: bool = False) -> None:
        pending = self.pending
        if pending.parts or pending.time or pending.traits:
            container = self.stack[-1]
            run = pending.take(self.rows[container][1], container, at_break)
            if run:
                self.text_chars += len(run.text)
                self.layout.runs.append(run)
