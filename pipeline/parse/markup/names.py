"""Class names, ids and item properties read into bits: traits of the text inside, roles of it.

``articleBody``, ``article-body`` and ``ARTICLE_BODY`` are the same two words, and two neighbours
also count as one. Both kinds of bits are read in one pass, and everything is cached: reading names
is the costliest part of a page whose publisher was never seen.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.parse.markup.roles import ROLE_WORDS
from pipeline.parse.markup.traits import BIT, TRAIT_WORDS, TRAITS

ROLE_SHIFT = len(TRAITS)
"""Roles stand above the traits in the number of a name: 62 bits in all."""
_CACHED = 65_536
_MAX_NAME_CHARS = 120
_STEM_CHARS = range(4, 9)
_LETTERS_ALONE = {point: " " for point in range(128) if not chr(point).isalpha()}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}")


def _tables() -> tuple[dict[str, int], dict[str, int]]:
    """Bits of whole words, and of stems that begin or end one."""
    whole: dict[str, int] = {}
    stems: dict[str, int] = {}
    for name, words in TRAIT_WORDS.items():
        for word in words.split():
            table = whole if word[0] == "=" else stems
            key = word.lstrip("=")[: _STEM_CHARS[-1] if table is stems else None]
            table[key] = table.get(key, 0) | BIT[name]
            whole[word.lstrip("=")] = whole.get(word.lstrip("="), 0) | BIT[name]
    for role, words in ROLE_WORDS.items():
        for word in words.split():
            whole[word] = whole.get(word, 0) | role << ROLE_SHIFT
    return whole, stems


_WHOLE, _STEMS = _tables()


@lru_cache(maxsize=_CACHED)
def words_of_name(name: str) -> tuple[str, ...]:
    """The lower-case words of one name (no blanks in it), in order."""
    if name.islower() and name.isascii():  # no camel case to take apart: 5 times as fast
        return tuple(name.translate(_LETTERS_ALONE).split())
    return tuple(map(str.lower, _WORD.findall(name)))


@lru_cache(maxsize=_CACHED)
def bits_of(names: str) -> int:
    """The traits of a class attribute, id or item property, with its roles above them."""
    bits = 0
    previous = ""
    for name in names[:_MAX_NAME_CHARS].split():
        found, first, last = _bits_of_one(name)
        bits |= found
        if previous + first in _WHOLE:
            bits |= _WHOLE[previous + first]
        previous = last or previous
    return bits


def roles_of(names: str) -> int:
    """The roles that a class attribute hints at."""
    return bits_of(names) >> ROLE_SHIFT


@lru_cache(maxsize=_CACHED)
def _bits_of_one(name: str) -> tuple[int, str, str]:
    """The bits of one name, and its first and last word, which may be half of a longer one."""
    words = words_of_name(name)
    bits = 0
    previous = ""
    for word in words:
        bits |= _bits_of_word(word) | _WHOLE.get(previous + word, 0)
        previous = word
    return bits, words[0] if words else "", previous


@lru_cache(maxsize=_CACHED)
def _bits_of_word(word: str) -> int:
    bits = _WHOLE.get(word, 0)
    for length in _STEM_CHARS:
        if length >= len(word):
            break
        bits |= _STEMS.get(word[:length], 0) | _STEMS.get(word[-length:], 0)
    return bits
