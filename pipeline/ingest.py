"""The whole flow as one function, without a queue: read this first.

The workers run the same four functions, one Celery task each, with the database between them;
``copydesk try`` runs them here.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.enrich import enrich
from pipeline.models import EnrichedArticle, FetchedPage, FetchRequest, SourceProfile, Stored
from pipeline.parse import parse, refuse

Fetch = Callable[[FetchRequest], FetchedPage]
Save = Callable[[FetchedPage, EnrichedArticle], Stored]


def ingest(request: FetchRequest, fetch: Fetch, save: Save) -> Stored:
    """Fetch, parse, enrich and store one page; what became of it.

    Raises ``TryLater``, ``Drop`` or ``Quarantine`` (:mod:`pipeline.errors`) when it does not
    become an article, each with its reason.
    """
    page = fetch(request)
    article = read(page, request.source)
    return save(page, article)


def read(page: FetchedPage, source: SourceProfile | None = None) -> EnrichedArticle:
    """The article that a fetched page holds. Raises ``Drop`` when it holds none."""
    article = parse(page, source)
    refuse(article)
    return enrich(article)
