"""One walk over the tree: the page's text as runs, and the elements that hold them.

A run is text between two block boundaries. The walk knows nothing of stories and furniture; it
only leaves out what is never read as text (scripts, form controls, most navigation) and writes
down where each run stood. It never changes the tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from pipeline.parse.body.markup import BIT, TAG_BITS, name_traits
from pipeline.parse.limits import Deadline, ParseLimits

DEAD = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "select",
        "option",
        "optgroup",
        "datalist",
        "textarea",
        "object",
        "canvas",
        "audio",
        "video",
        "map",
        "head",
        "title",
        "meta",
        "link",
        "base",
        "math",
        "progress",
        "meter",
        "input",
        "param",
        "source",
        "track",
        "area",
        "col",
        "colgroup",
        "frame",
        "frameset",
        "applet",
        "noframes",
        "xml",
        "hr",
    ]
)
"""Elements whose content is not text of the page."""

INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "nobr",
        "q",
        "ruby",
        "rb",
        "rp",
        "rt",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "label",
        "output",
        "slot",
    ]
)

DOUBTFUL = frozenset(["button", "nav", "menu", "footer", "form", "dialog"])
"""Furniture, unless an unclosed tag made the parser hang the article inside it."""

_BOLD = frozenset(("b", "strong"))
_ITALIC = frozenset(("i", "em", "cite"))
_PICTURES = frozenset(("img", "amp-img", "image"))
_FRAMES = frozenset(("iframe", "amp-iframe", "embed"))
_CELLS = frozenset(("td", "th"))
_IN_CELL_BLOCKS = ("p", "div", "table", "ul", "ol", "h1", "h2", "h3", "h4", "img", "section")
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
_CHECK_EVERY = 512
_ARTICLE_PARAGRAPHS = 8
_BREAK = "\x00"  # cannot occur in the text of a tree
_CELL = "\x01"
_SOFT_HYPHEN = "\u00ad"


@dataclass(slots=True)
class Run:
    """Text of one block as the page shows it, and where it stands."""

    text: str
    tag: str
    container: int
    """Index of its element in the lists of :class:`Layout`."""
    link_chars: int
    links: list[tuple[str, str]]
    """(href, text) of the anchors inside."""
    bold_chars: int
    italic_chars: int
    traits: int
    """Traits of inline elements inside it."""
    time: str | None
    """``datetime`` of a ``<time>`` inside."""
    at_break: bool
    """It ends at a line break, not at an element's edge."""


@dataclass(slots=True)
class Picture:
    """An image or an embedded frame: its element, the run after it, the element it stands in."""

    element: HtmlElement
    next_run: int
    container: int


@dataclass(slots=True)
class Layout:
    """The runs in page order, and of each element that may hold runs the parent, tag, traits."""

    runs: list[Run] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    traits: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Classes, id and the like, joined by blanks."""
    kinds: list[int] = field(default_factory=list)
    """Number of the element's (tag, class) pair on this page: equal elements, equal numbers."""
    depths: list[int] = field(default_factory=list)
    first_runs: list[int] = field(default_factory=list)
    end_runs: list[int] = field(default_factory=list)
    """Runs of element ``e`` are ``first_runs[e] <= run < end_runs[e]``."""
    times: list[tuple[int, str]] = field(default_factory=list)
    """(run that follows, ``datetime``) of every ``<time>``."""
    pictures: list[Picture] = field(default_factory=list)
    frames: list[Picture] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    """Names of the limits that ended the walk early."""
    elements: int = 0
    classed_elements: int = 0


def walk(root: HtmlElement, limits: ParseLimits, deadline: Deadline) -> Layout:
    """The runs under ``root`` in page order; never more than ``limits`` allow."""
    return _Walker(limits, deadline).run(root)


def holds_an_article(element: HtmlElement) -> bool:
    """Whether a button, nav or form holds so much that the parser must have misplaced it."""
    below = islice(element.iter("article", "main", "h1", "p"), _ARTICLE_PARAGRAPHS)
    tags = [found.tag for found in below]
    return len(tags) == _ARTICLE_PARAGRAPHS or any(tag != "p" for tag in tags)


