"""What goes into the database as one item of a batch, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.models import EnrichedArticle, Fingerprint, Stored


@dataclass(frozen=True, slots=True)
class ToStore:
    """An article ready for the database, and the job and fetch that it came from."""

    job_id: int
    url_id: int
    fetch_id: int
    article: EnrichedArticle
    fingerprint: Fingerprint
    fetched_at: datetime
    reread: bool = False  # an old fetch was parsed again: it says nothing new of the page
    over_wire: bool = False  # we fetched the page ourselves, so it may be asked for again


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one item: the public answer, and the row ids the caller goes on with."""

    stored: Stored
    article_id: int
    is_new_text: bool
    restored: bool = False  # it had been withdrawn, and its own address has it again
