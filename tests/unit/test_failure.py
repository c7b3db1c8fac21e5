from __future__ import annotations

import errno
from pathlib import Path

import pytest

from pipeline.errors import TryLater
from workers.cli import exit_codes
from workers.cli.failure import failure_of

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
def test_a_full_disk_is_no_bug_of_ours() -> None:
    with pytest.raises(OSError) as told, FULL.open("wb", buffering=0) as file:
        file.write(b"a row")
    assert told.value.filename is None
    failure = failure_of(told.value)
    assert failure.code == exit_codes.NO_ROOM == 7
    assert "make room" in str(failure)
    assert "bug" not in str(failure)


def test_a_quota_that_is_used_up_names_the_file() -> None:
    failure = failure_of(OSError(errno.EDQUOT, "Disk quota exceeded", "/backups/copydesk.db"))
    assert failure.code == exit_codes.NO_ROOM
    assert "/backups/copydesk.db: Disk quota exceeded" in str(failure)


def test_no_room_for_raw_pages_is_no_bug_of_ours() -> None:
    failure = failure_of(TryLater("storage_full", "/raw: No space left on device"))
    assert failure.code == exit_codes.NO_ROOM
    assert "/raw: No space left on device" in str(failure)
