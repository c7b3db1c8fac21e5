"""Sources from files: TOML, directories of it, OPML, CSV. All is read before anything is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.discover.found import Undiscoverable
from pipeline.discover.opml import Outline, read_opml
from pipeline.sources import Described, SourceError, describe, read_toml, write_toml
from pipeline.sources.checks import nearest
from pipeline.urls import host_of

COLUMNS = (
    "name", "publisher", "home", "feeds", "sitemaps", "pages", "domains", "language", "timezone",
    "interval_seconds", "max_in_flight", "poll_seconds", "paused",
)  # fmt: skip
"""Columns of a CSV file; lists stand in one cell, with blanks between their entries."""
_LISTS = ("feeds", "sitemaps", "pages", "domains")
_NUMBERS = {"interval_seconds": float, "poll_seconds": float, "max_in_flight": int}


def read_sources(paths: Iterable[Path]) -> list[Described]:
    """Every source that the files describe. Raises :class:`SourceError` with the problems of all of
    them, and ``OSError``."""
    found: list[tuple[str, Described]] = []
    problems: list[str] = []
    for path in paths:
        files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if not files:
            problems.append(f"{path}: a directory without a *.toml file")
        for file in files:
            try:
                found += [(str(file), one) for one in _read(file)]
            except SourceError as error:
                problems += error.problems
    problems += _twice(found)
    if problems:
        raise SourceError(problems)
    return [one for _, one in found]


def write_sources(directory: Path, sources: Iterable[Described]) -> list[Path]:
    """A TOML file for each, named after it; the paths written."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for one in sources:
        path = directory / f"{one.profile.name}.toml"
        path.write_text(write_toml(one.profile, paused=one.paused), encoding="utf-8")
        written.append(path)
    return written


def _read(path: Path) -> list[Described]:
    data = path.read_bytes()
    kind = path.suffix.lower()
    if kind in (".opml", ".xml"):
        return from_opml(data, str(path))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError([f"{path}: not UTF-8 text: {error}"]) from error
    if kind == ".csv":
        return from_csv(text, str(path))
    if kind == ".toml":
        return [read_toml(text, str(path))]
    raise SourceError([f"{path}: a source is described in .toml, .opml or .csv, not in {kind!r}"])


def _twice(found: list[tuple[str, Described]]) -> list[str]:
    places: dict[str, str] = {}
    problems = []
    for where, one in found:
        name = one.profile.name
        if name in places:
            problems.append(f"{where}: source {name!r} is described in {places[name]} too")
        places.setdefault(name, where)
    return problems


# ------------------------------------------------------------------ OPML
def from_opml(data: bytes, where: str) -> list[Described]:
    """The feeds of an OPML file, those of one site as one source. Raises :class:`SourceError`."""
    try:
        outlines = read_opml(data)
    except Undiscoverable as error:
        raise SourceError([f"{where}: {error}"]) from error
    if not outlines:
        raise SourceError([f"{where}: no outline with an xmlUrl"])
    sites: dict[str, list[Outline]] = {}
    for outline in outlines:
        site = _bare(host_of(outline.home or outline.feed))
        sites.setdefault(site or outline.feed, []).append(outline)
    return _all(
        (_opml_values(site, group), f"{where}: {group[0].title or site}")
        for site, group in sites.items()
    )


def _opml_values(site: str, group: list[Outline]) -> dict[str, Any]:
    home = next((outline.home for outline in group if outline.home), None)
    title = group[0].title if len(group) == 1 else None
    language = next((outline.language for outline in group if outline.language), None)
    values: dict[str, Any] = {
        "name": site,
        "publisher": title,
        "home": home,
        "language": language,
        "feeds": [outline.feed for outline in group],
    }
    return {key: value for key, value in values.items() if value}


# ------------------------------------------------------------------ CSV
def from_csv(text: str, where: str) -> list[Described]:
    """A source a line, by a header of :data:`COLUMNS`. Raises :class:`SourceError`."""
    rows = csv.DictReader(io.StringIO(text), strict=True)
    try:
        header = [name.strip() for name in rows.fieldnames or ()]
        unknown = [name for name in header if name not in COLUMNS]
        if unknown or not header:
            hints = [
                f"{where}: unknown column {name!r}{nearest(name, COLUMNS)}; known are "
                f"{', '.join(COLUMNS)}"
                for name in unknown or [""]
            ]
            raise SourceError(hints)
        rows.fieldnames = header
        return _all((_csv_values(row), f"{where} line {rows.line_num}") for row in rows)
    except csv.Error as error:
        raise SourceError([f"{where} line {rows.line_num}: {error}"]) from error


def _csv_values(row: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, cell in row.items():
        if key is None or cell is None:
            values["a cell without a column" if key is None else key] = cell
        elif cell := cell.strip():
            values[key] = cell.split() if key in _LISTS else _typed(key, cell)
    if "name" not in values:
        known = [values.get("home"), *(values.get("feeds") or ()), *(values.get("pages") or ())]
        values["name"] = _bare(host_of(next((url for url in known if url), "")))
    return values


def _typed(key: str, cell: str) -> Any:
    if key == "paused":
        return {"true": True, "false": False}.get(cell.lower(), cell)
    try:
        return _NUMBERS[key](cell) if key in _NUMBERS else cell
    except ValueError:
        return cell  # the check says what was expected


def _all(given: Iterable[tuple[dict[str, Any], str]]) -> list[Described]:
    found: list[Described] = []
    problems: list[str] = []
    for values, where in given:
        try:
            found.append(describe(values, where))
        except SourceError as error:
            problems += error.problems
    if problems:
        raise SourceError(problems)
    return found


def _bare(host: str) -> str:
    """A host as a source's name."""
    return host.removeprefix("www.")
