"""What every decision may look at: the document, its article nodes, its marks, its names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pipeline.dates.countries import country_of_host
from pipeline.models import Evidence, ListHint
from pipeline.parse.document import Document
from pipeline.parse.evidence.json_ld import article_nodes
from pipeline.parse.evidence.marks import Marks, find_marks
from pipeline.parse.structured import Node


@dataclass(slots=True)
class Context:
    """Filled left to right by :mod:`pipeline.parse.assemble`; ``evidence`` by each decision."""

    document: Document
    nodes: list[Node]
    marks: Marks
    fetched_at: datetime
    hint: ListHint | None = None
    site_names: frozenset[str] = frozenset()
    """The publisher's and the site's names, folded."""
    language: str | None = None
    region: str | None = None
    evidence: dict[str, Evidence] = field(default_factory=dict)

    @property
    def country(self) -> str | None:
        """The publisher's, as an ISO code: by the host's domain, or else the language's region;
        software writes ``en-US`` wherever nobody set it."""
        return country_of_host(self.document.final_url) or self.region

    def note(self, name: str, evidence: Evidence | None) -> None:
        """Keep a field's evidence, if there is any."""
        if evidence is not None:
            self.evidence[name] = evidence


def open_context(document: Document, fetched_at: datetime, hint: ListHint | None = None) -> Context:
    """The context of a freshly opened document."""
    return Context(document, article_nodes(document), find_marks(document), fetched_at, hint)
