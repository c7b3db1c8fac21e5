"""A directory for a socket whose own place has too long a path, for as long as its owner lives.

The owner holds a lock on it, which ends with its process however that ends. What dead owners have
left is cleared away when the next directory is made; nothing else lies in the same place under
this name.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = "copydesk-socket-"


class SocketPlace:
    """``path`` is a directory that only this user can enter, until :meth:`release`."""

    def __init__(self) -> None:
        clear_leftovers()
        self.path, self._held = _new_place()

    def release(self) -> None:
        """Remove the directory; a second call does nothing."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._held is not None:
            os.close(self._held)
            self._held = None


def clear_leftovers() -> int:
    """Remove this user's directories whose owners are dead; how many."""
    cleared = 0
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            held = _lock(path)
            shutil.rmtree(path, ignore_errors=True)
            os.close(held)
            cleared += 1
    return cleared


def _new_place() -> tuple[Path, int | None]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            return path, _lock(path)
        except (BlockingIOError, FileNotFoundError):
            continue  # another process saw it without a lock, and takes it for a leftover
        except OSError:
            return path, None  # a file system without locks: it is never cleared away


def _lock(path: Path) -> int:
    """A lock on a directory of this user's, by the file that holds it. Raises ``OSError``:
    ``BlockingIOError`` when its owner lives, ``FileNotFoundError`` when it is gone."""
    held = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found = path.lstat()
        if found.st_uid != os.getuid():
            raise PermissionError(path)
        if not os.path.samestat(found, os.fstat(held)):
            raise FileNotFoundError(path)
    except OSError:
        os.close(held)
        raise
    return held
