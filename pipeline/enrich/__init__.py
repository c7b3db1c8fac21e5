"""What we work out from a parsed article: language, length, citations, quotes, names, topics,
notices of correction.

The order stands in :data:`ENRICHERS`. Each enricher is a module with a name, a version, the
fields it owns and a pure function; one that fails marks itself failed and never fails the
article. This package knows nothing of pages, queues or databases, and reads no file after
:func:`warm_up`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from pipeline.enrich import (
    citations,
    entities,
    keywords,
    language,
    length,
    notices,
    quotes,
    topics,
)
from pipeline.enrich.enricher import Enricher
from pipeline.garbage import collection_paused
from pipeline.models import EnrichedArticle, EnricherRun, ParsedArticle

ENRICHERS: tuple[Enricher, ...] = (
    language,  # first: the others may look at the language it decided on
    length,
    citations,
    quotes,
    entities,  # after the quotes: who speaks is a person
    topics,
    keywords,
    notices,
)

_MAX_ERROR_CHARACTERS = 300


def enrich(article: ParsedArticle, enrichers: Sequence[Enricher] = ENRICHERS) -> EnrichedArticle:
    """The article with what the enrichers found, one :class:`EnricherRun` for each of them.

    Given an article that was enriched before, the enrichers named replace their own values and
    runs; the values of all others, and of one that fails now, stay as they were.
    """
    result = _as_enriched(article)
    for enricher in enrichers:
        result = _run(enricher, result)
    return result


def warm_up() -> None:
    """Load every model and word list. Call it before forking: children then share the pages.

    The collector of garbage pauses: of some hundred thousand objects that all stay it would look
    through each many times, two fifths of the whole.
    """
    with collection_paused():
        for enricher in ENRICHERS:
            enricher.warm_up()


def _run(enricher: Enricher, article: EnrichedArticle) -> EnrichedArticle:
    added: dict[str, object] = {}
    error = None
    try:
        added = dict(enricher.run(article))
        foreign = added.keys() - enricher.owns
        if foreign:
            raise ValueError(f"{enricher.name} does not own {', '.join(sorted(foreign))}")
    except Exception as failure:  # the promise of this stage: no enricher fails the article
        added = {}
        error = f"{type(failure).__name__}: {failure}"[:_MAX_ERROR_CHARACTERS]
    done = EnricherRun(enricher.name, enricher.version, error)
    return replace(article, **added, enrichers=_with(article.enrichers, done))  # type: ignore[arg-type]  # keys are checked against `owns`


def _with(runs: tuple[EnricherRun, ...], done: EnricherRun) -> tuple[EnricherRun, ...]:
    """``done`` in the place of the earlier run of that name, or at the end."""
    if all(run.name != done.name for run in runs):
        return (*runs, done)
    return tuple(done if run.name == done.name else run for run in runs)


def _as_enriched(article: ParsedArticle) -> EnrichedArticle:
    if isinstance(article, EnrichedArticle):
        return article
    return EnrichedArticle(**{one.name: getattr(article, one.name) for one in fields(article)})
