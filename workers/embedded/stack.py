"""Server, workers and dispatcher as children of this process: `copydesk up` in one object.

The parent holds a lock on the data directory, so that two stacks cannot share one, and starts
again what dies. Everything ends with the parent, whatever ends it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import IO

from config.settings import EMBEDDED, PREFIX, Settings
from workers.chain import APART
from workers.embedded.children import Child
from workers.embedded.valkey import EmbeddedServer

log = logging.getLogger(__name__)
RESTART_PAUSE_SECONDS = 1.0
WATCH_SECONDS = 0.2


class AlreadyRunning(Exception):
    """Another stack holds the data directory."""


class Stack:
    """Start, watch, stop. ``settings`` is what the children run with (a real broker URL)."""

    def __init__(self, settings: Settings, *, log_dir: Path | None = None) -> None:
        self._data_dir = Path(settings.data_dir).resolve()
        self._log_dir = log_dir
        self._lock: IO[str] | None = None
        self._server: EmbeddedServer | None = None
        self._children: list[Child] = []
        self.settings = settings

    def start(self) -> None:
        """Bring everything up. Raises :class:`AlreadyRunning` or
        :class:`workers.embedded.valkey.ServerFailed`."""
        self._take_lock()
        if self.settings.broker_url == EMBEDDED:
            self._server = EmbeddedServer(self._data_dir / "valkey")
            self._server.start()
            self.settings = replace(self.settings, broker_url=self._server.broker_url)
        for name, arguments in (
            *((role, ["worker", "--role", role]) for role in APART),
            ("dispatcher", ["dispatcher"]),
        ):
            child = Child(name, _command(arguments), self._environment(), self._log_file(name))
            child.start()
            self._children.append(child)

    def run(self, stop: threading.Event) -> None:
        """Watch the children until ``stop`` is set; start again what died."""
        while not stop.wait(WATCH_SECONDS):
            self.revive()

    def revive(self) -> None:
        """Start again what died. Call it from the main thread, as :meth:`start`."""
        if self._server and self._server.child and self._server.child.poll() is not None:
            log.warning("the embedded server ended; starting it again")
            self._server.start()
        for child in self._children:
            if child.poll() is not None:
                log.warning("%s ended with code %s; starting it again", child.name, child.poll())
                time.sleep(RESTART_PAUSE_SECONDS)
                child.start()

    def stop(self) -> None:
        """Warmly: workers end what they began, then the server goes. Safe to call twice."""
        for child in self._children:
            child.ask_to_stop()
        for child in self._children:
            child.stop(self.settings.stop_grace_seconds)
        self._children.clear()
        if self._server is not None:
            self._server.stop()
            self._server = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of the children, by name."""
        pids = {child.name: child.pid for child in self._children}
        if self._server and self._server.child:
            pids["valkey"] = self._server.child.pid
        return pids

    def _take_lock(self) -> None:
        self._data_dir.mkdir(parents=True, exist_ok=True)
        self._lock = (self._data_dir / "stack.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            self._lock = None
            raise AlreadyRunning(f"another stack is running on {self._data_dir}") from error

    def _environment(self) -> dict[str, str]:
        """The children read the same settings as we do, as far as they are not the default."""
        environment = {}
        for name, default in ((f, getattr(Settings(), f)) for f in Settings.__dataclass_fields__):
            value = getattr(self.settings, name)
            if value != default:
                text = ",".join(value) if isinstance(value, tuple) else str(value)
                environment[PREFIX + name.upper()] = text
        return environment

    def _log_file(self, name: str) -> IO[bytes] | None:
        if self._log_dir is None:
            return None
        self._log_dir.mkdir(parents=True, exist_ok=True)
        return (self._log_dir / f"{name}.log").open("ab")


def _command(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "workers.cli.main", *arguments]


def is_running(data_dir: Path) -> bool:
    """Whether a stack holds this data directory."""
    path = data_dir / "stack.lock"
    if not path.exists():
        return False
    handle = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
