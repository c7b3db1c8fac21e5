"""Copies stored by many processes at once, some of them killed: no story is ever split."""

from __future__ import annotations

import os
import signal
import time
from collections import defaultdict
from pathlib import Path

from sqlalchemy import Engine, func, select

from pipeline.dedup import judge
from pipeline.store.duplicates import cluster, not_compared
from pipeline.store.tables.articles import articles
from pipeline.store.tables.duplicates import clusters
from pipeline.store.transactions import transact
from tests.faults.copy_writer import COPIES, STORIES
from tests.forked import Forked
from tests.store.articles_fixture import NOW

PROCESSES = 6
KILLED_AFTER_BATCHES = {0: 2, 1: 6}
"""Which process is killed, and after how many of its batches."""


def start(database_url: str, share: int, output: Path) -> Forked:
    output.unlink(missing_ok=True)
    words = [database_url, str(share), str(PROCESSES)]
    process = Forked("tests.faults.copy_writer", words, os.environ, output)
    process.start()
    return process


def kill_after(process: Forked, batches: int, output: Path) -> None:
    give_up_at = time.monotonic() + 120
    while not output.exists() or output.read_text().count("\n") < batches:
        assert time.monotonic() < give_up_at and process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL


def test_six_processes_never_split_a_story_also_when_some_are_killed_and_begin_again(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    """Four copies of each story, a tenth delivered twice; what a killed process had not compared
    is found by those that go on."""
    outputs = [tmp_path / f"output-{share}" for share in range(PROCESSES)]
    running = {share: start(database_url, share, outputs[share]) for share in range(PROCESSES)}
    for share, batches in KILLED_AFTER_BATCHES.items():
        kill_after(running[share], batches, outputs[share])
        running[share] = start(database_url, share, outputs[share])
    for share, process in running.items():
        assert process.wait(120) == 0, outputs[share].read_text()
    while waiting := transact(engine, lambda c: not_compared(c, 100), read_only=True):
        transact(engine, lambda c: cluster(c, waiting, judge, NOW))
    with engine.begin() as connection:
        rows = connection.execute(select(articles.c.url, articles.c.cluster_id)).all()
        kept = connection.execute(select(func.count()).select_from(clusters)).scalar_one()
    assert len(rows) == STORIES * COPIES, "no article twice"
    of_story = defaultdict(set)
    for row in rows:
        of_story[row.url.rpartition("/")[2]].add(row.cluster_id)
    assert {story: found for story, found in of_story.items() if len(found) > 1} == {}
    assert None not in set().union(*of_story.values())
    assert kept == STORIES == len({found for one in of_story.values() for found in one})
