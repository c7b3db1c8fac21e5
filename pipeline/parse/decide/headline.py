"""The headline as the page shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml.html import HtmlElement

from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.parse.decide.publisher import TITLE_SEPARATOR
from pipeline.parse.evidence import json_ld, meta
from pipeline.parse.evidence.marks import has_role, roles_above
from pipeline.parse.evidence.visible import is_unseen, visible_text
from pipeline.parse.markup.names import roles_of
from pipeline.parse.markup.roles import Role
from pipeline.parse.words import clean, fold, likeness, tokens
from pipeline.urls import absolute

_MAX_HEADLINE_CHARS = 400
_AGREES = 0.5
_SAME = 0.999
_SHORTEST_REST = 20
_REST_SHARE = 0.4
_HEADLINE_WORDS = 4
"""A lone heading of as many words is believed though metadata tells another title."""
_CJK_SITE = re.compile(r"(?<=.{8})[-—_][\u3040-\u30ff\u4e00-\u9fff]{2,10}\s*$")
"""A site's name at the end of a title in scripts that leave no blanks around the dash."""
_COLONS = (":", "：")
_PART_OF_TITLE = 0.1
"""A part of ``<title>`` is a headline only where the page shows it as a heading."""
_SHARED_BONUS = 0.12
"""The title that a page gives to be shared is its headline, if it shows it: where two headings
agree with metadata, the other is made for search engines."""
_REPEATS = ("json-ld:headline", "meta:og:title")
_HOME_PATHS = ("", "index", "home")


def decide_headline(context: Context) -> tuple[str | None, HtmlElement | None]:
    """The headline and the element that shows it (None when only metadata has one)."""
    context.site_names |= _names_in_banner(context)
    told = [c for c in _told(context) if _is_headline(c.value, context)]
    shown = [(c, element) for c, element in _shown(context, told) if _is_headline(c.value, context)]
    candidates = [c for c, _ in shown] + told
    winner = best(candidates)
    element = next((e for c, e in shown if c is winner), None)
    if winner is not None and element is not None:
        winner = _without_extras(winner, candidates, told)
    context.note("headline", as_evidence(winner, candidates))
    return (winner.value if winner else None), element


def _without_extras(
    winner: Candidate[str], candidates: list[Candidate[str]], told: list[Candidate[str]]
) -> Candidate[str]:
    """The longest other candidate that the shown heading ends with, or that metadata tells and it
    begins with: what stands before is a kicker whose markup says nothing ("Local News | Brothel
    busted in Boston"), what stands after a count of comments or the like. A heading that metadata
    repeats in full stays whole."""
    whole = fold(winner.value)
    if any(fold(c.value) == whole for c in told if c.origin in _REPEATS):
        return winner
    least = max(_SHORTEST_REST, _REST_SHARE * len(winner.value))
    shorter = [
        c
        for c in candidates
        if least <= len(c.value) < len(winner.value)
        and c.confidence > _PART_OF_TITLE
        and (winner.value.endswith(c.value) or (c in told and _opens(c.value, winner.value)))
    ]
    return max(shorter, key=lambda c: len(c.value), default=winner)


def _opens(start: str, text: str) -> bool:
    """Whether a text begins with another and goes on with no further word of its sentence."""
    return text.startswith(start) and not text[len(start) :].lstrip()[:1].isalpha()


def _names_in_banner(context: Context) -> set[str]:
    """The site's name where the page's banner is a heading: it links to a page above this one."""
    return {
        fold(clean(visible_text(element)))
        for element in context.document.landmarks.get("h1", [])[:20]
        if _links_home(element, context)
    } - {""}


def _is_linked(element: HtmlElement) -> bool:
    """Whether the heading is a link, as teasers are."""
    return element.find(".//a") is not None or any(e.tag == "a" for e in element.iterancestors())


def _links_home(element: HtmlElement, context: Context) -> bool:
    parent = element.getparent()
    around = [parent] if parent is not None and parent.tag == "a" else []
    own = context.document.final_url
    for link in (*around, *element.iterdescendants("a")):
        target = absolute(context.document.base_url, link.get("href") or "")
        if target and target != own and _is_above(target, own):
            return True
    return False


def _is_above(target: str, own: str) -> bool:
    """Whether an address is the front page of the site, or of its part, that ``own`` is in."""
    target = target.partition("#")[0].partition("?")[0]
    name = target.rpartition("/")[2].partition(".")[0] if target.count("/") > 2 else ""
    if name not in _HOME_PATHS:
        return own.startswith(target + "/") and len(own) > len(target) + 1
    return own.startswith(target.rpartition("/")[0] + "/" if target.count("/") > 2 else target)


