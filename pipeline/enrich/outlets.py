"""The outlets we know by name, and whether one is the article's own publisher.

Knows names and domains, not what makes a mention a citation.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.enrich.phrases import PhraseIndex
from pipeline.enrich.word_lists import rows
from pipeline.models import ParsedArticle
from pipeline.urls import host_of, registrable_domain

_AMBIGUOUS = "~"
_ARTICLES = frozenset(
    [
        "the",
        "der",
        "die",
        "das",
        "le",
        "la",
        "les",
        "l'",
        "l’",
        "el",
        "los",
        "las",
        "il",
        "lo",
        "o",
        "a",
        "os",
        "as",
        "de",
        "het",
    ]
)


@dataclass(frozen=True, slots=True)
class Outlet:
    name: str
    domain: str | None


@dataclass(frozen=True, slots=True)
class NamedOutlet:
    """An outlet by one of its names; an ``ambiguous`` name is also an everyday word."""

    outlet: Outlet
    ambiguous: bool


@cache
def known_outlets() -> PhraseIndex[NamedOutlet]:
    """All names of all known outlets. The first row that has a name keeps it."""
    names: dict[str, NamedOutlet] = {}
    for name, domain, aliases in rows("outlets.tsv"):
        outlet = Outlet(name, domain)
        for alias, ambiguous in _names(name, aliases):
            names.setdefault(alias, NamedOutlet(outlet, ambiguous))
    return PhraseIndex(names.items())


@cache
def outlets_by_domain() -> dict[str, Outlet]:
    """Known outlets by host or registrable domain; the first row of a domain keeps it."""
    found: dict[str, Outlet] = {}
    for name, domain, _ in rows("outlets.tsv"):
        found.setdefault(domain, Outlet(name, domain))
    return found


class OwnPublisher:
    """The article's publisher by all that the article says of it."""

    def __init__(self, article: ParsedArticle) -> None:
        urls = (article.final_url, article.url, article.canonical_url or "")
        self.hosts = frozenset(host.removeprefix("www.") for host in map(host_of, urls) if host)
        self.domains = frozenset(registrable_domain(host) for host in self.hosts)
        labels = {_plain(domain.partition(".")[0]) for domain in self.domains}
        self.names = labels | ({_plain(article.publisher)} if article.publisher else set())

    def is_outlet(self, outlet: Outlet) -> bool:
        """Whether that outlet is the publisher itself."""
        if outlet.domain is not None and self.has_domain(outlet.domain):
            return True
        return _plain(outlet.name) in self.names

    def has_domain(self, domain: str) -> bool:
        """Whether a host or registrable domain is the publisher's."""
        return domain in self.domains or domain in self.hosts


def _names(name: str, aliases: str) -> Iterator[tuple[str, bool]]:
    own = [] if f"{_AMBIGUOUS}{name}" in aliases.split("|") else [name]
    for alias in [*own, *filter(None, aliases.split("|"))]:
        ambiguous = alias.startswith(_AMBIGUOUS)
        alias = alias.removeprefix(_AMBIGUOUS)
        first, _, rest = alias.partition(" ")
        if not rest or first.casefold() not in _ARTICLES:
            yield alias, ambiguous
            continue
        single = " " not in rest  # "The Sun" is in the sky, too
        yield f"{first.capitalize()} {rest}", ambiguous or single
        yield f"{first.lower()} {rest}", ambiguous or single
        if not single:
            yield rest, ambiguous


@lru_cache(maxsize=4_096)
def _plain(name: str) -> str:
    """A name as it would stand in a domain: no article, case, accents, spaces or punctuation."""
    first, _, rest = name.casefold().partition(" ")
    kept = rest if rest and first in _ARTICLES else f"{first} {rest}"
    decomposed = unicodedata.normalize("NFKD", kept)
    return "".join(character for character in decomposed if character.isalnum()).removeprefix("the")
