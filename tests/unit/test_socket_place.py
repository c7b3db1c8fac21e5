"""Directories for sockets: one's own while one lives, and nobody's leftovers."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from workers.embedded.socket_place import PREFIX
from workers.embedded.valkey import EmbeddedServer

OWNER = """
import sys
from pathlib import Path
from workers.embedded.valkey import EmbeddedServer
print(EmbeddedServer(Path(sys.argv[1])).socket_path.parent, flush=True)
sys.stdin.read()
"""
LONG = Path("/nowhere") / ("x" * 100)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def owner(place: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process with a server whose data lie too deep, and where its socket is."""
    command = [sys.executable, "-c", OWNER, str(LONG)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        yield one, Path(one.stdout.readline().strip())
        one.kill()


def test_what_a_killed_owner_left_is_gone_when_the_next_one_starts(
    owner: tuple[subprocess.Popen[str], Path], place: Path
) -> None:
    process, left = owner
    assert left.parent == place
    (left / "valkey.sock").touch()
    process.kill()
    process.wait()
    assert left.is_dir(), "else there is nothing to clear away"
    server = EmbeddedServer(LONG)
    assert list(place.iterdir()) == [server.socket_path.parent]
    server.stop()
    server.stop()
    assert list(place.iterdir()) == []


def test_the_place_of_an_owner_that_lives_is_left_alone(
    owner: tuple[subprocess.Popen[str], Path], place: Path
) -> None:
    ours = [EmbeddedServer(LONG) for _ in range(2)]
    assert {path.name for path in place.iterdir()} == {
        owner[1].name,
        *(one.socket_path.parent.name for one in ours),
    }
    for one in ours:
        one.stop()


def test_what_is_no_place_of_ours_is_left_alone(place: Path) -> None:
    theirs = place / "theirs"
    theirs.mkdir()
    (theirs / "file").touch()
    (place / f"{PREFIX}link").symlink_to(theirs)
    (place / f"{PREFIX}file").touch()
    (place / "copydesk-other").mkdir()
    before = set(place.rglob("*"))
    EmbeddedServer(LONG).stop()
    assert set(place.rglob("*")) == before
