"""``copydesk demo`` whose crawl does not end as it does in ``tests/e2e/test_demo.py``."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.store.ledger.accounting import Account
from tests.workers.conftest import Run
from workers.demo import crawl
from workers.waiting import WaitTimedOut


def test_a_demo_that_takes_too_long_says_so_and_where_its_logs_are(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(*_: Any) -> None:
        raise WaitTimedOut(Account(7, 0, 0, 0, 0, 0, 0, 7))

    monkeypatch.setattr(crawl, "crawl", stuck)
    ended = run("demo")
    assert ended.code == 6
    assert "7 of 7 are still pending after 300 s; the logs are in var/demo/log" in ended.err
    assert "go on" not in ended.err, "the stack ends with the command"
