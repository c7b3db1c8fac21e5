"""Regular expressions of many words that cost little where none of them stands."""

from __future__ import annotations

import re

_WORD = re.compile(r"(?:\\.|\[[^\]]*\]|\((?:\\.|[^()\\])*\)|[^|()\[\\])+")
"""One alternative: no ``|`` but inside brackets."""


def any_of(words: str) -> str:
    """A pattern for any of the words, which are patterns too and parted by ``|``. ``re`` tries all
    of them, one after the other, wherever it looks: so it is asked for a letter that begins one of
    them first, and then for those with that letter, in their order."""
    ends: dict[str, list[str]] = {}
    parts = _WORD.findall(words)
    if "|".join(parts) != words:
        raise ValueError("brackets within brackets, or a word without letters")
    for word in parts:
        if not word[0].isalpha():
            raise ValueError(f"{word!r} begins with no letter")
        ends.setdefault(word[0], []).append(word[1:])
    tried = "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in ends.items())
    return f"(?=[{''.join(ends)}])(?:{tried})"
