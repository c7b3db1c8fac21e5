"""What an enricher is: the one shape that every module of :data:`pipeline.enrich.ENRICHERS` has."""

from __future__ import annotations

from typing import Protocol, TypedDict

from pipeline.models import Citation, Entity, Evidence, Notice, ParsedArticle, Quote


class Added(TypedDict, total=False):
    """The fields an enricher may give values for; it gives only those that it owns."""

    language: str | None
    evidence: dict[str, Evidence]
    word_count: int
    reading_minutes: int
    entities: tuple[Entity, ...]
    citations: tuple[Citation, ...]
    quotes: tuple[Quote, ...]
    topics: tuple[str, ...]
    keywords: tuple[str, ...]
    notices: tuple[Notice, ...]


class Enricher(Protocol):
    """A module fits, and so does any object with these five names."""

    @property
    def name(self) -> str:
        """Stable: the values of a rerun are found by it."""

    @property
    def version(self) -> int:
        """Raised when the same article may get other values, so that old ones can be redone."""

    @property
    def owns(self) -> frozenset[str]:
        """The fields of the article that it sets."""

    def run(self, article: ParsedArticle) -> Added:
        """Values for owned fields. Pure: no I/O, and the article is not changed."""

    def warm_up(self) -> None:
        """Load what ``run`` needs; calling it again costs nothing."""
