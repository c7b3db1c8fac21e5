"""``python -m MODULE ARGUMENTS`` without the second that its imports take.

A server that has loaded what our processes load, and nothing else, forks them: each is a process of
its own, with its own pid, group, signals, environment and end. Benchmarks start theirs the long
way, and so do ``tests/e2e`` and ``tests/deploy`` what a user starts.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from workers.parent_death import die_with_parent
from workers.worker import leave_no_directory_behind

PRELOADED = "tests.forked_imports"
RAN_SECONDS = 150.0
_server = multiprocessing.get_context("forkserver")


class Forked:
    """A process that can be started again; what :class:`workers.embedded.children.Child` is for
    commands, with the same methods. It dies with the test process."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        output: Path,
        errors: Path | None = None,
        *,
        directory: Path | None = None,
    ) -> None:
        self._words = (module, tuple(arguments), dict(environment))
        self._place = (output, errors or output, directory or Path.cwd())
        self._process: ForkServerProcess | None = None
        self._asked_to_stop = False

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None and self._process.pid is not None
        return self._process.pid

    def start(self) -> None:
        """Start, or start again; what it says is added to its files."""
        leave_no_directory_behind()
        _server.set_forkserver_preload([PRELOADED])
        self._asked_to_stop = False
        self._process = _server.Process(target=_become, args=(*self._words, *self._place))
        self._process.daemon = True
        self._process.start()

    def poll(self) -> int | None:
        """The exit code, or None while it runs or when it was never started."""
        return None if self._process is None else self._process.exitcode

    def wait(self, seconds: float) -> int | None:
        """The exit code, or None when it still runs after so long."""
        assert self._process is not None
        self._process.join(seconds)
        return self._process.exitcode

    def ask_to_stop(self) -> None:
        """Send SIGTERM, once, without waiting."""
        if not self._asked_to_stop and self._process is not None and self.poll() is None:
            self._asked_to_stop = True
            self._process.terminate()

    def stop(self, grace_seconds: float) -> int | None:
        """SIGTERM, then SIGKILL to what is left of the group after the grace; the exit code."""
        if self._process is None:
            return None
        self.ask_to_stop()
        if self.wait(grace_seconds) is None:
            os.killpg(self.pid, signal.SIGKILL)
        return self.wait(grace_seconds)


def ran(
    module: str, *arguments: str, environment: Mapping[str, str], directory: Path
) -> subprocess.CompletedProcess[str]:
    """How ``python -m MODULE ARGUMENTS`` ended, and what it said. Fails when it does not end."""
    with tempfile.TemporaryDirectory() as place:
        files = Path(place, "out"), Path(place, "err")
        process = Forked(module, arguments, environment, *files, directory=directory)
        process.start()
        code = process.wait(RAN_SECONDS)
        if code is None:
            process.stop(1)
        out, err = (path.read_text("utf-8") for path in files)
    assert code is not None, f"{arguments} did not end within {RAN_SECONDS} s: {err}"
    return subprocess.CompletedProcess([module, *arguments], code, out, err)


def _become(
    module: str,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    output: Path,
    errors: Path,
    directory: Path,
) -> None:
    assert PRELOADED in sys.modules, "the server could not load it"
    multiprocessing.current_process()._config["daemon"] = False  # it may have children
    multiprocessing.set_start_method(None, force=True)
    os.setpgid(0, 0)
    die_with_parent()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    for stream, path in ((1, output), (2, errors)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), stream)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
