"""JSON-LD as pages really write it: lenient reading into a flat list of objects.

Knows JSON and schema.org's conventions (``@graph``, ``@id``), not which property means what.
Every cap and every malformed script ends in fewer objects, never in an exception.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

Node = dict[str, Any]

MAX_SCRIPT_CHARS = 1_000_000
"""Longer scripts are left unread: they are catalogues of other pages, not this article."""
MAX_TOTAL_CHARS = 2_000_000
MAX_NODES = 2_000
MAX_DEPTH = 24
_NESTED = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "liveBlogUpdate")
"""Properties whose objects are listed beside their owner."""

_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)+\s*")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BAD_ESCAPE = re.compile(r"\\(?![\"\\/bfnrtu])")
_ADDRESS_PARTS = re.compile(r"[/#:]")
_DECODER = json.JSONDecoder(strict=False)


def read_structured(scripts: Iterable[str], limits: list[str]) -> list[Node]:
    """The objects of all scripts, owners first; caps that were reached are named in ``limits``."""
    nodes: list[Node] = []
    total = 0
    for script in scripts:
        total += len(script)
        if len(script) > MAX_SCRIPT_CHARS or total > MAX_TOTAL_CHARS:
            _note(limits, "max_structured_chars")
            continue
        for node in _flatten(_load(script), 0):
            if len(nodes) >= MAX_NODES:
                _note(limits, "max_structured_nodes")
                break
            nodes.append(node)
    return _resolve(nodes)


def types_of(node: Node) -> list[str]:
    """The node's types without their vocabulary's address: ``["NewsArticle"]``."""
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    named = [kind for kind in listed if isinstance(kind, str)]
    return [kind if kind.isalnum() else _ADDRESS_PARTS.split(kind)[-1] for kind in named]


def _note(limits: list[str], name: str) -> None:
    if name not in limits:
        limits.append(name)


def _load(script: str) -> Any:
    """The first complete JSON value of the script, or None."""
    wrapping = _WRAPPING.match(script)
    text = script[wrapping.end() if wrapping else 0 :].lstrip("\ufeff \t\r\n;")
    value = _first_value(text)
    if value is None:
        repaired = _TRAILING_COMMA.sub("", _BAD_ESCAPE.sub("", _CONTROL.sub(" ", text)))
        value = _first_value(repaired)
        if value is None and "&quot;" in text[:2000]:
            value = _first_value(html.unescape(repaired))
    return value


def _first_value(text: str) -> Any:
    try:
        return _DECODER.raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _flatten(value: Any, depth: int) -> Iterator[Node]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _flatten(item, depth + 1)
    elif isinstance(value, dict):
        if any(key != "@graph" and key != "@context" for key in value):
            yield value
        for key in _NESTED:
            if isinstance(value.get(key), (dict, list)):
                yield from _flatten(value[key], depth + 1)


def _resolve(nodes: list[Node]) -> list[Node]:
    """References ``{"@id": x}`` replaced by the object of that id, one level deep: no cycles."""
    known: dict[str, Node] = {}
    for node in nodes:
        _remember(node, known)
        for value in node.values():
            for item in value if isinstance(value, list) else (value,):
                if isinstance(item, dict):
                    _remember(item, known)
    return [{key: _target(value, known) for key, value in node.items()} for node in nodes]


def _remember(node: Node, known: dict[str, Node]) -> None:
    name = node.get("@id")
    if isinstance(name, str) and len(node) > 1 and len(known.get(name, ())) < len(node):
        known[name] = node


def _target(value: Any, known: dict[str, Node]) -> Any:
    if isinstance(value, list):
        return [_target(item, known) if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict) and len(value) <= 2:
        name = value.get("@id")
        if isinstance(name, str) and not (value.keys() - {"@id", "@type"}):
            return known.get(name, value)
    return value
