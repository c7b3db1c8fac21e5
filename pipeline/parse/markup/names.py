"""Class names, ids and item properties read into bits: traits of the text inside, roles of it.

``articleBody``, ``article-body`` and ``ARTICLE_BODY`` are the same two words, and two neighbours
also count as one. Both kinds of bits are read in one pass, and everything is cached: reading names
is the costliest part of a page whose publisher was never seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.parse.markup.roles import ROLE_WORDS
from pipeline.parse.markup.traits import BIT, TRAIT_WORDS, TRAITS

ROLE_SHIFT = len(TRAITS)
"""Roles stand above the traits in the number of a name: 62 bits in all."""
_OPENS = 1 << 63
"""Of a word: it begins one of ours that may be written as two."""
_CACHED = 65_536
_MAX_NAME_CHARS = 120
_STEM_CHARS = range(4, 9)
_LETTERS_ALONE = bytes(
    point if chr(point).isalpha() or point == 0 else 32 for point in range(128)
) + bytes(128)
"""NUL, which no name holds, stays between two of them."""
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


def words_of(names: str) -> list[str]:
    """The lower-case words of one name or of several with blanks between, in order."""
    return words_of_each([names])[0]


def words_of_each(many: Sequence[str]) -> list[list[str]]:
    """The same of each of several such texts, at once: to take one text apart by itself costs
    twice as much."""
    plain = [
        names if names.islower() and names.isascii() else _camel_case_apart(names) for names in many
    ]
    parts = "\0".join(plain).encode().translate(_LETTERS_ALONE).decode().split("\0")
    if len(parts) != len(many):  # there are none, or one holds a NUL
        parts = [_camel_case_apart(names) for names in many]
    return [part.split() for part in parts]


def _camel_case_apart(names: str) -> str:
    return " ".join(_WORD.findall(names)).lower()


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


class _BitsOfNames(dict[str, int]):
    """The same of whole names."""

    def __missing__(self, names: str) -> int:
        self.read([names])
        return self[names]

    def read(self, many: Sequence[str]) -> None:
        """Make the bits of names that are not known yet."""
        if len(self) >= _CACHED:
            self.clear()
        each = words_of_each([names[:_MAX_NAME_CHARS] for names in many])
        for names, words in zip(many, each, strict=True):
            bits = 0
            opening = ""
            for word in words:
                of_word = _BITS_OF_WORDS[word]
                if opening and (of_both := _WHOLE.get(opening + word)):
                    bits |= of_both
                if of_word:
                    bits |= of_word
                    opening = word if of_word >= _OPENS else ""
                else:
                    opening = ""
            self[names] = bits & ~_OPENS if bits >= _OPENS else bits


_BITS_OF_WORDS = _BitsOfWords()
_BITS_OF_NAMES = _BitsOfNames()


bits_of = _BITS_OF_NAMES.__getitem__
"""The traits of a class attribute, id or item property, with its roles above them. (No function of
its own, for it is asked at every element.)"""


def read_names(many: Iterable[str]) -> None:
    """Make the bits of several names at once, which is cheaper than one after the other."""
    _BITS_OF_NAMES.read([names for names in many if names not in _BITS_OF_NAMES])


def roles_of(names: str) -> int:
    """The roles that a class attribute hints at."""
    return _BITS_OF_NAMES[names] >> ROLE_SHIFT
