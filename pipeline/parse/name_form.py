"""Whether a text has the form of a name, and names in their usual case."""

from __future__ import annotations

import re

from pipeline.parse.byline_words import NO_NAME_WORDS, NOT_A_NAME, PARTICLES
from pipeline.parse.words import fold

MAX_NAME_CHARS = 60
_MAX_NAME_WORDS = 6
_ARTICLES = frozenset(
    ("la", "el", "los", "las", "le", "les", "il", "lo", "der", "die", "das", "den")
)
_HOUSE_WORDS = NO_NAME_WORDS - PARTICLES
_HONORIFIC = re.compile(r"(?:(?:Dr|Prof|Professor)\b\.?\s*)+(?=\S)", re.I)
_VOWEL = re.compile(r"[AEIOUY]")


def looks_like_name(text: str) -> bool:
    """Whether a text could be a person's name by its form: length, words, capitals."""
    if not 2 <= len(text) <= MAX_NAME_CHARS or any(map(str.isdigit, text)):
        return False
    if NOT_A_NAME.match(text) or re.search(r"[?!<>{}=#%？！。，]|\.\.\.|…", text):
        return False
    words = text.split()
    if len(words) > _MAX_NAME_WORDS or not any(map(str.isalpha, text)):
        return False
    capital = [w for w in words if w.lower() not in PARTICLES]
    if not capital or words[-1] in PARTICLES or words[0] in _ARTICLES:
        return False  # "Kommentar von", "la Autopista Central"
    return all(not w[0].islower() or "-" in w for w in capital)


def is_house(text: str) -> bool:
    """Whether a text has a word that houses, sections and beats have, and no person."""
    return not _HOUSE_WORDS.isdisjoint(text.lower().split())


def cased(name: str) -> str:
    """A name printed in capitals in its usual case; agencies and short names as they are."""
    if len(name) > 5 and " " in name and name.isupper() and name.isascii():
        words = name.split()
        if any(len(word) > 2 and not _VOWEL.search(word) for word in words):
            return name  # a broadcaster's sign
        if is_house(name):
            return name  # a house's
        return name.title()
    return name


def name_key(name: str) -> str:
    """The same for a name in every spelling, with its academic title and without."""
    return fold(_HONORIFIC.sub("", name))
