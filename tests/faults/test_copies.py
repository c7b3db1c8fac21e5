"""Copies stored by many processes at once, some of them killed: no story is ever split."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import defaultdict

from sqlalchemy import Engine, func, select

from pipeline.dedup import judge
from pipeline.store.duplicates import cluster, not_compared
from pipeline.store.tables.articles import articles
from pipeline.store.tables.duplicates import clusters
from pipeline.store.transactions import transact
from tests.faults.copy_writer import COPIES, STORIES
from tests.store.articles_fixture import NOW

PROCESSES = 6
KILLED_AFTER_BATCHES = {0: 2, 1: 6}
"""Which process is killed, and after how many of its batches."""


def start(database_url: str, share: int) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "tests.faults.copy_writer", database_url]
    return subprocess.Popen([*line, str(share), str(PROCESSES)], stdout=subprocess.PIPE, text=True)


def kill_after(process: subprocess.Popen[str], batches: int) -> None:
    assert process.stdout is not None
    for _ in range(batches):
        assert process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_six_processes_never_split_a_story_also_when_some_are_killed_and_begin_again(
    engine: Engine, database_url: str
) -> None:
    """300 stories, four copies each, a tenth delivered twice; what a killed process had not
    compared is found by those that go on."""
    running = {share: start(database_url, share) for share in range(PROCESSES)}
    for share, batches in KILLED_AFTER_BATCHES.items():
        kill_after(running[share], batches)
        running[share] = start(database_url, share)
    for process in running.values():
        process.communicate(timeout=120)
        assert process.returncode == 0
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
