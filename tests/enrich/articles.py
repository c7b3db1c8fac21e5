"""Articles for the tests: a body and what a test says of the page."""

from __future__ import annotations

from typing import Any

from pipeline.enrich import enrich
from pipeline.models import EnrichedArticle, Entity, ParsedArticle

URL = "https://daily.example.org/2026/story"


def article(body: str, **said: Any) -> ParsedArticle:
    """A parsed article of a publisher that no list knows."""
    return ParsedArticle(url=URL, final_url=URL, body_text=body, **said)


def enriched(body: str, **said: Any) -> EnrichedArticle:
    """The article through every enricher; none may have failed."""
    result = enrich(article(body, **said))
    assert [run.error for run in result.enrichers if run.error] == []
    return result


def named(result: EnrichedArticle, kind: str) -> list[str]:
    """Names of the entities of one type, by their first mention."""
    return [one.name for one in result.entities if one.type == kind]


def entity(result: EnrichedArticle, name: str) -> Entity:
    """The entity of that name; fails when there is none."""
    return next(one for one in result.entities if one.name == name)


def texts(one: Entity) -> list[str]:
    """What the text has at the entity's mentions."""
    return [mention.text for mention in one.mentions]
