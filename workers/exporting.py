"""Exports as sets of whole files: which articles, in which files, and going on after a kill.

The change numbers make it restartable. A file appears under its name when it is whole, and the
manifest after it names the number up to which everything is written; what a kill leaves behind
is one file that the manifest does not name, and that the next run writes again.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.export import FORMATS, Manifest, Part
from pipeline.export.manifest import load_manifest
from pipeline.store.events import last_seq
from pipeline.store.exporting import ChangedArticle, changed_articles
from pipeline.store.filters import Filters
from pipeline.store.transactions import transact
from workers.export_files import Hashed, Sink, alone
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services

MANIFEST = "manifest.json"


class ExportRefused(ValueError):
    """The place holds another export, or somebody writes to it; says which and what to do."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to export and where to: a directory of parts, or one file (``is_file``).

    ``after`` is None when it was not said: 0, or where the export in that place ended.
    """

    format: str
    target: Path
    is_file: bool = False
    compression: str = "none"
    after: int | None = None
    filters: Filters = field(default_factory=Filters)
    part_articles: int = 50_000
    part_bytes: int = 10**9

    @property
    def suffix(self) -> str:
        ending = {"none": "", "gzip": ".gz", "zstd": ".zst"}[self.compression]
        return (".warc" if self.format == "warc" else FORMATS[self.format].suffix) + ending


def export(
    services: Services, order: Order, progress: Callable[[Manifest], None] = lambda _: None
) -> Manifest:
    """Write what is asked for; the manifest of all that now stands there.

    Raises :class:`ExportRefused` for a place that holds something else, ``OSError``, and
    :class:`pipeline.export.MissingLibrary`.
    """
    if order.format in FORMATS:
        FORMATS[order.format].check()
    folder = order.target.parent if order.is_file else order.target
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with alone(folder, order.target.name if order.is_file else "export"):
            return _export(services, order, folder, progress)
    except BlockingIOError as error:
        raise ExportRefused(f"another export writes to {order.target} right now") from error


def _export(
    services: Services, order: Order, folder: Path, progress: Callable[[Manifest], None]
) -> Manifest:
    path = folder / (f"{order.target.name}.{MANIFEST}" if order.is_file else MANIFEST)
    for left_by_a_kill in [] if order.is_file else folder.glob("part-*.part"):
        left_by_a_kill.unlink()
    manifest = _begin(services, order, None if order.is_file else _load(path))
    while manifest.reached < manifest.through:
        _write_part(services, order, manifest, folder)
        manifest.save(path)
        progress(manifest)
    if order.is_file and not manifest.files:
        _write_part(services, order, manifest, folder)  # a file without articles, not no file
    manifest.complete, manifest.updated_at = True, services.now()
    manifest.save(path)
    return manifest


def _load(path: Path) -> Manifest | None:
    try:
        return load_manifest(path)
    except ValueError as error:
        raise ExportRefused(f"{error}; name another place") from error


def _begin(services: Services, order: Order, found: Manifest | None) -> Manifest:
    """A new manifest; or the one that stands there, to go on with or to add to."""
    now = services.now()
    newest = transact(services.engine, last_seq, read_only=True)
    if found is None:
        after = order.after or 0
        return Manifest(
            format=order.format,
            compression=order.compression,
            query=order.filters.named(),
            after=after,
            through=max(newest, after),
            reached=after,
            created_at=now,
            updated_at=now,
        )
    wanted = (order.format, order.compression, order.filters.named())
    if wanted != (found.format, found.compression, found.query):
        packed = "" if found.compression == "none" else f" ({found.compression})"
        raise ExportRefused(
            f"{order.target} holds an export as {found.format}{packed} of"
            f" {found.query or 'everything'}; name another directory"
        )
    if order.after is not None and order.after not in (found.after, found.reached):
        raise ExportRefused(
            f"{order.target} holds what came after {found.after} up to {found.reached};"
            " leave --after out to go on, or name another directory"
        )
    if found.complete:
        found.through, found.complete = max(newest, found.reached), False
    return found


def _write_part(services: Services, order: Order, manifest: Manifest, folder: Path) -> None:
    """The next file, whole, under its name, and in the manifest."""
    name = f"part-{len(manifest.files) + 1:05}{order.suffix}"
    name = order.target.name if order.is_file else name
    temporary, state = folder / f"{name}.part", _PartState(manifest.through)
    try:
        with temporary.open("wb") as opened:
            file = Hashed(opened)
            _fill(services, order, manifest, name, file, state)
            opened.flush()
            os.fsync(opened.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if state.count == 0 and not order.is_file:
        temporary.unlink()
        manifest.move_on(dict(state.skipped), state.reached, services.now())
        return
    temporary.replace(folder / name)
    part = Part(name, state.count, state.first, state.last, file.sha256, file.size)
    manifest.add(part, dict(state.skipped), state.reached, services.now())


def _fill(
    services: Services,
    order: Order,
    manifest: Manifest,
    name: str,
    file: Hashed,
    state: _PartState,
) -> None:
    """Write articles to a file until it is full or there are no more."""
    sink = Sink(services, order.format, order.compression, file, name, manifest.created_at)
    for changed in _changed(services, manifest.reached, manifest.through, order.filters):
        if reason := sink.write(changed):
            state.skipped[reason] += 1
            continue
        state.add(changed.seq)
        is_full = state.count >= order.part_articles or file.size >= order.part_bytes
        if is_full and not order.is_file:
            state.reached = changed.seq
            break
    sink.finish()


@dataclass(slots=True)
class _PartState:
    reached: int
    count: int = 0
    first: int | None = None
    last: int | None = None
    skipped: Counter[str] = field(default_factory=Counter)

    def add(self, seq: int) -> None:
        self.count += 1
        self.first, self.last = self.first or seq, seq


def _changed(
    services: Services, after: int, through: int, filters: Filters
) -> Iterator[ChangedArticle]:
    while True:
        page = transact(
            services.engine,
            lambda c, seq=after: changed_articles(c, seq, through, filters),  # type: ignore[misc]
            read_only=True,
            patience_seconds=DATABASE_PATIENCE_SECONDS,
        )
        if not page:
            return
        yield from page
        after = page[-1].seq
