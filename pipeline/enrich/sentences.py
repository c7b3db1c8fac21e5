"""Splits text into sentences, in any script, without knowing its language.

A paragraph always ends a sentence. Within one, a mark that only ends sentences (``。``, ``।``) does
so at once; ``.``, ``!``, ``?`` and ``…`` do when space and something that can begin a sentence
follow, unless the full stop belongs to an abbreviation, an initial or an ordinal number.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.enrich.word_lists import words

Span = tuple[int, int]

_CLOSERS = "\"'”’»›“)\\]」』）】"
_OPENERS = "\\-\"'“‘„‚«»‹(\\[¿¡「『（【—–"
_END = re.compile(
    f"[。！？｡．।॥։።၊။។][{_CLOSERS}]*"  # marks that need no space after them
    f"|[.!?…؟۔]+[{_CLOSERS}]*(?=\\s)"
    "|\\n\\s*\\n?",
)
_ABBREVIATION_WINDOW = 24
_LAST_TOKEN = re.compile(r"[^\s(\[\"'“”„«»‘’—–/]+$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]|[^\W\d_]")
_NEXT_WORD = re.compile(f"[{_OPENERS}\\s]*([^\\W_]+)")


@lru_cache(maxsize=2)
def split_sentences(text: str) -> tuple[Span, ...]:
    """(start, end) of every sentence, in order, without the space around it; none is empty."""
    spans: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        mark = match.group()[0]
        if mark == "\n" or _ends(text, match):
            _keep(spans, text, start, match.end())
            start = match.end()
    _keep(spans, text, start, len(text))
    return tuple(spans)


def _keep(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        start += len(piece) - len(piece.lstrip())
        spans.append((start, start + len(stripped)))


def _ends(text: str, match: re.Match[str]) -> bool:
    mark = match.group()[0]
    if mark in "。！？｡．।॥։።၊။។":
        # a quoted sentence inside another one goes on: 「…。」と述べた
        return len(match.group()) == 1 or text[match.end() : match.end() + 1] in ("", "\n", " ")
    following = _NEXT_WORD.match(text, match.end(), match.end() + 64)
    if following is None:
        return True
    word = following[1]
    if word[0].islower():
        return False
    return match.group()[0] != "." or not _is_abbreviated(text, match.start(), word)


def _is_abbreviated(text: str, stop: int, next_word: str) -> bool:
    """Whether the full stop at ``stop`` belongs to the word before it."""
    last = _LAST_TOKEN.search(text, max(0, stop - _ABBREVIATION_WINDOW), stop)
    if last is None:
        return False
    token = last.group()
    if token.isdecimal():
        return len(token) <= 2 and next_word.casefold() in _words("after_ordinal")
    if _INITIALS.fullmatch(token):
        return _continues(token, next_word)
    return token.casefold() in _words("abbreviations")


def _continues(initials: str, next_word: str) -> bool:
    """``J. K. Rowling`` and ``U.S. President`` go on; ``in the U.S. The`` does not."""
    if not initials[0].isupper():
        return "." in initials  # "e.g. Paris"; a lone small letter is a word: "point b. Then"
    return next_word.casefold() not in _words("sentence_openers")


def _words(key: str) -> frozenset[str]:
    return words("sentences.toml", key)
