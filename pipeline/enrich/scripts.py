"""Writing systems, as far as telling words apart needs them. Knows no language and no word."""

from __future__ import annotations

import re
import unicodedata

HAN_KANA = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
"""Chinese characters and Japanese syllables: no spaces between words."""

SOUTH_EAST_ASIAN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Thai, Lao, Burmese, Khmer: spaces between phrases only."""

UNSPACED = HAN_KANA + SOUTH_EAST_ASIAN

_MARKS = "".join(
    character
    for character in map(chr, range(0x300, 0xAC00))
    if unicodedata.category(character) in ("Mn", "Mc")
    and re.match(f"[{UNSPACED}]", character) is None
)
"""Vowel signs and accents written after their letter: regular expressions take them for no part
of a word, and would cut every word of an Indian language."""

_TAIL = f"(?:[{_MARKS}\u200c\u200d]+[^\\W{UNSPACED}]*)*"
WORD = re.compile(f"[^\\W{UNSPACED}]+{_TAIL}(?:['’.\\-‑·][^\\W_{UNSPACED}]+{_TAIL})*")
"""A word of a script with spaces; inner apostrophes, hyphens and dots (``U.S``) belong to it."""

HAN_KANA_CHARACTER = re.compile(f"[{HAN_KANA}]")
SOUTH_EAST_ASIAN_CHARACTER = re.compile(f"[{SOUTH_EAST_ASIAN}]")
UNSPACED_CHARACTER = re.compile(f"[{UNSPACED}]")
UNSPACED_RUN = re.compile(f"[{UNSPACED}]+")


def is_unspaced(text: str) -> bool:
    """Whether any of the text is in a script without spaces between words."""
    return not text.isascii() and UNSPACED_CHARACTER.search(text) is not None
