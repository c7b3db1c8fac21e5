"""A directory to run ``copydesk`` in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def place(tmp_path: Path, sqlite_template: Path) -> Path:
    """A directory whose database is made: a second of migrations less. ``copydesk demo`` shows
    what happens where there is none."""
    (tmp_path / "var").mkdir()
    shutil.copyfile(sqlite_template, tmp_path / "var" / "copydesk.db")
    return tmp_path
