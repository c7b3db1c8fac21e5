"""Tells a German speaker's name from the nouns, which have capitals, too."""

from __future__ import annotations

import re

_DETERMINER = (
    r"\b(?:[Dd](?:er|ie|as|en|em|es)|[Ee]in(?:e[nmrs]?)?|[Kk]eine?|[Ss]eine?[nmrs]?|[Ii]hre?[nmrs]?"
    r"|[Dd]iese[nmrs]?|[Jj]ede[nmrs]?|[Vv]iele[nr]?|[Ii]m|[Aa]m|[Zz]u[mr]|[Vv]om|[Bb]eim|[Ii]ns?)"
)
_ARTICLES = frozenset(("der", "den", "dem", "des"))


def german_speaker(text: str, name: str) -> str | None:
    """The name without what follows it (``Berg von der Universität``); None for a noun.

    A lone word is a noun where the text puts an article or the like before it.
    """
    parts = name.split(" ")
    place = next((n for n, part in enumerate(parts) if n and part in _ARTICLES), len(parts))
    if place < len(parts) and parts[place - 1] == "von":
        place = place - 1 if place > 2 else len(parts)  # not "Ursula von der Heide"
    kept = parts[:place]
    if len(kept) == 1 and _is_noun(text, kept[0]):
        return None
    return " ".join(kept)


def _is_noun(text: str, word: str) -> bool:
    pattern = rf"{_DETERMINER}(?: [a-zäöüß]+)? {re.escape(word)}\b"
    return re.search(pattern, text) is not None
