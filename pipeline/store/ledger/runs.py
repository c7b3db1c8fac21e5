"""Runs: one trigger's worth of accepted URLs, found again by the caller's key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select, update

from pipeline.store.dialect import insert
from pipeline.store.ids import new_id
from pipeline.store.tables.ledger import runs


class KeyReused(Exception):
    """A run key that stands for another request: nothing was accepted."""

    def __init__(self, run_key: str, public_id: str) -> None:
        super().__init__(f"run key {run_key!r} was used for another request, run {public_id}")
        self.run_key = run_key
        self.public_id = public_id


@dataclass(frozen=True, slots=True)
class Run:
    id: int
    public_id: str
    kind: str
    created_at: datetime
    is_new: bool
    is_whole: bool = False
    """Whether every line of its trigger has been accepted."""
    run_key: str | None = None


def request_digest(kind: str, parts: Iterable[str]) -> bytes:
    """What a request asks for, in 32 bytes: its kind and its parts, in their order."""
    digest = hashlib.sha256(kind.encode())
    for part in parts:
        # Each part hashed for itself, so that no two lists run together into one text.
        digest.update(hashlib.sha256(part.encode("utf-8", "surrogatepass")).digest())
    return digest.digest()


def open_run(
    connection: Connection,
    kind: str,
    now: datetime,
    run_key: str | None = None,
    digest: bytes | None = None,
) -> Run:
    """A new run, or the one that an earlier trigger opened under the same ``run_key``.

    Raises :class:`KeyReused` when that one was opened with another ``digest``.
    """
    statement = insert(connection, runs).values(
        public_id=new_id(), run_key=run_key, kind=kind, created_at=now, request_digest=digest
    )
    statement = statement.on_conflict_do_nothing(index_elements=["run_key"])
    row = connection.execute(statement.returning(*runs.c)).one_or_none()
    if row is not None:
        return _run(row, is_new=True)
    found = connection.execute(select(runs).where(runs.c.run_key == run_key)).one()
    known = found.request_digest
    if digest is not None and known is not None and bytes(known) != digest:
        raise KeyReused(found.run_key, found.public_id)
    return _run(found, is_new=False)


def open_day(connection: Connection, kind: str, name: str, now: datetime) -> int:
    """The run of this day for work that nobody asks for, under the key ``NAME:DATE``; its row id.

    No trigger stands behind it to be cut off. Its digest is that of no request, so that a caller
    who happens to use the key is refused instead of finding a run that is not his.
    """
    run_key = f"{name}:{now:%Y-%m-%d}"
    run = open_run(connection, kind, now, run_key)
    if run.is_new:
        ours = update(runs).where(runs.c.id == run.id)
        digest = request_digest(kind, [run_key])
        connection.execute(ours.values(all_accepted_at=now, request_digest=digest))
    return run.id


def find_run(connection: Connection, public_id: str) -> Run | None:
    """The run of that public id, or None."""
    row = connection.execute(select(runs).where(runs.c.public_id == public_id)).one_or_none()
    return None if row is None else _run(row, is_new=False)


def newest_runs(connection: Connection, limit: int, kind: str | None = None) -> list[Run]:
    """The newest runs, of one kind if named, the newest first."""
    statement = select(runs).order_by(runs.c.id.desc()).limit(limit)
    if kind is not None:
        statement = statement.where(runs.c.kind == kind)
    return [_run(row, is_new=False) for row in connection.execute(statement)]


def run_of_key(connection: Connection, run_key: str) -> Run | None:
    """The run that was opened under this key, or None."""
    row = connection.execute(select(runs).where(runs.c.run_key == run_key)).one_or_none()
    return None if row is None else _run(row, is_new=False)


def accepted_so_far(connection: Connection, run_id: int) -> int:
    """Lines of the run accepted until now; no other trigger adds to it before the commit."""
    statement = select(runs.c.accepted).where(runs.c.id == run_id).with_for_update()
    return int(connection.execute(statement).scalar_one())


def all_accepted(connection: Connection, run_id: int, now: datetime) -> None:
    """Mark that the trigger's last line is in: its key accepts nothing more."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(all_accepted_at=now))


def _run(row: Row[tuple[object, ...]], *, is_new: bool) -> Run:
    values = row._mapping
    return Run(
        values["id"],
        values["public_id"],
        values["kind"],
        values["created_at"],
        is_new,
        values["all_accepted_at"] is not None,
        values["run_key"],
    )
