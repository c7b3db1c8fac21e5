"""Articles to rows: new ones, other text of known ones, copies; one batch, one transaction.

Which article an address means is settled first (:mod:`pipeline.store.identity`); then each item
is a new article, a new revision, or nothing new. Rows of a kind are written together.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, update

from pipeline.codec import from_json, to_json
from pipeline.models import EnrichedArticle, Stored, StoreOutcome
from pipeline.search.terms import Document
from pipeline.store import events
from pipeline.store.article_rows import article_row, confirm_reading, write_parts
from pipeline.store.bulk import insert_rows, reserve_ids
from pipeline.store.differences import Difference, difference, only_set_apart
from pipeline.store.duplicates import exact_copies
from pipeline.store.fingerprints import add_fingerprints
from pipeline.store.identity import Identity, point_to, resolve
from pipeline.store.ids import new_id
from pipeline.store.items import Saved, ToStore
from pipeline.store.known_articles import known_articles, same_bytes
from pipeline.store.names import publisher_ids, publisher_of
from pipeline.store.search_index import index_articles, words_of
from pipeline.store.tables.articles import article_revisions, articles
from pipeline.store.withdrawals import restore

LEVEL = 3  # of zlib: half the time of its default, 5 % larger


def save_articles(connection: Connection, items: Sequence[ToStore], now: datetime) -> list[Saved]:
    """Store a batch in the caller's transaction; what became of each, in order.

    Raises what the database raises for an item that it cannot hold; the caller then stores the
    batch one by one.
    """
    saved: dict[int, Saved] = {}
    changes: list[events.Change] = []
    left = list(enumerate(items))
    while left:
        # Two addresses of one page in one batch: the second is decided after the first is stored.
        left, now_decided, changed = _save_independent(connection, left, now)
        saved |= now_decided
        changes += changed
    # Once and last: from here to the commit all other writers of events wait.
    seqs = events.append(connection, changes, now)
    of_text = {
        (change.article_id, change.revision): seq
        for change, seq in zip(changes, seqs, strict=True)
        if change.kind
        != "restored"  # a new text may come back with it; it is answered with its own
    }
    for index, one in saved.items():
        if one.is_new_text:
            seq = of_text[one.article_id, one.stored.revision]
            saved[index] = replace(one, stored=replace(one.stored, event_seq=seq))
    return [saved[index] for index in range(len(items))]


def _save_independent(
    connection: Connection, items: list[tuple[int, ToStore]], now: datetime
) -> tuple[list[tuple[int, ToStore]], dict[int, Saved], list[events.Change]]:
    """Save those items that share no address with an earlier one: the rest, what became of those
    that were saved, and their changes for the feed."""
    taken: list[tuple[int, ToStore, Identity]] = []
    rest, used = [], set[int]()
    identities = resolve(connection, [item for _, item in items], now)
    for (index, item), who in zip(items, identities, strict=True):
        if used.isdisjoint(who.all_url_ids):
            taken.append((index, item, who))
        else:
            rest.append((index, item))
        used.update(who.all_url_ids)
    chosen = [item for _, item, _ in taken]
    new = sum(who.article_id is None for _, _, who in taken)
    batch = _Batch(
        connection,
        now,
        reserve_ids(connection, articles.c.id, new),
        known_articles(connection, {who.article_id for _, _, who in taken}),
        publisher_ids(connection, [publisher_of(item.article) for item in chosen]),
        exact_copies(connection, [item.fingerprint for item in chosen]),
    )
    saved = {index: batch.save(item, who) for index, item, who in taken}
    return rest, saved, batch.write()


_SEEN = (
    update(articles).where(articles.c.id == bindparam("seen")).values(last_seen_at=bindparam("at"))
)


class _Batch:
    """The decisions of one batch, and the rows that follow from them."""

    def __init__(
        self,
        connection: Connection,
        now: datetime,
        free_ids: Sequence[int],
        known: dict[int, Row[Any]],
        publishers: dict[str, int],
        copies: dict[bytes, tuple[int, str]],
    ) -> None:
        self._connection = connection
        self._now = now
        self._free_ids = iter(free_ids)
        self._known = known
        self._publishers = publishers
        self._copies = copies
        self._new_rows: list[dict[str, Any]] = []
        self._new_addresses: list[tuple[Identity, int]] = []
        self._changed: list[tuple[int, EnrichedArticle]] = []
        self._words: dict[int, Document] = {}
        self._other_words: list[tuple[int, ToStore]] = []
        self._revisions: list[dict[str, Any]] = []
        self._changes: list[events.Change] = []
        self._restored: list[events.Change] = []
        self._seen: list[dict[str, Any]] = []

    def save(self, item: ToStore, who: Identity) -> Saved:
        """Decide about one item."""
        if who.article_id is None:
            return self._new(item, who)
        old = self._known[who.article_id]
        same_words = old.content_hash == item.fingerprint.content_hash
        if same_words and who.by_alias:  # another form of the page has tags and images of its own
            return self._again(item, old, other=True)
        known = from_json(EnrichedArticle, zlib.decompress(old.document))
        aside = not item.reread and only_set_apart(known, item.article)
        found = difference(
            known,
            item.article,
            same_words=same_words or aside,
            same_page=item.reread
            or (not aside and same_bytes(self._connection, old.fetch_id, item.fetch_id)),
        )
        if found is None:
            return self._again(item, old, other=who.by_alias)
        return self._revised(item, old, found)

    def write(self) -> list[events.Change]:
        """Write everything decided; the changes for the feed."""
        insert_rows(self._connection, articles, self._new_rows)
        point_to(self._connection, self._new_addresses)
        if self._revisions:
            insert_rows(self._connection, article_revisions, self._revisions)
            write_parts(self._connection, self._changed, self._known.keys())
            add_fingerprints(self._connection, self._other_words, self._known.keys())
            index_articles(self._connection, self._words)
        if self._seen:
            self._connection.execute(_SEEN, self._seen)
        return [*self._changes, *self._restored]

    def _new(self, item: ToStore, who: Identity) -> Saved:
        publisher_id = self._publishers[publisher_of(item.article)[0]]
        article_id, public_id = next(self._free_ids), new_id()
        row = self._row(item, article_id, publisher_id) | {
            "id": article_id,
            "public_id": public_id,
            "revision": 1,
            "first_seen_at": item.fetched_at,
            "last_seen_at": item.fetched_at,
        }
        self._new_rows.append(row)
        self._new_addresses.append((who, article_id))
        original = self._copies.get(item.fingerprint.content_hash)
        self._copies.setdefault(item.fingerprint.content_hash, (article_id, public_id))
        self._other_words.append((article_id, item))
        self._record(item, article_id, 1)
        self._changes.append(events.Change("stored", article_id, 1))
        outcome: StoreOutcome = "duplicate" if original else "stored"
        stored = Stored(outcome, public_id, 1, original[1] if original else None)
        return Saved(stored, article_id, is_new_text=True)

    def _revised(self, item: ToStore, old: Row[Any], found: Difference) -> Saved:
        revision = old.revision + 1
        row = self._row(item, old.id, old.publisher_id) | {"revision": revision}
        if not item.reread:
            row |= {"last_seen_at": item.fetched_at}
            row |= {"withdrawn_at": None, "withdrawn_reason": None}
        if old.content_hash != item.fingerprint.content_hash:
            row["compared_at"] = None
            self._other_words.append((old.id, item))
        # The revision read is repeated, so that two writers cannot both follow it.
        same = (articles.c.id == old.id) & (articles.c.revision == old.revision)
        if self._connection.execute(update(articles).where(same).values(row)).rowcount != 1:
            raise RuntimeError(f"article {old.public_id} was revised by another writer")
        self._record(item, old.id, revision, found)
        self._changes.append(events.Change("revised", old.id, revision))
        restored = old.withdrawn_at is not None and not item.reread
        return Saved(Stored("revised", old.public_id, revision), old.id, True, restored)

    def _row(self, item: ToStore, article_id: int, publisher_id: int) -> dict[str, Any]:
        words = self._words[article_id] = words_of(item.article)
        return article_row(item.article, item.fingerprint, publisher_id, words)

    def _again(self, item: ToStore, old: Row[Any], *, other: bool) -> Saved:
        """Nothing new: at its own address unchanged, at another one a duplicate."""
        restored = False
        if item.reread:
            confirm_reading(self._connection, old.id, item.article)
        else:
            self._seen.append({"seen": old.id, "at": item.fetched_at})
            is_gone = old.withdrawn_at is not None
            restored = is_gone and restore(self._connection, old.id, item.article.final_url)
        if restored:
            self._restored.append(events.Change("restored", old.id, old.revision))
        outcome: StoreOutcome = "duplicate" if other else "unchanged"
        stored = Stored(outcome, old.public_id, old.revision, old.public_id if other else None)
        return Saved(stored, old.id, is_new_text=False, restored=restored)

    def _record(
        self, item: ToStore, article_id: int, revision: int, found: Difference | None = None
    ) -> None:
        self._changed.append((article_id, item.article))
        self._revisions.append(
            {
                "article_id": article_id,
                "revision": revision,
                "job_id": item.job_id,
                "fetch_id": item.fetch_id,
                "kind": found.kind if found else "first",
                "headline": item.article.headline,
                "content_hash": item.fingerprint.content_hash,
                "extractor": item.article.extractor,
                "changes": found.summary if found else None,
                "note": found.note if found else None,
                "document": zlib.compress(to_json(item.article), LEVEL),
                "created_at": self._now,
            }
        )
