"""Ties the mention of an outlet to the words that make it a citation.

``Reuters reported``, ``told the state news agency TASS``, ``laut der „Zeit“``: a cue stands after
the outlet with few words between, or right before it with at most an article and a description
between. Knows nothing of which outlets there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.enrich.phrases import Found, PhraseIndex, Word
from pipeline.enrich.scripts import WORD, is_unspaced
from pipeline.enrich.word_lists import table

FOLLOW, NEAR, PRECEDE = 1, 2, 4
_KINDS = (("follow", FOLLOW), ("follow_near", NEAR), ("precede", PRECEDE))

MAX_GAP_CHARACTERS = 70
MAX_WORDS = {FOLLOW: 5, NEAR: 1, PRECEDE: 6}
MAX_WORDS_AMBIGUOUS = 2
MAX_WORDS_SHORT_CUE = 3
_SHORT_CUE = 4
"""A preposition of so few letters must stand close by: it leads to other things as well."""
_MAX_CAPITALIZED = 2
"""Of the words between a preceding cue and the outlet: more of them are other names."""
_CLAUSE_END = re.compile(r"[.;:!?。；：！？\n]")
_PAUSE = re.compile(r"[,.;:!?()،؛。，；：、！？\n–—]")
_SAME_LIST = re.compile(
    r"[\s,、،\"'“”„«»]*(?:and|und|et|y|e|en|och|og|i|и|і|та|و|和|ve|dan|や|と|as well as|or|ou|o|oder)?"
    r"[\s\"'“”„«»]*(?:the|la|le|der|die|das|den|dem|el|il|a|o|to|an|à|al)?[\s\"'“”„«»]*"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A mention to tie. ``weak``: it may be no outlet at all, so its cue must stand beside it."""

    start: int
    end: int
    weak: bool


@cache
def cue_index() -> PhraseIndex[int]:
    """Every cue of every language, lower case, with the sides it may stand on."""
    sides: dict[str, int] = {}
    lists = table("cues.toml")
    for key, kind in _KINDS:
        for phrases in lists[key].values():
            for phrase in phrases:
                sides[phrase.lower()] = sides.get(phrase.lower(), 0) | kind
    return PhraseIndex(sides.items())


def find_cues(text: str, words: list[Word]) -> list[Found[int]]:
    """All cues of the text in order; ``words`` are the text's."""
    lowered = [(word.lower(), start, end) for word, start, end in words]
    return cue_index().find(text, lowered)


def cue_for(text: str, name: Name, cues: list[Found[int]]) -> str | None:
    """The words of the nearest cue that fits the mention, None without one.

    ``cues`` are those of the mention's sentence.
    """
    best: tuple[int, str] | None = None
    for cue in cues:
        distance = _distance(text, name, cue)
        if distance is not None and (best is None or distance < best[0]):
            best = (distance, text[cue.start : cue.end])
    return best[1] if best else None


def in_one_list(text: str, first: Name, second: Name) -> bool:
    """Whether only "and" or a comma stands between two mentions: one cue then serves both."""
    gap = text[first.end : second.start]
    return len(gap) <= 24 and _SAME_LIST.fullmatch(gap) is not None


def _distance(text: str, name: Name, cue: Found[int]) -> int | None:
    if cue.start >= name.end:
        return _after(text, name, cue)
    if cue.end <= name.start and cue.meaning & PRECEDE:
        return _before(text, name, cue)
    return None


def _after(text: str, name: Name, cue: Found[int]) -> int | None:
    distance = cue.start - name.end
    if distance > MAX_GAP_CHARACTERS:
        return None
    gap = text[name.end : cue.start]
    if _CLAUSE_END.search(gap) or gap[:1] == ")":
        return None  # "Dettling (SZ) said": what closes a bracket belongs to the word before it
    if is_unspaced(gap):
        return distance if cue.meaning & FOLLOW else None
    count = len(WORD.findall(gap))
    if cue.meaning & FOLLOW:
        allowed = MAX_WORDS_AMBIGUOUS if name.weak else MAX_WORDS[FOLLOW]
        if count <= allowed and not (name.weak and _PAUSE.search(gap)):
            return distance
    return distance if cue.meaning & NEAR and count <= MAX_WORDS[NEAR] else None


def _before(text: str, name: Name, cue: Found[int]) -> int | None:
    distance = name.start - cue.end
    if distance > MAX_GAP_CHARACTERS:
        return None
    gap = text[cue.end : name.start]
    if _PAUSE.search(gap):
        return None
    between = WORD.findall(gap)
    allowed = MAX_WORDS_AMBIGUOUS if name.weak else MAX_WORDS[PRECEDE]
    if cue.end - cue.start <= _SHORT_CUE:
        allowed = min(allowed, MAX_WORDS_SHORT_CUE)
    capitalized = sum(word[0].isupper() for word in between)
    return distance if len(between) <= allowed and capitalized <= _MAX_CAPITALIZED else None
