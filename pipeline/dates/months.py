"""From a month's name to its number, in the languages of :mod:`month_names`."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pipeline.dates.month_names import MONTH_NAMES

_SIBLINGS = {"no": "nb", "nn": "nb", "sh": "hr", "iw": "he", "in": "id", "tl": "fil"}
_FIRST_SCRIPT_WITHOUT_ACCENTS = "\u0590"


@lru_cache(maxsize=4096)
def month_number(word: str, language: str | None = None) -> int | None:
    """1 to 12, or None. ``language`` decides where two languages share a word (srpen, listopad)."""
    key = _fold(word)
    own = _tables().get(_SIBLINGS.get(language or "", language or ""))
    if own and key in own:
        return own[key]
    return _all_languages().get(key)


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, int]]:
    tables = {}
    for line in MONTH_NAMES.splitlines():
        language, *months = line.split("\t")
        tables[language] = {
            _fold(name): number
            for number, names in enumerate(months, 1)
            for name in names.split("|")
        }
    return tables


@lru_cache(maxsize=1)
def _all_languages() -> dict[str, int]:
    merged: dict[str, int] = {}
    for table in _tables().values():
        for name, number in table.items():
            merged.setdefault(name, number)
    return merged


def _fold(word: str) -> str:
    """Lower case without dots, and without accents where they are accents."""
    word = word.casefold().strip(" .،,·-–")
    if word[1:2] in ("'", "’"):  # Catalan and French elision: d’abril
        word = word[2:]
    if word[:1] == "ב":  # Hebrew writes its "in" as one word with the month; none begins so
        word = word[1:].lstrip("-־")
    if word[:1] < _FIRST_SCRIPT_WITHOUT_ACCENTS:
        word = "".join(
            c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c)
        )
    return unicodedata.normalize("NFC", word)
