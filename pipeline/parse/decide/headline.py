"""The headline as the page shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml.html import HtmlElement

from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.parse.decide.headings import HEADLINE_WORDS, PART_OF_TITLE, REPEATS, shown_headings
from pipeline.parse.decide.site_names import names_in_banner, section_names, without_site
from pipeline.parse.evidence import json_ld, meta
from pipeline.parse.evidence.listed import listed_title
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.words import TITLE_SEPARATOR, clean, fold, tokens

_MAX_HEADLINE_CHARS = 400
_SHORTEST_REST = 20
_REST_SHARE = 0.4
_SHORTEST_KICKER = 5
"""In letters: "The" and "2025" open a headline, "Opinion" may stand before it."""
_CJK_SITE = re.compile(
    r"(?<=.{8})(?:[-—]|(?:_[\u3040-\u30ff\u4e00-\u9fff]{2,10})?_)[\u3040-\u30ff\u4e00-\u9fff]{2,10}\s*$"
)
"""A site's name, and its section's before it, at the end of a title in scripts that leave no
blanks around the dash."""
_EXTRAS = re.compile(r"\s*[(|\d]")
"""How a count of comments, a source or a section behind a heading begins."""


def decide_headline(context: Context) -> tuple[str | None, HtmlElement | None]:
    """The headline and the element that shows it (None when only metadata has one)."""
    context.site_names |= names_in_banner(context)
    sections = section_names(context)
    told = [c for c in _told(context, sections) if _is_headline(c.value, context)]
    headings = shown_headings(context, told, sections)
    shown = [(c, element) for c, element in headings if _is_headline(c.value, context)]
    candidates = [c for c, _ in shown] + told
    winner = best(candidates)
    element = next((e for c, e in shown if c is winner), None)
    if winner is not None and element is not None:
        winner = _without_extras(winner, candidates, told)
    context.note("headline", as_evidence(winner, candidates))
    return (winner.value if winner else None), element


def decide_listed_headline(context: Context) -> str | None:
    """The title that the list gives, for a page that shows and tells none: beside one of the
    page's own it would trim it, or choose among its headings."""
    listed = listed_title(context.hint)
    if listed is None:
        return None
    listed = _stripped(listed, context, section_names(context), listed.confidence)
    if not _is_headline(listed.value, context):
        return None
    context.note("headline", as_evidence(listed, ()))
    return listed.value


def _without_extras(
    winner: Candidate[str], candidates: list[Candidate[str]], told: list[Candidate[str]]
) -> Candidate[str]:
    """The longest other candidate that the shown heading ends with, or that metadata tells and it
    begins with: what stands before is a kicker whose markup says nothing ("Local News | Brothel
    busted in Boston"), what stands after a count of comments or the like. A heading that metadata
    repeats in full stays whole."""
    whole = fold(winner.value)
    if any(fold(c.value) == whole for c in told if c.origin in REPEATS):
        return winner
    least = max(_SHORTEST_REST, _REST_SHARE * len(winner.value))
    shorter = [
        c
        for c in candidates
        if least <= len(c.value) < len(winner.value)
        and c.confidence > PART_OF_TITLE
        and (_closes(c.value, winner.value) or (c in told and _opens(c.value, winner.value)))
    ]
    return max(shorter, key=lambda c: len(c.value), default=winner)


def _closes(end: str, text: str) -> bool:
    """Whether a text is a kicker and this."""
    kicker = text[: -len(end)].rstrip()
    return text.endswith(end) and (len(kicker) >= _SHORTEST_KICKER or not kicker[-1:].isalnum())


def _opens(start: str, text: str) -> bool:
    """Whether a text is this and something that is no part of its sentence."""
    return text.startswith(start) and bool(_EXTRAS.match(text, len(start)))


def _told(context: Context, sections: frozenset[str]) -> Iterator[Candidate[str]]:
    """Headlines in metadata, without the site's name."""
    for candidate in json_ld.values(context.nodes, "headline", "name"):
        trust = 0.62 if candidate.origin.endswith("headline") else 0.3
        yield _stripped(candidate, context, sections, trust * candidate.confidence / 0.9)
    titles = context.document.landmarks.get("title", ())[:1]
    for candidate in meta.values(context.document, meta.HEADLINE, top=0.6, step=0.01):
        mended = _mended(candidate.value, clean(titles[0].text) if titles else "")
        yield _stripped(replace(candidate, value=mended), context, sections, candidate.confidence)
    for element in titles:
        raw = _CJK_SITE.sub("", element.text or "")
        whole = _stripped(Candidate(clean(raw), "dom:title", raw, 0.5), context, sections, 0.5)
        yield whole
        parts = TITLE_SEPARATOR.split(whole.value)
        longest = max(parts, key=len)
        for part in parts:
            if part == longest or len(tokens(part)) >= HEADLINE_WORDS:
                yield Candidate(part, "dom:title", raw, PART_OF_TITLE)
    for element in context.marks.items.get("headline", ())[:3]:
        raw = element.get("content") or visible_text(element)
        yield Candidate(clean(raw), "dom:itemprop=headline", raw, 0.55)


def _mended(value: str, title: str) -> str:
    """A title that an unescaped quotation mark cut off in its attribute, as ``<title>`` has it."""
    return title if title.startswith(f'{value} "') else value


def _stripped(
    candidate: Candidate[str], context: Context, sections: frozenset[str], confidence: float
) -> Candidate[str]:
    """The title without the parts that name the site."""
    value = without_site(candidate.value, context.site_names, sections)
    return Candidate(value, candidate.origin, candidate.raw, confidence)


def _is_headline(text: str, context: Context) -> bool:
    return 1 < len(text) <= _MAX_HEADLINE_CHARS and fold(text) not in context.site_names
