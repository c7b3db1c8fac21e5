"""The words that count when texts are compared: without case, accents of type, punctuation."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from pipeline.typography import ascii_words, without_type

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # kana, Han
)
"""Scripts written without spaces between words: each character is a token."""

_TOKEN = re.compile(f"[{UNSPACED}]|[^\\W_{UNSPACED}]+")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u2060\ufeff"))
"""Soft hyphen, word joiner, byte order mark: inside words, and never part of them."""

LONGEST_KNOWN = 40
"""Characters of a word that is remembered; a text without spaces is one long word."""


def tokens(text: str) -> list[str]:
    """Words in compatibility form (NFKC), case folded; punctuation and space say nothing."""
    text = without_type(text)
    if text.isascii():
        return ascii_words(text)
    # No rule below looks past a space, and most words of a text are those of every text.
    return [
        token
        for word in text.split()
        for token in (_known(word) if len(word) <= LONGEST_KNOWN else _tokens(word))
    ]


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).translate(_INVISIBLE).casefold())


@lru_cache(maxsize=2**14)
def _known(word: str) -> tuple[str, ...]:
    return tuple(_tokens(word))


def hash_tokens(words: list[str]) -> bytes:
    """SHA-256 of the tokens: equal for texts that differ in typography alone. 32 bytes."""
    joined = " ".join(words)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).digest()
