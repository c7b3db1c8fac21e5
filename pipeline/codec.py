"""Values to JSON and back, without loss. The only place that knows how values are serialized."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

Value = TypeVar("Value")


def to_json(value: object) -> bytes:
    """UTF-8 JSON of a value of :mod:`pipeline.models`; bytes as base64, times as RFC 3339."""
    return msgspec.json.encode(value)


def from_json(kind: type[Value], data: bytes | str) -> Value:
    """The value that :func:`to_json` wrote.

    Raises ``msgspec.ValidationError`` (a ``ValueError``) naming the path that does not fit.
    """
    return msgspec.json.decode(data, type=kind)


def to_plain(value: object) -> Any:
    """Dicts, lists and strings as they would stand in the JSON."""
    return msgspec.to_builtins(value)
