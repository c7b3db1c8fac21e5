"""What is installed, under which names, and in which sizes."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("pipeline", "workers", "config")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
MOST_LINES = 250
LONGER: dict[str, str] = {
    "pipeline/models.py": "every value of the pipeline, in the order in which they arise",
    "pipeline/store/migrations/versions/0001_first_schema.py": "written by Alembic",
}
"""Modules that may be longer, and why."""


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


def test_nobody_else_provides_our_top_level_names() -> None:
    found = packages_distributions()
    assert {name: set(found.get(name, [])) for name in PACKAGES} == {
        name: {"copydesk"} for name in PACKAGES
    }


def test_imports_are_paths_in_this_tree() -> None:
    script = "import pipeline, workers, config; print(pipeline.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd="/"
    )
    assert Path(found.stdout.strip()) == ROOT / "pipeline" / "__init__.py"


def test_a_wheel_carries_every_file_of_the_packages(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", str(tmp_path)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True, timeout=120)
    [wheel] = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(listed.stdout.split("\n")) - {""} <= carried


def test_no_module_is_long_without_a_reason() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules()
    }
    too_long = {name: n for name, n in lengths.items() if n > MOST_LINES and name not in LONGER}
    assert too_long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if path.name != "__init__.py"
        and not path.read_text(encoding="utf-8").startswith(('"""', "#!"))
    ]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = {path.stem for path in modules()} | {path.parent.name for path in modules()}
    assert named & FORBIDDEN_NAMES == set()


def test_the_lock_names_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {_name(line) for line in wanted}
    locked = {_name(line) for line in (ROOT / "requirements.lock").read_text().splitlines()}
    assert names <= locked


def _name(requirement: str) -> str:
    for mark in "[<>=!~;# ":
        requirement = requirement.partition(mark)[0]
    return requirement.strip().lower().replace("_", "-")
