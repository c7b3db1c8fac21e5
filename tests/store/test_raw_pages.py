"""Raw pages: whole or not there, once each, and never believed unchecked."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from pipeline.errors import Quarantine, TryLater
from pipeline.store.raw_pages import RawPages

BODY = b"<html><body>" + b"<p>The pier is to be rebuilt.</p>" * 200 + b"</body></html>"


@pytest.fixture
def pages(tmp_path: Path) -> RawPages:
    return RawPages(tmp_path / "raw")


def test_a_body_comes_back_as_it_was_named_by_its_content(pages: RawPages) -> None:
    kept = pages.put(BODY)
    assert kept.sha256 == hashlib.sha256(BODY).hexdigest()
    assert kept.size == len(BODY)
    assert pages.get(kept.sha256) == BODY
    assert kept.stored_size == pages.path_of(kept.sha256).stat().st_size < len(BODY) / 5


def test_the_same_body_is_kept_once(pages: RawPages) -> None:
    first = pages.put(BODY)
    written = pages.path_of(first.sha256).stat()
    assert pages.put(BODY) == first
    assert pages.path_of(first.sha256).stat().st_ino == written.st_ino
    assert len([path for path in pages.root.rglob("*") if path.is_file()]) == 1


def test_an_empty_body_and_a_large_one_are_bodies_too(pages: RawPages) -> None:
    for body in (b"", os.urandom(3_000_000)):
        assert pages.get(pages.put(body).sha256) == body


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_tried_again_later_and_leaves_no_piece(
    pages: RawPages, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(TryLater) as told:
        pages.put(BODY)
    assert told.value.reason == "storage_full"
    assert [path for path in pages.root.rglob("*") if path.is_file()] == []
    monkeypatch.undo()
    assert pages.get(pages.put(BODY).sha256) == BODY


@pytest.mark.parametrize("damage", ["gone", "cut", "other"])
def test_a_file_that_is_gone_or_damaged_is_quarantined_by_name(
    pages: RawPages, damage: str
) -> None:
    kept = pages.put(BODY)
    path = pages.path_of(kept.sha256)
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:40])
    else:
        path.write_bytes(pages.path_of(pages.put(b"another page").sha256).read_bytes())
    with pytest.raises(Quarantine) as told:
        pages.get(kept.sha256)
    assert told.value.reason == "raw_page_lost"
    assert kept.sha256 in told.value.detail
