"""A reader that has seen enough (``copydesk ... | head``) is no fault of the command."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.store.engine import open_engine
from tests.e2e.processes import command, environment
from tests.store.test_search import fill

COMMANDS = (
    ("article",),
    ("article", "--json"),
    ("account",),
    ("changes", "--json"),
    ("search", "harbour"),
    ("config", "show"),
)


@contextmanager
def broken_pipe() -> Iterator[int]:
    """A pipe that nobody reads."""
    read, write = os.pipe()
    os.close(read)
    yield write
    os.close(write)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_whose_reader_is_gone_ends_well_and_in_silence(
    words: Sequence[str], sqlite_url: str, tmp_path: Path
) -> None:
    engine = open_engine(sqlite_url)
    fill(engine)
    engine.dispose()
    with broken_pipe() as gone:
        ended = subprocess.run(
            command(*words),
            env=environment(database_url=sqlite_url, data_dir=tmp_path),
            stdout=gone,
            stderr=subprocess.PIPE,
            timeout=120,
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_command_that_cannot_tell_what_is_wrong_ends_with_its_code_all_the_same(
    sqlite_url: str, tmp_path: Path
) -> None:
    env = environment(database_url=sqlite_url, data_dir=tmp_path)
    with broken_pipe() as gone:
        line = command("explain", "https://nobody.example/")
        ended = subprocess.run(line, env=env, stdout=gone, stderr=gone, timeout=120, check=False)
    assert ended.returncode == 3
