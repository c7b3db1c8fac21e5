"""``copydesk export`` as it is typed."""

from __future__ import annotations

import builtins
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.store.engine import open_engine
from tests.store.test_search import fill
from tests.workers.conftest import Run


@pytest.fixture
def filled(run: Run, directory: Path) -> Path:
    assert run("db", "upgrade").code == 0
    engine = open_engine(f"sqlite:///{directory}/var/copydesk.db")
    fill(engine)
    engine.dispose()
    return directory


def test_a_place_is_a_directory_or_by_its_ending_one_file(run: Run, filled: Path) -> None:
    made = run("export", "--to", "out", "--language", "en", "--json")
    assert made.code == 0
    assert (made.json["count"], made.json["query"]) == (4, {"language": "en"})
    assert made.json["files"][0]["name"] == "part-00001.jsonl"
    assert run("export", "--format", "csv", "--to", "a.csv.gz").code == 0
    assert (filled / "a.csv.gz").read_bytes().startswith(b"\x1f\x8b")
    assert json.loads((filled / "a.csv.gz.manifest.json").read_text())["count"] == 7
    again = run("export", "--to", "out", "--language", "en")
    assert again.code == 0 and "4 articles in 1 files" in again.err


def test_what_makes_no_sense_is_refused_with_what_to_do(run: Run, filled: Path) -> None:
    assert run("export", "--to", "out").code == 0
    (filled / "notes").mkdir()
    (filled / "notes" / "manifest.json").write_text("[]")
    for words, said in (
        (("--to", "out", "--publisher", "x"), "name another directory"),
        (("--to", "out", "--after", "3"), "leave --after out"),
        (("--to", "notes"), "is not the manifest of an export"),
        (("--to", "x", "--format", "xml"), "use one of jsonl, csv"),
        (("--to", "x", "--format", "parquet", "--compress", "gzip"), "columns are compressed"),
        (("--to", "a.csv.gz", "--format", "csv", "--compress", "zstd"), "does not go with"),
        (("--to", "x", "--since", "soon"), "--since"),
    ):
        refused = run("export", *words)
        assert refused.code == 2, words
        assert said in refused.err, words


@pytest.mark.parametrize("place", ["out", "deep/out", "deep/out.parquet"])
def test_parquet_without_its_library_says_what_to_install_and_leaves_nothing_behind(
    place: str, run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "pipeline.export.parquet":
            raise ImportError("No module named 'pyarrow'")
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    before = set(filled.iterdir())
    refused = run("export", "--format", "parquet", "--to", place)
    assert refused.code == 4
    assert "pip install 'pyarrow" in refused.err
    assert set(filled.iterdir()) == before
