"""Finds quoted text in any style of quotation marks; the outermost marks count.

``"…" “…” „…“ „…” ”…” «…» »…« »…» ‹…› ‘…’ ‚…‘ 「…」 『…』``. An apostrophe is no mark. A quote stays
within its paragraph, except that a mark left open may, by custom, be opened again in the next one.
Knows nothing of who speaks.
"""

from __future__ import annotations

import re

from pipeline.enrich.sentences import Span

MAX_QUOTE_CHARACTERS = 4_000
_MAX_MARKS_AHEAD = 200
"""Marks looked at for one closing mark: bounds the work on text full of marks."""

_MARK = re.compile("[\"“”„«»‹›‘’‚「」『』＂〝〞〟']")
_CLOSERS = {
    "“": "”“\"", "„": "“”\"‟", "”": "”", "«": "»", "»": "«»", "‹": "›", "›": "‹›",
    "‘": "’", "‚": "‘’", "「": "」", "『": "』", '"': '"', "＂": "＂", "〝": "〞〟", "'": "'",
}  # fmt: skip
_APOSTROPHES = "’'"
_PLAIN = "\"“”'"
"""Marks that both open and close somewhere: the space around them decides."""
_BOUNDARY = " \t\n\u00a0\u202f([{—–-/…:;,.!?"
_PARAGRAPH = re.compile(r"[^\n]+")


def find_quoted(text: str) -> list[Span]:
    """(start, end) of the text inside each pair of marks, without the space at its ends."""
    spans: list[Span] = []
    for paragraph in _PARAGRAPH.finditer(text):
        marks = [match.start() for match in _MARK.finditer(text, *paragraph.span())]
        if marks:
            spans.extend(_in_paragraph(text, marks, paragraph.end()))
    return spans


def _in_paragraph(text: str, marks: list[int], paragraph_end: int) -> list[Span]:
    spans: list[Span] = []
    last = {text[place]: place for place in marks}
    position = 0
    while position < len(marks):
        place = marks[position]
        position += 1
        if not _opens(text, place):
            continue
        closing = _closing(text, marks, position, last)
        if closing is not None:
            spans.extend(_trimmed(text, place + 1, marks[closing]))
            position = closing + 1
        elif _goes_on(text, place, paragraph_end):
            spans.extend(_trimmed(text, place + 1, paragraph_end))
            break
    return spans


def _opens(text: str, place: int) -> bool:
    mark = text[place]
    if mark not in _CLOSERS or place + 1 >= len(text) or text[place + 1].isspace():
        # French sets spaces inside its marks
        return mark in "«»" and text[place + 1 : place + 2] in ("\u00a0", "\u202f", " ")
    if mark in _APOSTROPHES and text[place + 1].isdigit():  # the '90s
        return False
    if mark in "“„«‹「『‚＂〝‘":
        return mark != "‘" or _is_boundary(text, place - 1)
    return _is_boundary(text, place - 1)


def _closing(text: str, marks: list[int], position: int, last: dict[str, int]) -> int | None:
    """Index in ``marks`` of the mark that closes the one before ``position``."""
    opener = marks[position - 1]
    closers = _CLOSERS[text[opener]]
    if all(last.get(closer, -1) <= opener for closer in closers):
        return None
    depth = 0
    tentative: int | None = None
    for index in range(position, min(len(marks), position + _MAX_MARKS_AHEAD)):
        place = marks[index]
        if place - opener > MAX_QUOTE_CHARACTERS:
            break
        mark = text[place]
        if mark == text[opener] and mark in "“„«「『" and mark not in closers:
            depth += 1
        if mark not in closers or not _closes(text, place, mark):
            continue
        if depth:
            depth -= 1
        elif mark in _APOSTROPHES and _may_be_possessive(text, place):
            tentative = index if tentative is None else tentative
        else:
            return index
    return tentative


def _closes(text: str, place: int, mark: str) -> bool:
    before, after = text[place - 1], text[place + 1 : place + 2]
    if mark in _APOSTROPHES:
        return not before.isspace() and not after.isalnum()
    if mark in _PLAIN:
        return not before.isspace() or not after or after.isspace() or after in ".,;:!?)"
    return True


def _may_be_possessive(text: str, place: int) -> bool:
    """``the players’ union``: an s before, a small letter after."""
    after = text[place + 1 : place + 3]
    return text[place - 1] == "s" and len(after) == 2 and after[0] == " " and after[1].islower()


def _goes_on(text: str, place: int, paragraph_end: int) -> bool:
    """Whether the next paragraph opens the same mark again."""
    following = text[paragraph_end : paragraph_end + 8].lstrip("\n")
    return text[place] in '“"„«' and following[:1] == text[place]


def _is_boundary(text: str, place: int) -> bool:
    return (
        place < 0
        or text[place] in _BOUNDARY
        or text[place] in '"“„«‘‚‹»’”'
        or text[place] > "\u2fff"
    )


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    inside = text[start:end]
    stripped = inside.strip()
    if not stripped:
        return []
    start += len(inside) - len(inside.lstrip())
    return [(start, start + len(stripped))]
