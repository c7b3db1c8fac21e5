"""Values to JSON and back, without loss. The only place that knows how values are serialized."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

Value = TypeVar("Value")


def to_json(value: object) -> bytes:
    """UTF-8 JSON of a value of :mod:`pipeline.models`; bytes as base64, times as RFC 3339.

    Lone surrogates, which pages do contain and UTF-8 cannot, become U+FFFD.
    """
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_without_surrogates(msgspec.to_builtins(value)))


def from_json(kind: type[Value], data: bytes | str) -> Value:
    """The value that :func:`to_json` wrote.

    Raises ``msgspec.ValidationError`` (a ``ValueError``) naming the path that does not fit.
    """
    return msgspec.json.decode(data, type=kind)


def to_plain(value: object) -> Any:
    """Dicts, lists and strings as they would stand in the JSON."""
    return msgspec.to_builtins(value)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_surrogates(item) for item in value]
    return value
