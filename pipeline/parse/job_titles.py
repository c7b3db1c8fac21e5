"""Job titles that stand beside a name with nothing between them: "Jane Doe Political Editor"."""

from __future__ import annotations

import re

from pipeline.parse.byline_words import HOUSE_ROLE, LEAD, NO_NAME_WORDS, PARTICLES, ROLE

COMPOUND_ROLE = re.compile(
    r"[^\W\d_]-?(?:redakteur|redaktör|korrespondent|reporter|journalist|leiter|sprecher|präsident|"
    r"direktor|expert)(?:e|en|in|innen)?\b",
    re.I,
)
"""A German title with its beat before it, which makes one word of them."""
_WORDS_OF_KINDS = """
    acting affairs agriculture arts assistant breaking business capitol chief city climate
    community consumer content copy court courts crime culture data defence defense deputy
    diplomatic digital economic economics education energy entertainment environment environmental
    executive fashion feature features film finance financial food foreign general global group
    guest health high home house industry international investigations investigative junior labor
    labour lead legal lifestyle local managing market markets media metro money music national news
    night online opinion parliament parliamentary photo police policy political politics principal
    property public racing real regional religion royal rural school schools science security
    showbiz social special sport sports state statehouse supreme tech technology transport travel
    video washington weekend west east north south white world
"""
_KINDS = frozenset(_WORDS_OF_KINDS.split())
_GERMAN_KIND = re.compile(
    r"(?:leitend|stellvertretend|frei|ehemalig|[^\W\d_]+(?:isch|lich))e[rn]?|stv\.?", re.I
)
"""What stands before the title's noun: beats and ranks."""
_MOST_KINDS = 4
_NAME_WORDS = range(2, 5)
_INNER = re.compile(r"[^\W\d_]\.?")
"""An initial."""
_NAME = re.compile(r"(?:[^\W\d_]|['’.-])+")
_MOST_DESK_WORDS = 5
_DESK = re.compile(
    r"\b(?:\w*redaktion|redacci[oó]n|r[ée]daction|redazione|redação|redactie|toimitus|редакция|staff|"
    r"newsroom|desk|team|editors|bureau)\b",
    re.I,
)
_ALONE = re.compile(r"\w*redaktion|redacci[oó]n|redazione|redação|redactie|редакция|newsroom", re.I)
"""Desks that need no other word."""
_NO_DESK = re.compile(
    r"^(?:meet|contact|join|about|ask|e-?mail|write|kontakt\w*|leitung|contacte[rz]?)\b|"
    r"\b(?:and|of|to|an|at|zur|wire)\b",
    re.I,
)
"""What buttons and other bodies have beside the word: "Meet the team", "Chief of Staff"."""
_TITLE_WORD = re.compile(r"staff|reporters?|writers?|editors|correspondents?|team|our|the", re.I)


def name_before_title(text: str) -> tuple[str, str] | None:
    """The name and the title of a text that gives them in this order, or None: two words, or more
    if those in the middle are initials or particles. What else stands there may be a beat."""
    first = ROLE.search(text) or COMPOUND_ROLE.search(text)
    if first is None or not text[: first.start()].strip():
        return None
    words = text[: text.rfind(" ", 0, first.start() + 1)].split()
    if _is_desk(text[first.start() :]):
        return None
    kinds = 0
    while words and kinds < _MOST_KINDS and (_is_kind(words[-1]) or (kinds and _joins(words[-1]))):
        words.pop()
        kinds += 1
    if len(words) not in _NAME_WORDS or not all(_NAME.fullmatch(word) for word in words):
        return None
    if NO_NAME_WORDS.intersection(" ".join(words).lower().split()) or any(map(_is_kind, words)):
        return None
    middle = words[1:-1]
    if not all(word.lower() in PARTICLES or _INNER.fullmatch(word) for word in middle):
        return None
    if not all(word[0].isupper() for word in (words[0], words[-1])):
        return None
    name = " ".join(words)
    return name, text[len(name) :].strip()


def is_of_two_beats(before: str, text: str) -> bool:
    """Whether a text is the rest of the title that the one before begins: "Health", "Science
    Editor"."""
    last = before.rpartition(" ")[2]
    first = text.partition(" ")[0]
    return _is_kind(last) and _is_kind(first) and ROLE.search(text) is not None


def name_behind_title(text: str) -> str | None:
    """The full name behind a job title, as in "Staff Writer Jane Doe"; no desk's name."""
    last = next(iter([*ROLE.finditer(text)][-1:]), None)
    if last is None or _is_desk(last.group()):
        return None
    name = text[last.end() :]
    if name[:1] != " " or len(name.split()) not in _NAME_WORDS:
        return None
    return None if NO_NAME_WORDS.intersection(name.lower().split()) else name.strip()


def desk_named(text: str) -> str | None:
    """The desk that a byline names as a whole, as in "By Harbour Post Staff"; no mere title, and
    not "the staff" or "our team"."""
    name = LEAD.sub("", text.strip()).strip(" .|:-–—")
    words = name.split()
    if not 1 <= len(words) <= _MOST_DESK_WORDS or not _DESK.search(name) or "," in name:
        return None
    if not words[0][0].isupper() or (len(words) > 1 and all(map(_is_title_word, words))):
        return None
    if _NO_DESK.search(name):
        return None
    return None if len(words) == 1 and not _ALONE.fullmatch(name) else name


def _is_title_word(word: str) -> bool:
    return _is_kind(word) or bool(_TITLE_WORD.fullmatch(word))


def _is_desk(title: str) -> bool:
    """Whether what would be a title is a house's desk ("Harbour Gazette Staff")."""
    return HOUSE_ROLE.fullmatch(title) is not None


def _joins(word: str) -> bool:
    return word in ("and", "&", "und")


def is_beat(word: str) -> bool:
    """Whether a word is one of those that stand before a title: "Arts", "Senior"."""
    return word.lower() in _KINDS


def _is_kind(word: str) -> bool:
    return is_beat(word) or _GERMAN_KIND.fullmatch(word) is not None
