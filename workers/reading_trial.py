"""The dry run of ``reprocess``: what reading stored pages again would change, nothing written.

Pages are read in processes of their own, one a core. They decide by the function by which the
store decides, so that the counts are what applying it comes to.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from config.settings import Settings
from pipeline.dedup import fingerprint
from pipeline.enrich import enrich, warm_up
from pipeline.errors import Outcome, Quarantine
from pipeline.store.differences import difference
from pipeline.store.engine import Connection
from pipeline.store.known_articles import Known, known_article
from pipeline.store.ledger.rereading import StoredReading, WhichArticles
from pipeline.store.transactions import DatabaseUnavailable, transact
from workers.memory_limit import limit_memory
from workers.page_readers import read_pages
from workers.rereading import batches
from workers.stages.parse import Given, given_for, read_page
from workers.wiring import Services, bootstrap

PART = 20
"""Pages a process takes at once: a second or so, and little to lose."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of one article. ``fields`` are those that differ: old and new, bounded."""

    article: str
    url: str
    outcome: str
    reason: str | None = None
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Findings:
    """The trials of all pages, summed up. ``examples`` of each field are its first ones."""

    most_examples: int
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, trial: Trial) -> None:
        self.outcomes[trial.outcome] += 1
        if trial.reason is not None:
            self.reasons[trial.outcome, trial.reason] += 1
        for name, (old, new) in trial.fields.items():
            self.fields[name] += 1
            shown = self.examples.setdefault(name, [])
            if len(shown) < self.most_examples:
                where = {"article": trial.article, "url": trial.url}
                shown.append(where | {"old": old, "new": new})

    def values(self) -> dict[str, Any]:
        """As plain values, the field that changes most first."""
        return {
            "pages": self.outcomes.total(),
            **{name: self.outcomes[name] for name in ("revised", "unchanged", "dropped", "failed")},
            "reasons": [
                {"outcome": outcome, "reason": reason, "count": number}
                for (outcome, reason), number in sorted(self.reasons.items())
            ],
            "fields": [
                {"field": name, "changed": number, "examples": self.examples[name]}
                for name, number in self.fields.most_common()
            ],
        }


def try_again(
    services: Services,
    which: WhichArticles,
    *,
    processes: int = 0,
    most_examples: int = 3,
    on_progress: Callable[[int], None] = lambda read: None,
) -> Findings:
    """Read the pages that fit, and compare. ``processes`` 0 means one a core.

    A page that ends its process, or is not read within a task's time limit, has failed as
    ``crashed``: three tries by the chain would come to that.
    """
    findings = Findings(most_examples)
    warm_up()  # before the fork, so that the processes share it
    read = read_pages(
        _parts(batches(services, which)),
        partial(_open, services.settings),
        processes=processes or os.cpu_count() or 1,
        most_seconds=services.settings.task_limit_seconds,
    )
    for number, (page, trial) in enumerate(read, 1):
        findings.add(trial or Trial(page.public_id, page.url, "failed", "crashed"))
        if number % PART == 0:
            on_progress(number)
    on_progress(findings.outcomes.total())
    return findings


def _parts(found: Iterable[list[StoredReading]]) -> Iterator[list[StoredReading]]:
    for batch in found:
        yield from (batch[start : start + PART] for start in range(0, len(batch), PART))


# ---- in a process of its own
def _open(settings: Settings) -> Callable[[StoredReading], Trial]:
    limit_memory(settings.worker_max_memory_mb)
    return partial(_try, bootstrap(settings, concurrency=1))


def _file_is_there(services: Services, one: StoredReading) -> bool:
    return services.raw_pages.path_of(one.raw_sha256).exists()


def _try(services: Services, one: StoredReading) -> Trial:
    def read(connection: Connection) -> tuple[Given, Known]:
        return given_for(connection, services, one), known_article(connection, one.article_id)

    try:
        given, known = transact(services.engine, read, read_only=True)
        article = enrich(read_page(services, given))
        words = fingerprint(article.body_text).content_hash
    except DatabaseUnavailable:
        raise
    except Outcome as refusal:
        # A file that is there and damaged ends as dead; one that is not is left out by name.
        damaged = isinstance(refusal, Quarantine) and _file_is_there(services, one)
        outcome = "failed" if damaged else "dropped"
        return Trial(one.public_id, one.url, outcome, refusal.reason)
    except Exception as error:  # the chain would try again and then bury it
        fields = {"error": (None, f"{type(error).__name__}: {error}"[:300])}
        return Trial(one.public_id, one.url, "failed", "bug", fields)
    found = difference(
        known.article, article, same_words=words == known.content_hash, same_page=True
    )
    if found is None:
        return Trial(one.public_id, one.url, "unchanged")
    return Trial(one.public_id, one.url, "revised", None, found.fields)
