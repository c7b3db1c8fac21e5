"""Sources as data: a small TOML file (or a row) to a profile and back. Reads no file itself."""

from __future__ import annotations

from pipeline.sources.read import Described, SourceError, describe, read_toml
from pipeline.sources.write import write_toml

__all__ = ["Described", "SourceError", "describe", "read_toml", "write_toml"]
