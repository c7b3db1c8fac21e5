"""Which article an item is: by its own address, where it was redirected to, what it calls itself.

Every address of an item has a row in ``urls``; the first that already points to an article
decides. The rows are locked in the order of their ids until the transaction ends, so two
writers that hold two addresses of one page cannot both make an article of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, update

from pipeline.models import EnrichedArticle
from pipeline.store.dialect import insert
from pipeline.store.ledger.accept import key_hash
from pipeline.store.tables.ledger import urls
from pipeline.urls import host_of, trusted_canonical

if TYPE_CHECKING:
    from pipeline.store.articles import ToStore


@dataclass(frozen=True, slots=True)
class Identity:
    """``article_id`` is None for an article not seen before; ``by_alias`` says that it was found
    under another address than the one that was asked for."""

    url_id: int
    all_url_ids: tuple[int, ...]
    article_id: int | None
    by_alias: bool


def resolve(connection: Connection, items: Sequence[ToStore], now: datetime) -> list[Identity]:
    """Who each item is, in order; unknown aliases get their rows."""
    aliases = [_aliases(item.article) for item in items]
    ids = _alias_ids(connection, [url for found in aliases for url in found], now)
    groups = [
        tuple(dict.fromkeys((item.url_id, *(ids[key_hash(url)] for url in found))))
        for item, found in zip(items, aliases, strict=True)
    ]
    articles = _lock(connection, {url_id for group in groups for url_id in group})
    identities = []
    for item, group in zip(items, groups, strict=True):
        known = next((u for u in group if articles[u] is not None), None)
        article_id = None if known is None else articles[known]
        if article_id is not None:
            point_to(connection, [u for u in group if articles[u] is None], article_id)
        identities.append(
            Identity(item.url_id, group, article_id, known is not None and known != item.url_id)
        )
    return identities


def point_to(connection: Connection, url_ids: Sequence[int], article_id: int) -> None:
    """Let these addresses mean that article."""
    if url_ids:
        statement = update(urls).where(urls.c.id.in_(url_ids)).values(article_id=article_id)
        connection.execute(statement)


def _aliases(article: EnrichedArticle) -> list[str]:
    found = [article.final_url]
    if article.canonical_url and trusted_canonical(article.final_url, article.canonical_url):
        found.append(article.canonical_url)
    return [url for url in found if host_of(url)]


def _alias_ids(connection: Connection, addresses: Sequence[str], now: datetime) -> dict[bytes, int]:
    rows = {
        key_hash(url): {
            "key_hash": key_hash(url),
            "url": url,
            "host": host_of(url),
            "first_seen_at": now,
        }
        for url in addresses
    }
    if not rows:
        return {}
    statement = insert(connection, urls).on_conflict_do_nothing(index_elements=["key_hash"])
    connection.execute(statement, [rows[key] for key in sorted(rows)])
    found = select(urls.c.key_hash, urls.c.id).where(urls.c.key_hash.in_(list(rows)))
    return {bytes(row.key_hash): row.id for row in connection.execute(found)}


def _lock(connection: Connection, url_ids: set[int]) -> dict[int, int | None]:
    statement = (
        select(urls.c.id, urls.c.article_id)
        .where(urls.c.id.in_(url_ids))
        .order_by(urls.c.id)
        .with_for_update()  # SQLite leaves it out: its writers take turns anyway
    )
    return {row.id: row.article_id for row in connection.execute(statement)}
