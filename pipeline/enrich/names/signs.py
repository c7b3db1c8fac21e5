"""What speaks for a run being a person, a body or a place: its words, and what stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.enrich.names.gazetteer import Known
from pipeline.enrich.names.lists import is_demonym, is_empty, is_first_name, is_title, name_lists
from pipeline.enrich.names.named import Kind
from pipeline.enrich.names.runs import NameText, is_capitalized
from pipeline.enrich.phrases import Found

MAX_PERSON_WORDS = 6
_AGE = re.compile(r",? ?\(?[1-9]\d\)?\b(?! ?(?:%|percent|per cent))")
_WEAK_TITLES = frozenset(
    (
        "chief", "deputy", "general", "officer", "director", "manager", "secretary", "top",
        "father", "author", "founder", "coach", "detective", "representative", "rep", "major",
        "judge", "justice", "star", "premier", "head", "ο", "η", "κ",
    )
)  # fmt: skip
"""Lower-case roles that also stand before other names: one word after them is no person yet."""


@dataclass(slots=True)
class Around:
    """What is known of the text before its runs are looked at."""

    text: NameText
    known: dict[int, Found[Known]]
    """Listed names by the number of their first word."""
    people: frozenset[str]
    """Names of authors and speakers."""
    lone_words: dict[str, int] = field(default_factory=dict)
    """How often a word stands as a run of its own, not opening a sentence."""


def kind_of(first: int, last: int, around: Around, opens: bool) -> Kind | None:
    lists = name_lists()
    words = [word.rstrip(".") for word, _, _ in around.text.words[first : last + 1]]
    if announces_body(first, last, around):
        return "organization"
    if words[-1] in lists.other_last:
        return "other"
    person_first = is_first_name(words[0])
    if words[-1] in lists.place_last or (words[0] in lists.place_first and not person_first):
        return "place"
    if len(words) > MAX_PERSON_WORDS or any(is_empty(word) or is_demonym(word) for word in words):
        return "other"
    if person_first or _is_person_by_place(first, last, around, opens):
        return "person"
    if words[0] in lists.grammar or words[0].lower() in lists.grammar:
        return None
    return "other"


def _is_person_by_place(first: int, last: int, around: Around, opens: bool) -> bool:
    """By what stands around: a role before, an age or a verb of saying after, a speaker's name."""
    text, words = around.text, around.text.words
    name = text.text[words[first][1] : words[last][2]]
    capitals = all(is_capitalized(word) for word, _, _ in words[first : last + 1])
    if name in around.people and (capitals or not text.nouns_capitalized):
        return True
    if any(word.lower() in text.lowercase for word, _, _ in words[first : last + 1]):
        return False
    if any(word.isupper() and len(word) > 2 for word, _, _ in words[first : last + 1]):
        return False
    if _known_first(first, around):
        return False
    if title_before(first, around, strong=False) or _AGE.match(text.text, words[last][2]):
        return not text.nouns_capitalized or title_before(first, around, strong=False)
    if any(word in name_lists().particles for word, _, _ in words[first + 1 : last]):
        return not text.nouns_capitalized
    if text.nouns_capitalized or last - first > 2:
        return False
    follows = last + 1 < len(words) and len(text.between(last, last + 1)) == 1
    if follows and words[last + 1][0] in name_lists().speech_verbs:
        return True
    recurs = around.lone_words.get(words[last][0], 0) > 0 and last not in around.known
    return recurs and not opens and not is_title(words[last][0])


def _known_first(first: int, around: Around) -> bool:
    """``London Fashion Week``: a run that a place or body opens names nobody."""
    return first in around.known


def announces_body(first: int, last: int, around: Around) -> bool:
    lists = name_lists()
    words = [word.rstrip(".") for word, _, _ in around.text.words[first : last + 1]]
    if words[-1] in lists.organization_last and len(words) > 1:
        return True
    if words[0] in lists.organization_first and len(words) > 1:
        return (
            words[1] in lists.connectors or words[1] in lists.particles or words[0][-1] not in "h"
        )
    if any(word in lists.organization_last for word in words[:-1]):
        # "Ministry of Defence": the word that announces a body, then what it is for
        inner = [n for n, word in enumerate(words[:-1]) if word in lists.organization_last]
        return any(words[n + 1] in ("of", "for", "de", "und", "für", "van") for n in inner)
    return len(words) == 1 and words[0].lower().endswith(lists.organization_endings)


def title_before(position: int, around: Around, *, strong: bool) -> bool:
    if position == 0:
        return False
    gap = around.text.between(position - 1, position)
    word = around.text.words[position - 1][0]
    if gap not in (" ", "\u00a0", ". ") or not is_title(word):
        return False
    return not strong or word.lower() not in _WEAK_TITLES


def is_noun(position: int, around: Around) -> bool:
    """Whether the word may be a German noun or an everyday word."""
    word = around.text.words[position][0]
    return word.lower() in around.text.lowercase or word in name_lists().organization_last


def is_everyday(position: int, around: Around, known: Known) -> bool:
    word = around.text.words[position][0]
    if word.isupper():
        return known.weak
    word = word.lower()
    return known.weak or word in around.text.lowercase or word in name_lists().grammar


def known_at(first: int, last: int, around: Around) -> Found[Known] | None:
    """The listed name that is exactly the words ``first`` to ``last``."""
    known = around.known.get(first)
    if known is None or first > last:
        return None
    end = around.text.words[last][2]
    return known if end - 1 <= known.end <= end + 1 else None
