"""The command line in this process: its exit code, standard output and standard error."""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from workers.cli.main import main


@dataclass(frozen=True)
class Ran:
    """How a command line ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The last line of standard output as JSON: what a scheduler takes."""
        return json.loads(self.out.splitlines()[-1])


Run = Callable[..., Ran]


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, with no setting in the environment."""
    for name in [name for name in os.environ if name.startswith("COPYDESK_")]:
        monkeypatch.delenv(name)
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def run(
    directory: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    made_from_template: None,
) -> Iterator[Run]:
    """Run ``copydesk ARGUMENTS`` with settings given by keyword; never a traceback."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    old = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    def call(*arguments: str, **settings: str) -> Ran:
        capfd.readouterr()
        with monkeypatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(f"COPYDESK_{name.upper()}", value)
            with pytest.raises(SystemExit) as ended:
                main(list(arguments))
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err + captured.out
        assert isinstance(ended.value.code, int)
        return Ran(ended.value.code, captured.out, captured.err)

    yield call
    root.handlers[:], root.level = handlers, level
    signal.signal(signal.SIGTERM, old[0])
    signal.signal(signal.SIGINT, old[1])
