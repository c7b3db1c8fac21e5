"""Which article an item is: by its own address, where it was redirected to, what it calls itself.

Every address of an item has a row in ``urls``. Where the page was found decides: the address at
the end of the redirects before the one that was asked for, so that an address which leads to
another article's page today does not write that page over its own article. The rows are locked
in the order of their ids until the transaction ends, so two writers that hold two addresses of
one page cannot both make an article of it.

What a page calls itself (rel=canonical, og:url, amphtml) is a claim: there are sites on which
every page names the same one. It is believed when the texts agree; the address at which a page
was found needs no proof. An address that leads to a page never seen is still its article as long
as something of the text is left: a renamed address keeps its story, a lost one shows another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from pipeline.models import EnrichedArticle, Fingerprint
from pipeline.overlap import compare
from pipeline.store.dialect import insert
from pipeline.store.fingerprints import stored_fingerprints
from pipeline.store.given import NUMBER, update_given
from pipeline.store.items import ToStore
from pipeline.store.ledger.accept import key_hash
from pipeline.store.tables.ledger import urls
from pipeline.urls import host_of, trusted_canonical

LEAST_SHARED = 0.5
"""Part of the shorter text that a page must share with the article whose address it claims. An
AMP form or a later state keeps more; two stories of a site have a house text in common at most."""
LEAST_LEFT = 0.1
"""Part of the shorter text that two versions of one story share at least."""

_MEAN = (
    "UPDATE urls SET article_id = given.article, article_claimed = false {given}"
    " WHERE urls.id = given.address AND (urls.article_id IS NULL OR urls.article_claimed)"
)
_CLAIM = (
    "UPDATE urls SET article_id = given.article, article_claimed = true {given}"
    " WHERE urls.id = given.address AND urls.article_id IS NULL"
)
_PAIR = {"address": NUMBER, "article": NUMBER}


@dataclass(frozen=True, slots=True)
class Identity:
    """``article_id`` is None for an article not seen before; ``by_alias`` says that it was found
    under another address than the one that was asked for.

    ``sure_url_ids`` are the addresses where the page was seen, the one asked for first;
    ``claimed_url_ids`` are those that it merely names. ``all_url_ids`` are both.
    """

    sure_url_ids: tuple[int, ...]
    claimed_url_ids: tuple[int, ...]
    article_id: int | None
    by_alias: bool

    @property
    def all_url_ids(self) -> tuple[int, ...]:
        return self.sure_url_ids + self.claimed_url_ids


class _Pointer(NamedTuple):
    """What an address means so far, and whether that is only claimed."""

    article_id: int | None
    claimed: bool

    @property
    def is_sure(self) -> bool:
        return self.article_id is not None and not self.claimed


def resolve(connection: Connection, items: Sequence[ToStore], now: datetime) -> list[Identity]:
    """Who each item is, in order; unknown aliases get their rows."""
    named = [(_seen_at(item.article), _claims(item.article)) for item in items]
    ids = _alias_ids(connection, [url for pair in named for urls in pair for url in urls], now)
    groups = []
    for item, (seen_at, claims) in zip(items, named, strict=True):
        sure = tuple(dict.fromkeys((item.url_id, *(ids[key_hash(url)] for url in seen_at))))
        others = dict.fromkeys(ids[key_hash(url)] for url in claims)
        groups.append((sure, tuple(one for one in others if one not in sure)))
    rows = _lock(connection, {one for group in groups for ids in group for one in ids})
    texts = _texts_to_compare(connection, rows, groups)
    identities = []
    for item, (sure, claimed) in zip(items, groups, strict=True):
        found = _find(item, rows, sure, claimed, texts)
        known = None if found is None else rows[found].article_id
        other = known is not None and known != rows[item.url_id].article_id
        who = Identity(sure, claimed, known, other)
        if known is not None:
            _adopt(connection, who, known, rows)
        identities.append(who)
    return identities


def point_to(connection: Connection, new: Sequence[tuple[Identity, int]]) -> None:
    """Let the addresses of new articles mean them. One that means another article already goes on
    doing so, unless that one merely claimed it."""
    _mean(connection, [(one, article) for who, article in new for one in who.sure_url_ids])
    _claim(connection, [(one, article) for who, article in new for one in who.claimed_url_ids])


def _adopt(
    connection: Connection, who: Identity, article_id: int, rows: dict[int, _Pointer]
) -> None:
    """Addresses of a known article that were not known to be its own."""
    new = [one for one in who.sure_url_ids if rows[one].article_id is None or rows[one].claimed]
    _mean(connection, [(one, article_id) for one in new])
    free = [one for one in who.claimed_url_ids if rows[one].article_id is None]
    _claim(connection, [(one, article_id) for one in free])


def _mean(connection: Connection, pairs: Sequence[tuple[int, int]]) -> None:
    update_given(connection, _MEAN, _PAIR, pairs)


def _claim(connection: Connection, pairs: Sequence[tuple[int, int]]) -> None:
    update_given(connection, _CLAIM, _PAIR, pairs)


def _find(
    item: ToStore,
    rows: dict[int, _Pointer],
    sure: Sequence[int],
    claimed: Sequence[int],
    texts: dict[int | None, Fingerprint],
) -> int | None:
    """The address that says which article this is; None for a new one."""
    means = {rows[one].article_id for one in (*sure, *claimed)}
    shared = {  # only with what its addresses name: the texts are those of the whole batch
        article_id: compare(item.fingerprint, texts[article_id]).containment
        for article_id in means & texts.keys()
    }
    own = _own(rows, sure, item.reread)
    if own is not None and shared.get(rows[own].article_id, 1.0) >= LEAST_LEFT:
        return own
    for one in (*sure, *claimed):
        if shared.get(rows[one].article_id, 0.0) >= LEAST_SHARED:
            return one
    return own if own in (None, sure[-1]) or item.reread else None


def _own(rows: dict[int, _Pointer], sure: Sequence[int], reread: bool) -> int | None:
    """That address where the page was seen which needs no proof: first the one at the end of the
    redirects. When an old page is read again, what was settled then stays."""
    order = sure if reread else sure[::-1]
    return next((one for one in order if rows[one].is_sure), None)


def _texts_to_compare(
    connection: Connection,
    rows: dict[int, _Pointer],
    groups: Sequence[tuple[tuple[int, ...], tuple[int, ...]]],
) -> dict[int | None, Fingerprint]:
    """The texts of articles that an item may turn out to be, or to be no more; mostly none."""

    def wanted() -> Iterator[int | None]:
        for sure, claimed in groups:
            means = {rows[one].article_id for one in (*sure, *claimed)} - {None}
            if not rows[sure[-1]].is_sure or len(means) > 1:
                yield from means

    ids = {article_id for article_id in wanted() if article_id is not None}
    found = stored_fingerprints(connection, ids) if ids else {}
    return {article_id: known.fingerprint for article_id, known in found.items()}


def _seen_at(article: EnrichedArticle) -> list[str]:
    return [article.final_url] if host_of(article.final_url) else []


def _claims(article: EnrichedArticle) -> list[str]:
    named = (article.canonical_url, article.amp_url)
    return [
        url for url in named if url and host_of(url) and trusted_canonical(article.final_url, url)
    ]


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
    found = _ids_of(connection, rows)
    missing = sorted(rows.keys() - found.keys())
    if missing:
        statement = insert(connection, urls).on_conflict_do_nothing(index_elements=["key_hash"])
        connection.execute(statement, [rows[key] for key in missing])
        found |= _ids_of(connection, missing)
    return found


def _ids_of(connection: Connection, hashes: Iterable[bytes]) -> dict[bytes, int]:
    found = select(urls.c.key_hash, urls.c.id).where(urls.c.key_hash.in_(list(hashes)))
    return {bytes(row.key_hash): row.id for row in connection.execute(found)}


def _lock(connection: Connection, url_ids: set[int]) -> dict[int, _Pointer]:
    statement = (
        select(urls.c.id, urls.c.article_id, urls.c.article_claimed)
        .where(urls.c.id.in_(url_ids))
        .order_by(urls.c.id)
        .with_for_update()  # SQLite leaves it out: its writers take turns anyway
    )
    return {
        row.id: _Pointer(row.article_id, row.article_claimed)
        for row in connection.execute(statement)
    }
