"""Outlets that a story links to: known by their domain, or named like a news site.

Looks at addresses only; never opens one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.enrich.outlets import Outlet, OwnPublisher, outlets_by_domain
from pipeline.models import ParsedArticle
from pipeline.urls import host_of, registrable_domain

MAX_LINKS = 500
_NEWS_LABEL = re.compile(
    r"(?:news|times|herald|tribune|gazette|chronicle|zeitung|nachrichten|anzeiger|rundschau"
    r"|tageblatt|noticias|diario|jornal|giornale|dagblad|novosti|haber|shimbun)(?:24|online)?$"
    r"|^(?:news|diario|jornal|gazeta|gazzetta|novosti)"
)


def linked_outlets(article: ParsedArticle, own: OwnPublisher) -> Iterator[tuple[Outlet, int]]:
    """Each outlet with the offset of the link's text in ``body_text``, in the order of the links.

    A link whose text does not stand in the body has no place there and is left out.
    """
    cursor = 0
    for link in article.links[:MAX_LINKS]:
        text = link.text.strip()
        host = host_of(link.url).removeprefix("www.")
        outlet = _outlet_of(host, own) if host and text else None
        if outlet is None:
            continue
        place = article.body_text.find(text, cursor)
        if place < 0:
            place = article.body_text.find(text)
        if place >= 0:
            cursor = place
            yield outlet, place


def _outlet_of(host: str, own: OwnPublisher) -> Outlet | None:
    domain = registrable_domain(host)
    if own.has_domain(host) or own.has_domain(domain):
        return None
    known = outlets_by_domain()
    outlet = known.get(host) or known.get(domain) or known.get(host.partition(".")[2])
    if outlet is not None:
        return None if own.is_outlet(outlet) else outlet
    if _NEWS_LABEL.search(domain.partition(".")[0]):
        return Outlet(domain, domain)
    return None
