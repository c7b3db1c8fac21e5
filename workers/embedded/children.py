"""Child processes that die with us, whatever kills us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO


class Child:
    """One child process, in a process group of its own.

    It is started through ``workers.embedded.leash``, which ties its life to ours and then
    becomes the command. A group of its own keeps Ctrl-C from reaching it before we stop it in
    order.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        log: IO[bytes] | None = None,
    ) -> None:
        self.name = name
        self._command = list(command)
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._asked_to_stop = False

    @property
    def pid(self) -> int:
        """The process id. Raises ``RuntimeError`` before :meth:`start`."""
        if self._process is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self._process.pid

    def start(self) -> None:
        """Start (or start again) the command. Call it from the main thread."""
        self._asked_to_stop = False
        leash = [sys.executable, "-m", "workers.embedded.leash", str(os.getpid())]
        self._process = subprocess.Popen(
            [*leash, *self._command],
            env=None if self._environment is None else {**os.environ, **self._environment},
            stdin=subprocess.DEVNULL,
            stdout=self._log or subprocess.DEVNULL,
            stderr=self._log or None,
            process_group=0,
        )

    def poll(self) -> int | None:
        """The exit code, or None while it runs or when it was never started."""
        return None if self._process is None else self._process.poll()

    def ask_to_stop(self) -> None:
        """Send SIGTERM, once, without waiting.

        A second one could arrive when the command has ended all its work and Python no longer
        handles signals: it would die of it instead of exiting with 0.
        """
        if self._process is None or self._asked_to_stop or self._process.poll() is not None:
            return
        self._asked_to_stop = True
        self._process.send_signal(signal.SIGTERM)

    def stop(self, grace_seconds: float) -> int | None:
        """SIGTERM, then SIGKILL to what is left of the group after the grace; the exit code."""
        if self._process is None:
            return None
        self.ask_to_stop()
        try:
            return self._process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            return self._process.wait()
