"""Copies of the database while it is in use; whole or not there at all."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from pipeline.store.engine import libpq_url, sqlite_path


class BackupFailed(Exception):
    """No backup was made; the message says why and what to do."""


def back_up(database_url: str, target: Path) -> int:
    """Write a copy of the database to a new file; its bytes. Raises :class:`BackupFailed`.

    SQLite through its own backup interface, PostgreSQL through ``pg_dump``.
    """
    if target.exists():
        raise BackupFailed(f"{target} exists; name a new file")
    if not target.parent.is_dir():
        raise BackupFailed(f"there is no directory {target.parent}")
    part = target.with_name(f"{target.name}.part")
    try:
        path = sqlite_path(database_url)
        if path is None:
            _dump(database_url, target, part)
        else:
            _copy(path, part)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def _copy(path: Path, part: Path) -> None:
    if not path.is_file():
        raise BackupFailed(f"there is no database at {path} yet")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)


def _dump(database_url: str, target: Path, part: Path) -> None:
    url, password = libpq_url(database_url)
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupFailed(
            f"pg_dump is not installed here; where it is, run: "
            f"pg_dump --format=custom --file={target} '{url}'"
        )
    with tempfile.TemporaryDirectory() as place:
        if password:
            # In a file that libpq reads: neither arguments nor environment show it.
            passfile = Path(place) / "pgpass"
            passfile.touch(mode=0o600)
            escaped = password.replace("\\", "\\\\").replace(":", "\\:")
            passfile.write_text(f"*:*:*:*:{escaped}\n", encoding="utf-8")
            url += f"{'&' if '?' in url else '?'}passfile={passfile}"
        words = [program, "--format=custom", "--no-password", f"--file={part}", f"--dbname={url}"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupFailed(f"pg_dump: {' '.join(done.stderr.split()) or done.returncode}")
