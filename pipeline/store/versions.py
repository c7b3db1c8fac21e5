"""Versions of what reads and enriches pages: ``name/number``, compared as people mean them."""

from __future__ import annotations

import re

_NUMBERS = re.compile(r"\d+")


def split_version(text: str) -> tuple[str, tuple[int, ...]]:
    """``copydesk-parse/1.2`` -> ``("copydesk-parse", (1, 2))``; no number is older than any."""
    name, _, number = text.rpartition("/")
    return name or text, tuple(int(one) for one in _NUMBERS.findall(number)) if name else ()


def is_older(made_by: str, wanted: str) -> bool:
    """Whether ``made_by`` is an earlier version than ``wanted``, or something else altogether.

    10 comes after 9, and 1 is 1.0.
    """
    name, number = split_version(made_by)
    wanted_name, wanted_number = split_version(wanted)
    if name != wanted_name:
        return True
    width = max(len(number), len(wanted_number))
    return _padded(number, width) < _padded(wanted_number, width)


def _padded(number: tuple[int, ...], width: int) -> tuple[int, ...]:
    # Nothing at all is before zero.
    return (*number, *[0] * (width - len(number))) if number else (-1,) * width