class _Walker:
    """The state of one walk: the open elements, and the run that is being collected."""

    def __init__(self, limits: ParseLimits, deadline: Deadline) -> None:
        self.limits = limits
        self.deadline = deadline
        self.layout = Layout()
        self.kind_numbers: dict[tuple[str, str], int] = {}
        self.stack: list[int] = []
        self.open_elements: list[HtmlElement] = []
        self.text_chars = 0
        self.row_depth = 0
        self.preformatted = 0
        self.link_hrefs: list[str] = []
        self.link_from = 0
        self.bold_from: int | None = None
        self.italic_from: int | None = None
        self._start_run()

    def _start_run(self) -> None:
        self.parts: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.link_chars = 0
        self.bold_chars = 0
        self.italic_chars = 0
        self.inline_traits = 0
        self.time: str | None = None
        self.break_at: int | None = None
        self.link_from = 0
        if self.bold_from is not None:
            self.bold_from = 0
        if self.italic_from is not None:
            self.italic_from = 0

    # ---------------------------------------------------------------- the loop
    def run(self, root: HtmlElement) -> Layout:
        layout, limits = self.layout, self.limits
        depth = 0
        walker = etree.iterwalk(root, events=("start", "end"))
        next(walker)
        self._enter_block(root, root.tag)
        for event, element in walker:
            tag = element.tag
            if event == "end":
                depth -= 1
                if depth >= 0:
                    self._leave(element, tag)
                continue
            depth += 1
            layout.elements += 1
            if layout.elements % _CHECK_EVERY == 0 and self._must_stop():
                break
            if depth > limits.max_depth:
                self._note("max_depth")
                walker.skip_subtree()
            elif tag in INLINE:
                self._enter_inline(element, tag)
            elif tag in DEAD or (tag in DOUBTFUL and not holds_an_article(element)):
                walker.skip_subtree()
            elif not self._enter_special(element, tag):
                self._enter_block(element, tag)
        self._flush()
        while self.stack:
            self._close()
        return layout

    def _must_stop(self) -> bool:
        layout, limits = self.layout, self.limits
        for name, reached in (
            ("max_nodes", layout.elements >= limits.max_nodes),
            ("max_blocks", len(layout.runs) >= limits.max_blocks),
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
        if tag == "a":
            if not self.link_hrefs:
                self.link_from = len(self.parts)
            self.link_hrefs.append(element.get("href") or "")
        elif tag in _BOLD:
            if self.bold_from is None:
                self.bold_from = len(self.parts)
        elif tag in _ITALIC:
            if self.italic_from is None:
                self.italic_from = len(self.parts)
        elif tag == "time":
            stamp = element.get("datetime")
            if stamp:
                self.time = self.time or stamp
                self.layout.times.append((len(self.layout.runs), stamp))
        if tag == "span" or tag == "a" or tag == "small":
            names = element.get("class")
            if names:
                self.inline_traits |= name_traits(names)
        if element.text:
            self.parts.append(element.text)

    def _enter_special(self, element: HtmlElement, tag: str) -> bool:
        if tag == "br":
            self._break()
        elif tag in _CELLS and self.row_depth:
            self.parts.append(_CELL)
            if element.text:
                self.parts.append(element.text)
        elif tag in _PICTURES:
            self.layout.pictures.append(Picture(element, len(self.layout.runs), self.stack[-1]))
        elif tag in _FRAMES:
            self.layout.frames.append(Picture(element, len(self.layout.runs), self.stack[-1]))
        else:
            return False
        return True

    def _enter_block(self, element: HtmlElement, tag: str) -> None:
        if self.parts:
            self._flush()
        self._open(element, tag)
        if tag == "tr" and next(element.iter(*_IN_CELL_BLOCKS), None) is None:
            self.row_depth += 1
        if tag == "pre":
            self.preformatted += 1
        if element.text:
            self._add_text(element.text)

    def _add_text(self, text: str) -> None:
        """Collect text; inside ``<pre>`` its line ends are breaks."""
        if not self.preformatted:
            self.parts.append(text)
            return
        lines = text.splitlines()
        for line in lines[:-1]:
            self.parts.append(line)
            self._break()
        self.parts.append(lines[-1] if lines else "")
        if text.endswith("\n"):
            self._break()

    def _leave(self, element: HtmlElement, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag in _BOLD:
            self._end_bold()
        elif tag in _ITALIC:
            self._end_italic()
        elif tag not in INLINE and self.stack and self.open_elements[-1] is element:
            self._flush()
            self._close()
            if tag == "pre":
                self.preformatted -= 1
        if element.tail:
            self._add_text(element.tail)

    def _open(self, element: HtmlElement, tag: str) -> None:
        layout = self.layout
        bits = TAG_BITS.get(tag, 0)
        names = ""
        for key, value in element.items():
            if key in _NAMES:
                bits |= name_traits(value)
                names = f"{names} {value}" if names else value
                layout.classed_elements += key == "class"
            elif key == "hidden" or (key == "style" and "display" in value and "none" in value):
                bits |= BIT["hidden"]
        numbers = self.kind_numbers
        kind = numbers.setdefault((tag, element.get("class") or ""), len(numbers))
        layout.parents.append(self.stack[-1] if self.stack else -1)
        layout.tags.append(tag)
        layout.traits.append(bits)
        layout.names.append(names)
        layout.kinds.append(kind)
        layout.depths.append(len(self.stack))
        layout.first_runs.append(len(layout.runs))
        layout.end_runs.append(-1)
        self.stack.append(len(layout.parents) - 1)
        self.open_elements.append(element)

    def _close(self) -> None:
        index = self.stack.pop()
        self.open_elements.pop()
        self.layout.end_runs[index] = len(self.layout.runs)
        if self.layout.tags[index] == "tr" and self.row_depth:
            self.row_depth = 0

    # ---------------------------------------------------------------- runs
    def _end_link(self) -> None:
        if not self.link_hrefs:
            return
        text = " ".join("".join(self.parts[self.link_from :]).split())
        if text:
            self.link_chars += len(text)
            self.links.append((self.link_hrefs[-1], text))
        self.link_hrefs.pop()
        self.link_from = len(self.parts)

    def _end_bold(self) -> None:
        if self.bold_from is not None:
            self.bold_chars += sum(map(len, self.parts[self.bold_from :]))
            self.bold_from = None

    def _end_italic(self) -> None:
        if self.italic_from is not None:
            self.italic_chars += sum(map(len, self.parts[self.italic_from :]))
            self.italic_from = None

    def _break(self) -> None:
        """A second break with nothing in between ends the run; one alone ends a line of it."""
        at = self.break_at
        if at is not None and not "".join(self.parts[at:]).strip():
            self._flush(at_break=True)
            return
        self.parts.append(_BREAK)
        self.break_at = len(self.parts)

    def _flush(self, at_break: bool = False) -> None:
        text = _clean("".join(self.parts))
        if text:
            if self.link_hrefs:
                open_text = " ".join("".join(self.parts[self.link_from :]).split())
                self.link_chars += len(open_text)
                self.links.append((self.link_hrefs[-1], open_text))
            if self.bold_from is not None:
                self.bold_chars += sum(map(len, self.parts[self.bold_from :]))
            if self.italic_from is not None:
                self.italic_chars += sum(map(len, self.parts[self.italic_from :]))
            self._add_run(text, at_break)
        self._start_run()

    def _add_run(self, text: str, at_break: bool) -> None:
        container = self.stack[-1]
        self.text_chars += len(text)
        self.layout.runs.append(
            Run(
                text,
                self.layout.tags[container],
                container,
                min(self.link_chars, len(text)),
                self.links,
                min(self.bold_chars, len(text)),
                min(self.italic_chars, len(text)),
                self.inline_traits,
                self.time,
                at_break,
            )
        )


def _clean(text: str) -> str:
    """White space squeezed; breaks become line ends and table cells are set apart by `` | ``."""
    if _SOFT_HYPHEN in text:
        text = text.replace(_SOFT_HYPHEN, "")
    if _BREAK not in text and _CELL not in text:
        return " ".join(text.split())
    cells = (" ".join(cell.split(" ")) for cell in text.split(_CELL))
    lines = " | ".join(cell for cell in cells if cell.strip()).split(_BREAK)
    return "\n".join(line for line in (" ".join(part.split()) for part in lines) if line)