def _told(context: Context) -> Iterator[Candidate[str]]:
    """Headlines in metadata, without the site's name."""
    for candidate in json_ld.values(context.nodes, "headline", "name"):
        trust = 0.62 if candidate.origin.endswith("headline") else 0.3
        yield _stripped(candidate, context, trust * candidate.confidence / 0.9)
    titles = context.document.landmarks.get("title", ())[:1]
    for candidate in meta.values(context.document, meta.HEADLINE, top=0.6, step=0.01):
        mended = _mended(candidate.value, clean(titles[0].text) if titles else "")
        yield _stripped(replace(candidate, value=mended), context, candidate.confidence)
    for element in titles:
        raw = _CJK_SITE.sub("", element.text or "")
        whole = _stripped(Candidate(clean(raw), "dom:title", raw, 0.5), context, 0.5)
        yield whole
        longest = max(TITLE_SEPARATOR.split(whole.value), key=len)
        yield Candidate(longest, "dom:title", raw, _PART_OF_TITLE)
    for element in context.marks.items.get("headline", ())[:3]:
        raw = element.get("content") or visible_text(element)
        yield Candidate(clean(raw), "dom:itemprop=headline", raw, 0.55)


def _mended(value: str, title: str) -> str:
    """A title that an unescaped quotation mark cut off in its attribute, as ``<title>`` has it."""
    return title if title.startswith(f'{value} "') else value


def _shown(
    context: Context, told: list[Candidate[str]]
) -> Iterator[tuple[Candidate[str], HtmlElement]]:
    """Headings on the page; one that agrees with the metadata is the headline."""
    headings = context.document.landmarks.get("h1", [])[:20]
    others = [*context.document.landmarks.get("h2", [])[:15], *context.marks.headlines[:20]]
    wanted = {fold(c.value) for c in told}
    shared = [fold(c.value) for c in told if c.origin == "meta:og:title"]
    for element in [*headings, *(e for e in others if e.tag not in ("h1", "a"))]:
        raw = _heading_text(element)
        value = clean(raw)
        if not value or is_unseen(element):
            continue
        folded = fold(value)
        is_shared = any(folded.endswith(title) for title in shared)
        if element.tag == "h2" and not (
            is_shared or folded in wanted or has_role(element, Role.HEADLINE)
        ):
            continue
        agreement = max((likeness(value, c.value) for c in told), default=0.0)
        confidence = _heading_trust(element, value, agreement, len(headings))
        if is_shared and not _is_linked(element):
            confidence = min(confidence + _SHARED_BONUS, 1.0)
        yield Candidate(value, f"dom:{element.tag}", raw, confidence), element


def _heading_trust(element: HtmlElement, value: str, agreement: float, headings: int) -> float:
    first = 0.65 + 0.3 * agreement if agreement >= _AGREES else 0.45
    if element.tag != "h1":
        first -= 0.1 if agreement >= _SAME else 0.3
    elif agreement < _AGREES and headings == 1:
        first += 0.2 if len(tokens(value)) >= _HEADLINE_WORDS else 0.1
    if roles_above(element) & Role.FOREIGN and agreement < _SAME:
        first -= 0.2
    return first


def _heading_text(element: HtmlElement) -> str:
    """The heading without kicker and subheadline that stand inside it."""
    parts = [element.text or ""]
    for child in element:
        names = child.get("class")
        aside = names and roles_of(names) & (Role.KICKER | Role.SUBHEADLINE)
        if not is_unseen(child) and not (aside and not has_role(child, Role.HEADLINE)):
            parts += [" ", visible_text(child), " "] if child.tag != "em" else [visible_text(child)]
        parts.append(child.tail or "")
    text = "".join(parts).strip()
    # A heading that goes on with a colon needs the words before it.
    return text if text and not text.startswith(_COLONS) else visible_text(element)


def _stripped(candidate: Candidate[str], context: Context, confidence: float) -> Candidate[str]:
    """The title without the parts that name the site."""
    value = without_site(candidate.value, context.site_names)
    return Candidate(value, candidate.origin, candidate.raw, confidence)


def without_site(title: str, site_names: frozenset[str]) -> str:
    """The title without a first or last part that is one of the site's names."""
    for _ in range(3):
        cuts = [(m.start(), m.end()) for m in TITLE_SEPARATOR.finditer(title)]
        if not cuts:
            break
        if _names_site(title[cuts[-1][1] :], site_names):
            title = title[: cuts[-1][0]]
        elif _names_site(title[: cuts[0][0]], site_names):
            title = title[cuts[0][1] :]
        else:
            break
    return title.strip()


def _names_site(part: str, site_names: frozenset[str]) -> bool:
    name = fold(part)
    if not name or name in site_names:
        return True
    return any(
        len(site) > 3
        and (name.startswith(site) or name.endswith(site))
        and len(name) < 2.5 * len(site)
        for site in site_names
    )


def _is_headline(text: str, context: Context) -> bool:
    return 1 < len(text) <= _MAX_HEADLINE_CHARS and fold(text) not in context.site_names
