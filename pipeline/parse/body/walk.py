"""One walk over the tree: the page's text as runs, and the elements that hold them.

A run is text between two block boundaries. The walk knows nothing of stories and furniture; it
only leaves out what is never read as text (scripts, form controls, most navigation) and writes
down where each run stood. It never changes the tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from pipeline.parse.body.elements import HANDLING, NAMING, Handling, begins_block, is_row_of_text
from pipeline.parse.body.layout import Layout, Picture
from pipeline.parse.body.run_text import CELL, RunText
from pipeline.parse.limits import Deadline, ParseLimits
from pipeline.parse.markup.names import bits_of
from pipeline.parse.markup.traits import BIT, TAG_BITS, hides

_CLASSED_INLINE = frozenset(("span", "a", "small"))
_COUNTED = frozenset(("tr", "pre"))
_CHECK_EVERY = 512
_BLOCK, _INLINE, _DEAD = Handling.BLOCK, Handling.INLINE, Handling.DEAD


def walk(
    root: HtmlElement,
    limits: ParseLimits,
    deadline: Deadline,
    containers: Sequence[HtmlElement] = (),
    elements: Sequence[HtmlElement] | None = None,
    classes: Sequence[str] | None = None,
) -> Layout:
    """The runs under ``root`` in page order; never more than ``limits`` allow.

    The layout names the places of those ``containers`` that it came by. ``elements`` are ``root``
    and all that is in it, ``classes`` their class attributes, where somebody knows them.
    """
    if elements is None or classes is None:
        elements = list(islice(root.iter("*"), limits.max_nodes + 1))
        classes = [element.get("class", "") for element in elements]
    walker = _Walker(limits, deadline)
    walker.containers = frozenset(containers)
    return walker.run(elements, classes)


class _Walker:
    """The state of one walk: the open elements, and the run that is being collected."""

    def __init__(self, limits: ParseLimits, deadline: Deadline) -> None:
        self.limits = limits
        self.deadline = deadline
        self.containers: frozenset[HtmlElement] = frozenset()
        self.layout = Layout()
        self.pending = RunText()
        self.opened: list[tuple[Any, Handling | None]] = []
        """The elements around the place of the walk, and what is to be done at the end of each."""
        self.text_chars = 0
        self.row_depth = 0
        self.preformatted = 0

    def run(self, everything: Sequence[HtmlElement], classes: Sequence[str]) -> Layout:
        # What is done at nearly every element stands in the loop itself: to call a method costs
        # as much as what it does. For the same reason lxml is asked for no events: an element has
        # ended when one begins that does not stand in it.
        deepest, most, pending = self.limits.max_depth + 1, self.limits.max_nodes, self.pending
        parts, layout, opened, marked = pending.parts, self.layout, self.opened, self.containers
        runs, parents, tags, depths = layout.runs, layout.parents, layout.tags, layout.depths
        traits, all_names, all_kinds = layout.traits, layout.names, layout.kinds
        first_runs, end_runs = layout.first_runs, layout.end_runs
        handling_of, tag_bits, hidden = HANDLING.get, TAG_BITS.get, BIT["hidden"]
        kinds: dict[tuple[str, str], int] = {}
        root = everything[0]
        opened.append((root.getparent(), None))
        container, elements, go_on_at = -1, -1, 0  # the container is the innermost open block
        for place, element in enumerate((*everything, None)):
            if place < go_on_at:
                continue
            parent = root if element is None else element.getparent()
            last, ending = opened[-1]
            while last is not parent:
                if ending is _BLOCK:
                    if parts or pending.time or pending.traits:
                        self._flush(container)
                    end_runs[container] = len(runs)
                    if tags[container] in _COUNTED:
                        self._end_counted(tags[container])
                    container = parents[container]
                elif ending is _INLINE:
                    pending.leave(last.tag)
                if text := last.tail:
                    if self.preformatted:
                        self._add_lines(text, container)
                    elif parts or not text.isspace():
                        parts.append(text)
                opened.pop()
                last, ending = opened[-1]
            if element is None:
                break
            elements += 1
            if not elements % _CHECK_EVERY and elements and self._must_stop(elements):
                break
            tag = element.tag
            handling = handling_of(tag, _BLOCK) if place else _BLOCK
            if len(opened) > deepest:
                self._note("max_depth")
                handling = _DEAD
            if handling is _INLINE:
                opened.append((element, self._enter_inline(element, tag, classes[place])))
                if text := element.text:
                    parts.append(text)
                continue
            if handling is not _BLOCK and not begins_block(
                element, handling, in_row=self.row_depth > 0
            ):
                opened.append((element, None))
                go_on_at = place + 1 + self._enter_special(element, handling, container)
                continue
            if parts:
                self._flush(container)
            bits = tag_bits(tag, 0)
            own_class = classes[place]
            names = ""
            for key in element.keys():  # noqa: SIM118 (iterating gives its children)
                if key in NAMING:
                    value = own_class if key == "class" else element.get(key, "")
                    bits |= bits_of(value)
                    names = f"{names} {value}" if names else value
                elif key == "hidden" or (key == "style" and hides(element.get(key, ""))):
                    bits |= hidden
            depths.append(depths[container] + 1 if place else 0)
            parents.append(container)
            container = len(tags)
            tags.append(tag)
            traits.append(bits)
            all_names.append(names)
            all_kinds.append(kinds.setdefault((tag, own_class), len(kinds)))
            first_runs.append(len(runs))
            end_runs.append(-1)
            opened.append((element, _BLOCK))
            if marked and element in marked:
                layout.containers.append(container)
            if tag in _COUNTED:
                self._begin_counted(element, tag)
            if text := element.text:
                if self.preformatted:
                    self._add_lines(text, container)
                elif parts or not text.isspace():
                    parts.append(text)
        self._flush(container)
        while container >= 0:
            end_runs[container] = len(runs)
            container = parents[container]
        if len(everything) > most:
            self._note("max_nodes")
        layout.elements = elements
        return layout

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

    def _enter_inline(self, element: HtmlElement, tag: str, names: str) -> Handling | None:
        """INLINE when the run is to be told where it ends."""
        pending = self.pending
        if names and tag in _CLASSED_INLINE:
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

    def _enter_special(self, element: HtmlElement, handling: Handling, container: int) -> int:
        """A cell, a break, a picture; or what is not read: how many elements to pass by."""
        layout = self.layout
        if handling is Handling.CELL:
            self.pending.parts.append(CELL)
            if text := element.text:
                if self.preformatted:
                    self._add_lines(text, container)
                else:
                    self.pending.parts.append(text)
        elif handling is Handling.BREAK:
            self._break(container)
        elif handling is Handling.PICTURE or handling is Handling.FRAME:
            found = Picture(element, len(layout.runs), container)
            (layout.pictures if handling is Handling.PICTURE else layout.frames).append(found)
        elif len(element):
            layout.note_sourced(element, container)
            return len(list(element.iterdescendants("*")))
        return 0

    def _begin_counted(self, element: HtmlElement, tag: str) -> None:
        if tag == "pre":
            self.preformatted += 1
        elif is_row_of_text(element):
            self.row_depth += 1

    def _end_counted(self, tag: str) -> None:
        if tag == "pre":
            self.preformatted -= 1
        else:
            self.row_depth = 0

    def _add_lines(self, text: str, container: int) -> None:
        """Collect text inside ``<pre>``, whose line ends are breaks."""
        parts = self.pending.parts
        lines = text.splitlines()
        for line in lines[:-1]:
            parts.append(line)
            self._break(container)
        parts.append(lines[-1] if lines else "")
        if text.endswith("\n"):
            self._break(container)

    def _break(self, container: int) -> None:
        """A second break with nothing in between ends the run; one alone ends a line of it."""
        if self.pending.breaks_twice():
            self._flush(container, at_break=True)

    def _flush(self, container: int, at_break: bool = False) -> None:
        pending = self.pending
        if pending.parts or pending.time or pending.traits:
            run = pending.take(self.layout.tags[container], container, at_break)
            if run:
                self.text_chars += len(run.text)
                self.layout.runs.append(run)
