"""Texts that are ASCII but for their typography, as most English ones are: a short way to words."""

from __future__ import annotations

import re

_TYPE = re.compile("[\u00a0«»\u2013\u2014‘’‚“”„\u2026]+")
"""What makes a text in ASCII letters more than ASCII, and parts words."""
_ASCII = {n: chr(n).lower() if chr(n).isalnum() else " " for n in range(128)}


def without_type(text: str) -> str:
    """The text with a blank for dashes, quotation marks and the like."""
    return text if text.isascii() else _TYPE.sub(" ", text)


def ascii_words(text: str) -> list[str]:
    """The words of a text in ASCII: runs of letters and digits, in lower case."""
    return text.translate(_ASCII).split()
