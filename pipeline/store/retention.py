"""How long raw pages are kept: deleted when their days are over and nothing needs them any more.

The row stays with its hash and says when the file went. A page whose owner says ``noarchive`` is
kept no longer than its use needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, and_, false, func, or_, select, update

from pipeline.store.raw_pages import GOING, RawPages
from pipeline.store.tables.ledger import DEAD, jobs
from pipeline.store.tables.pages import fetches, raw_pages
from pipeline.store.transactions import transact

AT_ONCE = 100
"""Pages of one transaction: their files are deleted while it lasts."""
LOOKED_AT = 10_000
"""Rows read to choose from in one pruning."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Days that a raw page is kept after its last use; 0 is for ever. ``noarchive_days`` is for
    pages whose owner wants no copy kept, ``list_days`` for feeds, sitemaps and section pages, which
    nobody reads again; 0 then means as for others."""

    days: float = 0.0
    noarchive_days: float = 0.0
    list_days: float = 0.0

    @property
    def is_for_ever(self) -> bool:
        return not self.days and not self.noarchive_days and not self.list_days


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was deleted: pages, and their bytes on disk. ``missing`` had no file here."""

    pages: int = 0
    stored_bytes: int = 0
    missing: int = 0

    def __add__(self, other: Pruned) -> Pruned:
        return Pruned(
            self.pages + other.pages,
            self.stored_bytes + other.stored_bytes,
            self.missing + other.missing,
        )


def prune(
    engine: Engine, pages: RawPages, retention: Retention, now: datetime, most: int = LOOKED_AT
) -> Pruned:
    """Delete raw pages whose time is over, the longest unused first; not many more than ``most``.

    Never one that a job still needs: of a job under way, or a dead letter. Safe beside fetches of
    the same page and other prunings. Nothing is marked whose file is not here: on a machine
    without the pages this does nothing.
    """
    if retention.is_for_ever or not pages.root.is_dir():
        return Pruned()
    over = _is_over(retention, now)
    wanted = select(raw_pages.c.sha256).where(over).order_by(raw_pages.c.last_used_at)
    found = transact(
        engine, lambda c: c.execute(wanted.limit(LOOKED_AT)).scalars().all(), read_only=True
    )
    done = Pruned()
    for start in range(0, len(found), AT_ONCE):
        if done.pages >= most:
            break
        part = found[start : start + AT_ONCE]
        done += transact(engine, lambda c, part=part: _prune_part(c, pages, part, over, now))  # type: ignore[misc]
    return done


def prune_leftovers(engine: Engine, pages: RawPages) -> Pruned:
    """Delete files that no row names, or whose row says that they are gone: a process died
    between its file and its row."""
    done = Pruned()
    for sha256, path in pages.leftovers():
        if transact(engine, lambda c, name=sha256: _is_kept(c, name), read_only=True):  # type: ignore[misc]
            if path.suffix == GOING and not pages.path_of(sha256).exists():
                path.replace(pages.path_of(sha256))  # its pruning was never committed
            continue
        done += Pruned(1, path.stat().st_size)
        path.unlink(missing_ok=True)
    return done


def use_page(connection: Connection, fetch_id: int, now: datetime) -> bool:
    """Keep the page of a fetch from being pruned while it is put to work again; False when it is
    gone already. Call it in the transaction that makes its job."""
    of_fetch = select(fetches.c.raw_sha256).where(fetches.c.id == fetch_id).scalar_subquery()
    statement = (
        update(raw_pages)
        .where(raw_pages.c.sha256 == of_fetch, raw_pages.c.pruned_at.is_(None))
        .values(last_used_at=now)
    )
    return connection.execute(statement).rowcount == 1


def _prune_part(
    connection: Connection,
    pages: RawPages,
    part: Sequence[str],
    over: ColumnElement[bool],
    now: datetime,
) -> Pruned:
    done = Pruned()
    for sha256 in part:
        if not pages.path_of(sha256).exists():
            done += Pruned(missing=1)
            continue
        # Asked again under the row's lock: whoever uses the page has changed the row by then.
        mark = update(raw_pages).where(raw_pages.c.sha256 == sha256, over)
        mark_gone = mark.values(pruned_at=now).returning(raw_pages.c.stored_size)
        size = connection.execute(mark_gone).scalar_one_or_none()
        if size is None:
            continue
        if pages.discard(sha256):
            done += Pruned(1, size)
        else:
            kept = update(raw_pages).where(raw_pages.c.sha256 == sha256)
            connection.execute(kept.values(pruned_at=None))
    return done


def _is_over(retention: Retention, now: datetime) -> ColumnElement[bool]:
    used = func.coalesce(raw_pages.c.last_used_at, raw_pages.c.first_seen_at)
    of_page = fetches.c.raw_sha256 == raw_pages.c.sha256
    said = func.coalesce(", " + fetches.c.robots + ", ", "")
    unwanted = select(fetches.c.id).where(of_page, said.like("%, noarchive, %")).exists()
    needed = (
        select(jobs.c.id)
        .join(fetches, fetches.c.id == jobs.c.fetch_id)
        .where(of_page, or_(jobs.c.outcome.is_(None), DEAD))
        .exists()
    )
    of_article = (
        select(fetches.c.id)
        .join(jobs, jobs.c.id == fetches.c.job_id)
        .where(of_page, jobs.c.kind == "article")
        .exists()
    )
    ends: list[ColumnElement[bool]] = [false()]
    if retention.days:
        ends.append(used < now - timedelta(days=retention.days))
    if retention.noarchive_days:
        ends.append(and_(used < now - timedelta(days=retention.noarchive_days), unwanted))
    if retention.list_days:
        ends.append(and_(used < now - timedelta(days=retention.list_days), ~of_article))
    return and_(raw_pages.c.pruned_at.is_(None), or_(*ends), ~needed)


def _is_kept(connection: Connection, sha256: str) -> bool:
    kept = select(raw_pages.c.sha256).where(
        raw_pages.c.sha256 == sha256, raw_pages.c.pruned_at.is_(None)
    )
    return connection.execute(kept).first() is not None
