"""What can be told of one line of text without the lines around it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.parse.flat.cues import (
    AUTHOR_LABEL,
    BYLINE,
    BYLINE_END,
    CREDIT_LABEL,
    CREDIT_TAIL,
    CREDIT_WORDS,
    DATE,
    PROMO,
    READING_TIME,
    RELATED,
)

_SPACELESS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_DENSE = rf"{_SPACELESS}\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_TOKENS = re.compile(f"[{_DENSE}]|[^\\W{_DENSE}]+")
_DENSE_CHARACTERS = re.compile(f"[{_DENSE}]")
_SPACELESS_CHARACTERS = re.compile(f"[{_SPACELESS}]")
_DENSE_PER_WORD, _SPACELESS_PER_WORD = 2, 5
_ENDS_IN_THAI = re.compile(r"[\u0e00-\u0eff][\"”’»]*\s*$")
_THAI_SENTENCE_WORDS = 10
"""Thai and Lao end no sentence with a mark: a line of that length is one."""
_ENDS_IN_STOP = re.compile(r"[.!?。！？…؟।۔｡။።։។།][\"”’»'」』)\]）]*\s*$")
_FULL_STOP = re.compile(r"[.。।۔｡…။።։។།][\"”’»'」』)\]）]*\s*$")
_SENTENCES = re.compile(r"[.!?。！？؟।۔｡။።։។།][\"”’»'」』)]*(?=\s|$|[^\x00-\x7f])")
_META_WORDS = 30
_SHORT_CHARS = 400
"""A short line's longest text: the patterns of dates and bylines take quadratic time in it."""
_PARAGRAPH_WORDS = 18


@dataclass(frozen=True, slots=True)
class Line:
    """One line and its marks. ``words`` counts two characters of a dense script as one word, five
    of an alphabet without spaces."""

    text: str
    words: int
    heading_level: int
    """1 to 6 for a heading element, 0 for any other line."""
    ends_in_stop: bool
    full_stop: bool
    sentences: int
    date: str | None
    reading_time: str | None
    names_author: bool
    """It begins, or ends, as a byline does, and is short."""
    author_label: bool
    credit: str | None
    related: bool
    promo: bool

    @property
    def is_paragraph(self) -> bool:
        """Long enough for running text, and it ends as a sentence does."""
        return self.words >= _PARAGRAPH_WORDS and self.ends_in_stop

    @property
    def is_short(self) -> bool:
        return self.words <= _META_WORDS and len(self.text) <= _SHORT_CHARS


def read_line(text: str, heading_level: int = 0) -> Line:
    """The marks of one line (no line ends in it)."""
    words = _word_count(text)
    short = words <= _META_WORDS and len(text) <= _SHORT_CHARS
    stops = bool(_ENDS_IN_STOP.search(text))
    stops |= words >= _THAI_SENTENCE_WORDS and bool(_ENDS_IN_THAI.search(text))
    date = DATE.search(text) if short else None
    reading = READING_TIME.search(text) if short else None
    byline = short and not (stops and words > 12)
    return Line(
        text=text,
        words=words,
        heading_level=heading_level,
        ends_in_stop=stops,
        full_stop=bool(_FULL_STOP.search(text)),
        sentences=len(_SENTENCES.findall(text)),
        date=date.group().strip(" ,|·•–-") if date else None,
        reading_time=reading.group().strip() if reading else None,
        names_author=byline and bool(BYLINE.search(text) or BYLINE_END.search(text)),
        author_label=short and bool(AUTHOR_LABEL.search(text)),
        credit=credit_of(text),
        related=short and bool(RELATED.search(text)),
        promo=words <= 2 * _META_WORDS
        and len(text) <= 2 * _SHORT_CHARS
        and bool(PROMO.search(text)),
    )


def _word_count(text: str) -> int:
    tokens = len(_TOKENS.findall(text))
    dense = len(_DENSE_CHARACTERS.findall(text))
    spaceless = len(_SPACELESS_CHARACTERS.findall(text))
    words = (dense - spaceless) // _DENSE_PER_WORD + spaceless // _SPACELESS_PER_WORD
    return tokens - dense + words


def credit_of(text: str) -> str | None:
    """Who made the picture, when the line ends as a caption does; None otherwise."""
    tail = CREDIT_TAIL.search(text)
    if tail and CREDIT_WORDS.search(tail.group(1)) and len(tail.group(1).split()) > 1:
        return tail.group(1).strip()
    label = CREDIT_LABEL.search(text)
    return label.group(1).strip() if label else None
