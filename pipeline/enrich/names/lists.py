"""The word lists of ``names.toml``, each as the set that the rules ask. Reads once."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from pipeline.enrich.phrases import cyrillic_stem
from pipeline.enrich.word_lists import words

_FILE = "names.toml"
_MIN_STEM = 4
_SLAVIC_ENDINGS = (
    *("ove", "ovi", "owi", "ego", "emu", "em", "ou", "om", "ym"),
    *("a", "e", "y", "i", "u"),
)


@dataclass(frozen=True, slots=True)
class NameLists:
    titles: frozenset[str]
    title_endings: tuple[str, ...]
    first_names: frozenset[str]
    first_name_stems: frozenset[str]
    organization_last: frozenset[str]
    organization_first: frozenset[str]
    organization_endings: tuple[str, ...]
    place_last: frozenset[str]
    place_first: frozenset[str]
    other_last: frozenset[str]
    not_names: frozenset[str]
    not_acronyms: frozenset[str]
    demonyms: frozenset[str]
    demonym_endings: tuple[str, ...]
    particles: frozenset[str]
    connectors: frozenset[str]
    grammar: frozenset[str]
    times: frozenset[str]
    speech_verbs: frozenset[str]


@cache
def name_lists() -> NameLists:
    """Every list, all languages together."""
    return NameLists(
        titles=words(_FILE, "titles"),
        title_endings=tuple(words(_FILE, "title_endings")),
        first_names=words(_FILE, "first_names"),
        first_name_stems=frozenset(map(stem, words(_FILE, "first_names"))),
        organization_last=words(_FILE, "organization_last"),
        organization_first=words(_FILE, "organization_first"),
        organization_endings=tuple(words(_FILE, "organization_endings")),
        place_last=words(_FILE, "place_last"),
        place_first=words(_FILE, "place_first"),
        other_last=words(_FILE, "other_last"),
        not_names=words(_FILE, "not_names"),
        not_acronyms=words(_FILE, "acronyms_of_nothing"),
        demonyms=words(_FILE, "demonyms"),
        demonym_endings=tuple(words(_FILE, "demonym_endings")),
        particles=words(_FILE, "particles"),
        connectors=words(_FILE, "connectors"),
        grammar=words("function_words.toml", "function_words"),
        times=words("time_words.toml", "time_words"),
        speech_verbs=words("speech.toml", "verbs"),
    )


def is_title(word: str) -> bool:
    """Whether the word is a title or role that stands before a name, in any case of letters."""
    lists = name_lists()
    lowered = word.lower().rstrip(".")
    return lowered.rpartition("-")[2] in lists.titles or (
        word[:1].isupper() and len(lowered) > 6 and lowered.endswith(lists.title_endings)
    )


def is_first_name(word: str) -> bool:
    """A widespread given name, in Cyrillic in any case of grammar."""
    lists = name_lists()
    return word in lists.first_names or (
        not word.isascii() and stem(word) in lists.first_name_stems
    )


def slavic_stem(word: str) -> str:
    """The word without the case endings of Polish, Czech and their Latin-script relatives."""
    plain = stem(word)
    for ending in _SLAVIC_ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= _MIN_STEM:
            return plain[: -len(ending)]
    return plain


def stem(word: str) -> str:
    """The word as names are compared: without accents, and in Cyrillic and Greek without the
    endings of case (``Соколова`` -> ``Сокол``, as ``Соколов``)."""
    if "\u0400" <= word[:1] <= "\u04ff":
        shorter = cyrillic_stem(word) if len(word) > _MIN_STEM else word
        return word if shorter == word else stem(shorter)
    if "\u0370" <= word[:1] <= "\u03ff" and len(word) > 4:
        return word.rstrip("ςυ")
    if not word.isascii():
        plain = unicodedata.normalize("NFKD", word)
        return "".join(one for one in plain if not unicodedata.combining(one))
    return word


def is_demonym(word: str) -> bool:
    """``Russian``, ``U.S.-backed``: of a place, and no place."""
    lists = name_lists()
    return word in lists.demonyms or word.endswith(lists.demonym_endings)


def is_empty(word: str) -> bool:
    """Months, days and words that are capitalized and name nothing."""
    lists = name_lists()
    return word in lists.not_names or word.casefold().rstrip(".") in lists.times
