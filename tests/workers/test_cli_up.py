"""`up` tells people where it is at work, and nobody its password."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy.engine import make_url

from config.settings import Settings
from pipeline.store.engine import open_engine
from pipeline.store.ledger.heartbeats import beat
from pipeline.store.transactions import transact
from tests.workers.conftest import Run
from workers.chain import APART
from workers.embedded import stack

PASSWORD = "tide-table-9"


class HeartbeatsAlone:
    """A stack whose processes have come up as far as the database can tell, and end at once."""

    def __init__(self, settings: Settings) -> None:
        self.database_url = settings.database_url

    def start(self) -> None:
        engine = open_engine(self.database_url)
        for role in (*APART, "dispatcher"):
            transact(engine, lambda c, r=role: beat(c, f"{r}@here", r, datetime.now(UTC), 0))
        engine.dispose()

    def revive(self) -> None: ...

    def run(self, stop: threading.Event) -> None: ...

    def stop(self) -> None: ...


def test_up_names_its_database_without_the_password(
    run: Run, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    monkeypatch.setattr(stack, "Stack", HeartbeatsAlone)
    url = make_url(postgres_url).set(password=PASSWORD)
    done = run("up", database_url=url.render_as_string(hide_password=False))
    assert done.code == 0, done.err
    assert "up, on postgresql" in done.err
    assert str(url.database) in done.err
    assert PASSWORD not in done.err + done.out
