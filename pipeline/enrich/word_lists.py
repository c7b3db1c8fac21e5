"""Reads the word lists beside the code, once. The only file of this stage that reads files."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

_FOLDER = resources.files("pipeline.enrich") / "data"


@cache
def table(file_name: str) -> dict[str, Any]:
    """A TOML file of ``data/``."""
    return tomllib.loads((_FOLDER / file_name).read_text(encoding="utf-8"))


@cache
def rows(file_name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a tab-separated file of ``data/``, without comments and empty lines."""
    lines = (_FOLDER / file_name).read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split("\t")) for line in lines if line and not line.startswith("#"))


@cache
def words(file_name: str, key: str) -> frozenset[str]:
    """All words of a TOML file's table whose values are strings of words, by language."""
    lists = table(file_name)[key]
    texts = lists.values() if isinstance(lists, dict) else [lists]
    return frozenset(word for text in texts for word in text.split())
