"""What the walk writes down of a page: runs of text, and the elements that hold them.

Values only; how they are found is :mod:`pipeline.parse.body.walk`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml.html import HtmlElement


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
    sourced_pictures: list[Picture] = field(default_factory=list)
    """Images that the parser has hung inside a ``<source>`` of their ``<picture>``. They are kept
    apart, for the classifier has learned what stands beside a picture without them."""
    frames: list[Picture] = field(default_factory=list)
    containers: list[int] = field(default_factory=list)
    """Elements that the source's own selector names as holding the story."""
    cut: list[str] = field(default_factory=list)
    """Names of the limits that ended the walk early."""
    elements: int = 0

    def all_pictures(self) -> list[Picture]:
        """Those inside a ``<source>`` too, in page order: blocks are numbered in it."""
        if not self.sourced_pictures:
            return self.pictures
        both = (*self.pictures, *self.sourced_pictures)
        return sorted(both, key=lambda picture: (picture.next_run, picture.container))

    def note_sourced(self, element: HtmlElement, container: int) -> None:
        """Keep the images inside, if it is a ``<source>``."""
        if element.tag == "source":
            for image in element.iterdescendants("img"):
                self.sourced_pictures.append(Picture(image, len(self.runs), container))
