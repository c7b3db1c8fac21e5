"""What a page says of its own later changes: corrections, clarifications, updates.

A notice is a block, or a text that the markup sets apart as a remark, that begins with a label
("Correction, 3 March:") or with a sentence about the article itself ("An earlier version of this
article said …"); or a headline so marked. The words are data, by language, all tried on every
page: a label is a label in any surroundings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from pipeline.enrich.enricher import Added
from pipeline.enrich.word_lists import table
from pipeline.models import Notice, ParsedArticle

name = "notices"
version = 1
owns = frozenset(("notices",))

MOST_NOTICES = 10
MOST_CHARACTERS = 1_000
"""Of a notice's text, which stands in the article's JSON."""
OPENING_CHARACTERS = 160
"""Of a block, in which its sentence about the article must begin."""
LABEL_CHARACTERS = 60
"""Between a label and its colon: a date, a time."""
Kind = Literal["correction", "clarification", "update"]
_KINDS: tuple[Kind, ...] = ("correction", "clarification", "update")
_SKIPPED = frozenset(("caption", "comment", "newsletter", "teaser", "promo"))


def run(article: ParsedArticle) -> Added:
    """``notices``, in the order of the page, each text once."""
    found: dict[str, Notice] = {}
    for notice in _notices(article):
        found.setdefault(notice.text, notice)
        if len(found) == MOST_NOTICES:
            break
    return {"notices": tuple(found.values())}


def warm_up() -> None:
    """Read the words and make the patterns."""
    _labels()
    _sentences()


def _notices(article: ParsedArticle) -> Iterator[Notice]:
    headline = (article.headline or "").strip()
    if match := _headline_marks().search(headline):
        yield Notice(_kind(match), headline[:MOST_CHARACTERS])
    told = [block.text for block in article.blocks if block.type not in _SKIPPED]
    for text in map(str.strip, (*told, *article.remarks)):
        match = _labels().match(text)
        kind = _kind(match) if match else _said(text)
        if kind:
            yield Notice(kind, text[:MOST_CHARACTERS])


def _kind(match: re.Match[str]) -> Kind:
    return next(kind for kind in _KINDS if match[kind])


@cache
def _labels() -> re.Pattern[str]:
    """A label at the start of a block, with a date or time at most before its colon or dash."""
    when = rf"(?:[\s,(\[](?:[^\n:：!?]|:(?=\d)){{0,{LABEL_CHARACTERS}}}?\d[^\n:：!?]{{0,20}}?)?"
    end = r"[)\]]?\s?(?:[:：—–]|\s-\s)"
    return re.compile(rf"\W{{0,6}}(?:{_alternatives('labels')}){when}{end}", re.IGNORECASE)


def _said(text: str) -> Kind | None:
    """The kind of a sentence about the article that begins in the block's opening."""
    opening = " ".join(text[:OPENING_CHARACTERS].lower().split())
    return next((kind for words, kind in _sentences() if words in opening), None)


@cache
def _sentences() -> tuple[tuple[str, Kind], ...]:
    """Asked one after the other: on so short a text quicker than one pattern of them all."""
    lists = table("notices.toml")["sentences"]
    return tuple(
        (words, kind) for kind in _KINDS for phrases in lists[kind].values() for words in phrases
    )


@cache
def _headline_marks() -> re.Pattern[str]:
    """``CORRECTED-Pier …``, ``Pier … (updated)``."""
    kinds = (
        rf"(?P<{kind}>^[\[(]?(?:{words})(?:\s?\d+)?[\])]?\s?[:：—–-]|[\[(](?:{words})[\])]$)"
        for kind, words in _by_kind("marks").items()
    )
    return re.compile("|".join(kinds), re.IGNORECASE)


def _alternatives(key: str) -> str:
    return "|".join(f"(?P<{kind}>{words})" for kind, words in _by_kind(key).items())


def _by_kind(key: str) -> dict[str, str]:
    """Of each kind the words of all languages as one pattern, the longest first."""
    lists = table("notices.toml")[key]
    made: dict[str, str] = {}
    for kind in _KINDS:
        phrases = sorted({p for one in lists[kind].values() for p in one}, key=len, reverse=True)
        made[kind] = "|".join(r"\s+".join(map(re.escape, p.split())) for p in phrases)
    return made
