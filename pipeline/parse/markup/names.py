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
_OPENS = 1 << 63
"""Of a word: it begins one of ours that may be written as two."""
_CACHED = 65_536
_CACHED_WORDS = 1_024
"""For the classifier asks after the names of a page that was just walked."""
_MAX_NAME_CHARS = 120
_STEM_CHARS = range(4, 9)
_LETTERS_ALONE = bytes(point if chr(point).isalpha() else 32 for point in range(128)) + bytes(128)
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
_OPENINGS = frozenset(word[:end] for word in _WHOLE for end in range(1, len(word)))
"""What a word must be for it and the next to be one of ours together."""


@lru_cache(maxsize=_CACHED_WORDS)
def words_of(names: str) -> tuple[str, ...]:
    """The lower-case words of one name or of several with blanks between, in order."""
    if names.islower() and names.isascii():  # no camel case to take apart: 3 times as fast
        return tuple(names.encode().translate(_LETTERS_ALONE).decode().split())
    return tuple(" ".join(_WORD.findall(names)).lower().split())


class _BitsOfWords(dict[str, int]):
    """The bits of words, made when they are asked for; the last ones are kept."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _CACHED:
            self.clear()
        bits = _WHOLE.get(word, 0) | (_OPENS if word in _OPENINGS else 0)
        for length in _STEM_CHARS:
            if length >= len(word):
                break
            bits |= _STEMS.get(word[:length], 0) | _STEMS.get(word[-length:], 0)
        self[word] = bits
        return bits


_BITS_OF_WORDS = _BitsOfWords()


@lru_cache(maxsize=_CACHED)
def bits_of(names: str) -> int:
    """The traits of a class attribute, id or item property, with its roles above them."""
    bits = 0
    opening = ""
    for word in words_of(names[:_MAX_NAME_CHARS]):
        of_word = _BITS_OF_WORDS[word]
        bits |= of_word
        if opening:
            bits |= _WHOLE.get(opening + word, 0)
        opening = word if of_word & _OPENS else ""
    return bits & ~_OPENS


def roles_of(names: str) -> int:
    """The roles that a class attribute hints at."""
    return bits_of(names) >> ROLE_SHIFT
