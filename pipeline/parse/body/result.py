"""What the body half of parsing hands over."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.models import Block, Image, Link


@dataclass(frozen=True, slots=True)
class RoleTexts:
    """Lines of an unmarked page that are recognised by their role, verbatim; None when absent."""

    headline: str | None = None
    subheadline: str | None = None
    byline: str | None = None
    date: str | None = None
    reading_time: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Lines around the story, verbatim: where its date and its authors may stand."""

    opening: tuple[str, ...] = ()
    """Short lines between the headline and the story's first paragraphs, whatever they are."""
    above: int = 0
    """How many of them stand above the headline."""
    beside: tuple[str, ...] = ()
    """Further short lines below the headline that are none of the story, beside its paragraphs."""
    starts: tuple[str, ...] = ()
    """How the story's first two paragraphs begin."""
    closing: tuple[str, ...] = ()
    """What is right below the story's last line, long or short."""
    label: str = ""
    """The line right above the headline, if it is short and in no menu."""


@dataclass(frozen=True, slots=True)
class Body:
    """The story's text and what stands in and beside it, in page order.

    ``blocks`` hold story and foreign pieces; offsets of story blocks point into ``body_text``.
    ``limits`` names the caps that cut the walk.
    """

    blocks: tuple[Block, ...] = ()
    body_text: str = ""
    images: tuple[Image, ...] = ()
    links: tuple[Link, ...] = ()
    next_page_url: str | None = None
    found: RoleTexts = field(default_factory=RoleTexts)
    around: Surroundings = Surroundings()
    limits: tuple[str, ...] = ()
    contained: bool = False
    """The story was read from the element that the source's selector names."""
