"""The command line in this process with its exit code and outputs; services that poll a site."""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from config.settings import Settings
from pipeline.store.raw_pages import RawPages
from tests.workers.lists_site import ListsSite
from workers.cli.main import main
from workers.wiring import Services


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


@pytest.fixture
def site() -> Iterator[ListsSite]:
    with ListsSite() as site:
        yield site


@pytest.fixture
def services(engine: Engine, tmp_path: Path) -> Iterator[Services]:
    settings = Settings(
        contact="https://desk.example",
        fetch_allowed_networks=("127.0.0.0/8",),
        host_interval_seconds=0.0,
        retry_base_seconds=0.0,
    )
    services = Services(settings, engine, RawPages(tmp_path / "raw"), lambda: datetime.now(UTC))
    yield services
    services.client.close()
