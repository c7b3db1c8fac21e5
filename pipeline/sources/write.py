"""A source's profile to the TOML that describes it: what is read back is the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any

from pipeline.models import SelectorRule, SourceProfile
from pipeline.sources.read import KEYS


def write_toml(profile: SourceProfile, *, paused: bool = False) -> str:
    """The description, keys in their documented order; what is not set is left out."""
    lines = list(_keys(profile))
    if paused:
        lines.append("paused = true")
    if profile.headers:
        lines += ["", "[headers]"]
        lines += [f"{_text(name)} = {_text(value)}" for name, value in profile.headers]
    for rule in profile.selectors:
        lines += ["", "[[selectors]]", *_rule(rule)]
    return "\n".join(lines) + "\n"


def _keys(profile: SourceProfile) -> Iterator[str]:
    for key in KEYS:
        value = getattr(profile, key)
        if key != "headers" and value not in (None, ()):
            yield f"{key} = {_value(value)}"


def _rule(rule: SelectorRule) -> Iterator[str]:
    for field in fields(rule):
        value = getattr(rule, field.name)
        if value is not None:
            yield f"{field.name} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        items = [_value(item) for item in value]
        if len(items) < 2:
            return f"[{''.join(items)}]"
        return "[\n" + "".join(f"    {item},\n" for item in items) + "]"
    return str(value)  # a number is written alike in Python and TOML


def _text(text: str) -> str:
    """A basic string of TOML: JSON's, which it shares its escapes with, except for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
