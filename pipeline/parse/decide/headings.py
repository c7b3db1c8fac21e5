"""Headings that the page shows, and how likely each is its headline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from pipeline.parse.candidate import Candidate
from pipeline.parse.decide.context import Context
from pipeline.parse.decide.site_names import without_site
from pipeline.parse.evidence.marks import has_role, roles_above
from pipeline.parse.evidence.visible import is_unseen, visible_text
from pipeline.parse.markup.names import roles_of
from pipeline.parse.markup.roles import Role
from pipeline.parse.words import clean, fold, likeness, tokens

Heading = tuple[Candidate[str], HtmlElement]
Told = Sequence[Candidate[str]]

PART_OF_TITLE = 0.1
"""A part of ``<title>`` is a headline only where the page shows it as a heading."""
REPEATS = ("json-ld:headline", "meta:og:title")
"""What pages make of the whole heading: a title may be cut or have its kicker put before it."""
_AGREES = 0.5
_SAME = 0.999
HEADLINE_WORDS = 4
"""A lone heading of as many words is believed though metadata tells another title."""
_BREADCRUMB_LEVELS = 4
_OPENERS = ("article", "body", "header", "hgroup", "main", "section")
_EMPHASIS = ("a", "b", "br", "em", "i", "strong")
_COLONS = (":", "：")
_SHARED_BONUS = 0.12
"""The title that a page gives to be shared is its headline, if it shows it: where two headings
agree with metadata, the other is made for search engines."""
_PARTLY = 0.63
"""The trust in a heading below the first one that only a part of ``<title>`` agrees with: above
other metadata, below a lone first heading."""


@dataclass(frozen=True, slots=True)
class _Titles:
    """What metadata tells, as headings are compared with it."""

    whole: tuple[str, ...]
    """Without mere parts of ``<title>``."""
    folded: frozenset[str]
    repeated: dict[str, str]
    """Values of REPEATS by their folded form."""
    shared: tuple[str, ...]

    @classmethod
    def of(cls, told: Told) -> _Titles:
        folded = [fold(c.value) for c in told]
        pairs = list(zip(folded, told, strict=True))
        return cls(
            tuple({c.value for c in told if c.confidence > PART_OF_TITLE}),
            frozenset(folded),
            {text: c.value for text, c in pairs if c.origin in REPEATS},
            tuple(text for text, c in pairs if c.origin == "meta:og:title"),
        )

    def agreement(self, text: str) -> float:
        return max((likeness(text, title) for title in self.whole), default=0.0)

    def spelled(self, folded: str) -> str | None:
        """The whole heading in metadata's own punctuation, if it repeats it."""
        return self.repeated.get(folded)


def shown_headings(context: Context, told: Told, sections: frozenset[str]) -> Iterator[Heading]:
    """Headings on the page; one that agrees with the metadata is the headline."""
    titles = _Titles.of(told)
    firsts = [h for h in context.document.landmarks.get("h1", [])[:20] if not is_unseen(h)]
    seconds = [*context.document.landmarks.get("h2", [])[:15], *context.marks.headlines[:20]]
    different = {
        text: h
        for h in reversed(firsts)
        if (text := fold(visible_text(h))) and text not in context.site_names
    }
    long = [h for h in different.values() if len(tokens(visible_text(h))) >= HEADLINE_WORDS]
    top = _top(context, different.values())
    is_bare = not different and not told
    marked = [h for h in firsts if has_role(h, Role.HEADLINE)]
    for element in [*firsts, *(e for e in seconds if e.tag not in ("h1", "a"))]:
        raw = _heading_text(element)
        value = without_site(clean(raw), context.site_names, sections)
        if not value or is_unseen(element):
            continue
        if _has_parts(element):
            value = titles.spelled(fold(visible_text(element))) or value
        folded = fold(value)
        is_told = folded in titles.folded
        is_shared = any(folded.endswith(title) for title in titles.shared)
        is_marked = is_told or is_shared or has_role(element, Role.HEADLINE)
        if element.tag == "h2" and not (is_marked or is_bare):
            continue
        is_first = is_told and context.marks.order.get(element, 0) <= top
        agreement = 1.0 if is_first else titles.agreement(value)
        is_alone = len(different) == 1 or marked == [element] or long == [element]
        confidence = _trust(element, value, agreement, is_alone=is_alone)
        if is_told:
            confidence = max(confidence, _PARTLY)
        if is_shared and not _is_linked(element):
            confidence = min(confidence + _SHARED_BONUS, 1.0)
        yield Candidate(value, f"dom:{element.tag}", raw, confidence), element


def _top(context: Context, firsts: Iterable[HtmlElement]) -> int:
    """The place of the first ``h1`` that may be a headline; the page's end if there is none. What
    stands below is told from a chapter's heading by whole titles only."""
    order = context.marks.order
    places = (order.get(element, 0) for element in firsts if not _is_beside(element))
    return min(places, default=len(context.marks.elements))


def _is_linked(element: HtmlElement) -> bool:
    """Whether the heading is a link, as teasers are."""
    return element.find(".//a") is not None or any(e.tag == "a" for e in element.iterancestors())


def _is_beside(element: HtmlElement) -> bool:
    """Whether its class calls the element what stands above or below a headline, or it ends the
    path through the site, where pages put a title for search engines."""
    if has_role(element, Role.SUBHEADLINE | Role.KICKER) and not has_role(element, Role.HEADLINE):
        return True
    for e in (element, *islice(element.iterancestors(), _BREADCRUMB_LEVELS)):
        if e.tag in _OPENERS:  # a whole article may hang in a <nav> that nobody closed
            break
        if e.tag == "nav" or "breadcrumb" in (e.get("class") or "").lower():
            return True
    return False


def _trust(element: HtmlElement, value: str, agreement: float, *, is_alone: bool) -> float:
    first = 0.65 + 0.3 * agreement if agreement >= _AGREES else 0.45
    if element.tag != "h1":
        first -= 0.1 if agreement >= _SAME else 0.3
    elif agreement < _AGREES and is_alone:
        first += 0.2 if len(tokens(value)) >= HEADLINE_WORDS else 0.1
    if _is_beside(element):
        first -= 0.3
    if roles_above(element) & Role.FOREIGN and agreement < _SAME:
        first -= 0.2
    return first


def _has_parts(element: HtmlElement) -> bool:
    return any(child.tag not in _EMPHASIS for child in element)


def _heading_text(element: HtmlElement) -> str:
    """The heading without kicker and subheadline that stand inside it."""
    parts = [element.text or ""]
    for child in element:
        names = child.get("class")
        roles = roles_of(names) if names else 0
        aside = roles & (Role.KICKER | Role.SUBHEADLINE) and not roles & Role.HEADLINE
        if not is_unseen(child) and not (aside and not "".join(parts).rstrip().endswith(_COLONS)):
            parts += [" ", visible_text(child), " "] if child.tag != "em" else [visible_text(child)]
        parts.append(child.tail or "")
    text = "".join(parts).strip()
    # A heading that goes on with a colon needs the words before it.
    return text if text and not text.startswith(_COLONS) else visible_text(element)
