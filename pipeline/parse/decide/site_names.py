"""Names of the site and of its sections, and titles without them."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from pipeline.parse.decide.context import Context
from pipeline.parse.evidence import json_ld, meta
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.words import SEPARATES, TITLE_SEPARATOR, clean, fold
from pipeline.urls import absolute

_HOME_PATHS = ("", "index", "home")
_MOST_SECTION_WORDS = 3
_DOMAIN = re.compile(
    r"(?!(?:asp|ado|vb|ml)\.net|[\w-]+\.(?:js|ts|py|rs|md|cs|sh)$)"
    r"[\w-]+\.(?:com|org|net|info|tv|[a-z]{2}|co\.[a-z]{2})",
    re.I,
)
"""A title's part that is a site's address, and no program's name ("Node.js")."""
_QUOTES = ("«", "»", "‹", "›")
"""They part titles too, but not where the text begins or ends."""


def names_in_banner(context: Context) -> set[str]:
    """The site's name where the page's banner is a heading: it links to a page above this one."""
    return {
        fold(clean(visible_text(element)))
        for element in context.document.landmarks.get("h1", [])[:20]
        if _links_home(element, context)
    } - {""}


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


def section_names(context: Context) -> frozenset[str]:
    """The sections that the page says it stands in, by its data and by its address, folded."""
    told = (
        *json_ld.values(context.nodes, "articleSection"),
        *meta.values(context.document, meta.SECTION),
    )
    address = context.document.final_url.partition("?")[0].rstrip("/").partition("://")[2]
    folders = (part.replace("-", " ") for part in address.split("/")[1:-1])
    names = (*(c.value for c in told), *folders)
    return frozenset(fold(n) for n in names if len(n.split()) <= _MOST_SECTION_WORDS) - {""}


def without_site(
    title: str, site_names: frozenset[str], sections: frozenset[str] = frozenset()
) -> str:
    """The title without a first or last part that is one of the site's names, or a last one that
    is its section's ("Why we should wait | Opinion")."""
    for _ in range(3):
        if not SEPARATES.search(title):
            break
        cuts = [(m.start(), m.end()) for m in TITLE_SEPARATOR.finditer(title)]
        if not cuts:
            break
        (first, start), (end, last) = cuts[0], cuts[-1]
        if _closes_quote(title, end) or not (
            _names_site(title[last:], site_names) or fold(title[last:]) in sections
        ):
            if site := _before_slogan(title, cuts, site_names):
                title = title[:site]
                continue
            if title[:1] in _QUOTES or not _names_site(title[:first], site_names):
                break
            title = title[start:]
        else:
            title = title[:end]
    head, colon, name = title.rpartition(": ")
    return head.strip() if colon and fold(name) in site_names else title.strip()


def _before_slogan(
    title: str, cuts: list[tuple[int, int]], site_names: frozenset[str]
) -> int | None:
    """Where a last part but one begins that is the site's name: what follows is its slogan."""
    if len(cuts) < 2:
        return None
    (end, start), (last, _) = cuts[-2:]
    return end if fold(title[start:last]) in site_names - {""} else None


def _closes_quote(title: str, end: int) -> bool:
    """Whether what looks like a separator at the title's end is a quotation mark of its text."""
    return title[-1:] in _QUOTES and not title[end + 1 :].strip()


def _names_site(part: str, site_names: frozenset[str]) -> bool:
    name = fold(part)
    if not name or name in site_names or _DOMAIN.fullmatch(part.strip()):
        return True
    return any(
        len(site) > 3
        and (name.startswith(site) or name.endswith(site))
        and len(name) < 2.5 * len(site)
        for site in site_names
    )
