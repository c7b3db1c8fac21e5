"""Dates that the page shows or marks up, and the one in its address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from lxml.html import HtmlElement

from pipeline.dates.machine import read_machine_date
from pipeline.dates.moment import Moment, make_moment
from pipeline.dates.written import WrittenDate, find_written_dates
from pipeline.parse.candidate import Candidate
from pipeline.parse.evidence.marks import Marks, roles_above
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.markup.roles import Role
from pipeline.parse.patterns import any_of
from pipeline.parse.words import TITLE_SEPARATOR, clean

_MODIFIED = re.compile(
    any_of(
        r"updat|modif|edited|aktualisiert|geändert|mis\s+à\s+jour|actualiz|atualiz|aggiornat|"
        r"bijgewerkt|uppdaterad|oppdatert|opdateret|päivitetty|güncel|обновл|оновл|изменен|更新|수정|"
        r"تحديث|بروزرسانی|ενημ[εέ]ρ|zaktualiz|aktualiz|frissít"
    ),
    re.I,
)
_PUBLISHED = re.compile(
    r"publi[sckéqgz]|pubblic|posted|veröffentlicht|erstellt|erschienen|опубликован|дата|發布|发布|公開|掲載|등록|입력|"
    r"geschrieben|verfasst|gepostet|نشر|תאריך|δημοσ|yayın|gepubliceerd|publicerad|lagt\s+ut|julkaistu|dodano|diterbitkan",
    re.I,
)
_SAID_AFTER = re.compile(
    r"[\s,]{0,2}(?:(?:um|at|à|a las|@)\s)?(?:\d{1,2}[:.h]\d{2}\s?(?:Uhr|[ap]m)?)?[\s,.]{0,2}"
    r"(?:(?:von|by|and is)\s(?:\w{1,20}\s){0,2})?"
    r"(?:veröffentlicht|gepostet|geschrieben|abgelegt|gespeichert|published|posted|filed|"
    r"publié|publicado)\b",
    re.I,
)
_SAYS_PUBLISHED = 0.15
_SAYS_CHARS = 30
_URL_DAY = re.compile(
    r"/(\d{4})[/\-_]?(\d{2})[/\-_]?(\d{2})(?=[/\-_.]|$)|[-_/](\d{4})-(\d{2})-(\d{2})(?!\d)"
)
_URL_MONTH = re.compile(r"/((?:19|20)\d{2})/(\d{1,2})/")
_MAX_MARKED = 40
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")
_MAX_LINE_CHARS = 300
_MAX_DATE_CHARS = 30
_LEAST_PARTS, _MOST_PARTS = 2, 4
_PARTS = re.compile(r"[|\n•·–—]")
_LEVELS = 8
_COMMENT = re.compile(
    r"(?<![\w-])(?:comments?|commentlist|comment-(?:list|body|content|item|meta)|kommentare?|"
    r"commentaires?|comentarios?)(?![\w-])",
    re.I,
)
_ISO_DAY_CHARS = len("2025-03-04")


@dataclass(frozen=True, slots=True)
class LineDate:
    """A line's date; ``said`` tells whether a word of publication stands before it.

    ``words`` is how many others the line has, ``before`` how many of them stand before the date,
    ``letters`` how many letters those in the date's own part have.
    """

    moment: Moment
    said: bool
    words: int
    before: int
    letters: int


def read_date(text: str, language: str | None, *, month_first: bool = False) -> Moment | None:
    """The first date in a string, machine-readable or written."""
    moment = read_machine_date(text)
    if moment and (len(text) <= _ISO_DAY_CHARS or moment.offset_minutes is not None):
        return moment
    if not _DIGIT.search(text):
        return moment
    found = next(find_written_dates(text, language, month_first=month_first), None)
    if moment is None:
        return found.moment if found else None
    return found.moment if found and _says_more(found.moment, moment) else moment


def _says_more(written: Moment, machine: Moment) -> bool:
    """Whether reading as people do finds the time or the zone behind the same day, where people
    put words between ("2025-03-04 (화) 10:15", "2025.03.04. 10:15", "2025-03-04T10:15:00 EST")."""
    if written.wall.date() != machine.wall.date():
        return False
    if not machine.has_time:
        return written.has_time and (written.wall.hour, written.wall.minute) != (0, 0)
    same = written.wall.replace(second=0) == machine.wall.replace(second=0)
    return same and written.offset_minutes is not None


def find_on_line(line: str, language: str | None, *, month_first: bool) -> LineDate | None:
    """The first date on a line, unless the words before it speak of a change."""
    if not _DIGIT.search(line):
        return None
    dates = list(islice(find_written_dates(line, language, month_first=month_first), 2))
    if not dates or says_modified(line[: dates[0].start]):
        return None
    later = _later_of_glued(line, dates)
    found = next(date for date in dates if date not in later)
    said = bool(_PUBLISHED.search(line, max(0, found.start - _SAYS_CHARS), found.start))
    said = said or bool(_SAID_AFTER.match(line, found.end))
    before, after = line[: found.start], line[found.end :]
    words_before = len(_WORD.findall(before))
    words = words_before + len(_WORD.findall(after))
    beside = _WORD.findall(f"{_PARTS.split(before)[-1]} {_PARTS.split(after, maxsplit=1)[0]}")
    return LineDate(found.moment, said, words, words_before, sum(map(len, beside)))


def says_modified(text: str) -> bool:
    """Whether words or a class name speak of a change rather than of publication."""
    return bool(_MODIFIED.search(text))


def time_elements(
    elements: list[HtmlElement], language: str | None, *, month_first: bool
) -> Iterator[tuple[Candidate[Moment], HtmlElement, bool]]:
    """``<time>`` elements: candidate, element, and whether it tells of a modification."""
    for element in elements[:_MAX_MARKED]:
        raw = element.get("datetime") or element.get("content") or ""
        moment = read_date(raw, language) if raw else None
        if moment is None or not moment.has_time:
            text = clean(visible_text(element))
            shown = read_date(text, language, month_first=month_first)
            if shown and (moment is None or _same_day(shown, moment)):
                moment, raw = shown, text
        if moment:
            modified = says_modified(_attributes(element)) or says_modified(_before(element))
            yield Candidate(moment, "dom:time", raw, 0.5), element, modified


def marked_dates(
    marks: Marks, language: str | None, *, month_first: bool
) -> Iterator[tuple[Candidate[Moment], HtmlElement, bool]]:
    """Dates in elements whose class says that they hold one."""
    for element in marks.dates[:_MAX_MARKED]:
        shown = visible_text(element)
        text = clean(shown) if _DIGIT.search(shown) else ""
        if not 6 <= len(text) <= _MAX_LINE_CHARS:
            continue
        dates = list(islice(find_written_dates(text, language, month_first=month_first), 3))
        if not dates and len(text) <= _MAX_DATE_CHARS and (split := _in_parts(element)):
            text = split
            dates = list(find_written_dates(text, language, month_first=month_first))
        later = _later_of_glued(text, dates)
        for found in dates:
            modified = found in later or says_modified(
                text[max(0, found.start - _SAYS_CHARS) : found.start]
            )
            modified = modified or (found.start < 12 and says_modified(_attributes(element)))
            confidence = 0.35 if found.ambiguous else 0.45
            if found.start and _PUBLISHED.search(
                text, max(0, found.start - _SAYS_CHARS), found.start
            ):
                confidence += _SAYS_PUBLISHED
            origin = f"dom:{element.tag}.date"
            yield Candidate(found.moment, origin, text, confidence), element, modified


def _in_parts(element: HtmlElement) -> str | None:
    """The text of an element whose day, month and year have an element each, as one writes it."""
    if len(element) < _LEAST_PARTS:
        return None
    parts = [part for text in element.itertext() if (part := clean(text))]
    if not _LEAST_PARTS <= len(parts) <= _MOST_PARTS:
        return None
    return ("/" if all(part.isdigit() for part in parts) else " ").join(parts)


def _later_of_glued(text: str, dates: list[WrittenDate]) -> list[WrittenDate]:
    """Of two dates with nothing between them the later: that of the change, wherever it stands."""
    if len(dates) < 2:
        return []
    return [
        max(one, other, key=lambda date: date.moment.wall)
        for one, other in pairwise(dates)
        if one.moment.wall != other.moment.wall and not text[one.end : other.start].strip()
    ]


def url_date(url: str) -> Candidate[Moment] | None:
    """The day (or month) in the address, or None."""
    match = _URL_DAY.search(url)
    if match:
        year, month, day = (int(n) for n in match.groups() if n)
        moment = make_moment(year, month, day)
        if moment and moment.wall.year >= 1990:
            return Candidate(moment, "url:path", match.group(), 0.58)
    match = _URL_MONTH.search(url)
    if match:
        moment = make_moment(int(match[1]), int(match[2]), precision="month")
        if moment and moment.wall.year >= 1990:
            return Candidate(moment, "url:path", match.group(), 0.1)
    return None


def title_date(title: str, language: str | None, *, month_first: bool) -> Candidate[Moment] | None:
    """The date that is the last part of ``<title>``, with nothing else in it."""
    part = TITLE_SEPARATOR.split(title)[-1].strip()
    if not _DIGIT.search(part) or len(part) > _MAX_DATE_CHARS:
        return None
    found = next(find_written_dates(part, language, month_first=month_first), None)
    if found is None or found.start or part[found.end :].strip():
        return None
    return Candidate(found.moment, "dom:title", part, 0.5)


def is_foreign(element: HtmlElement) -> bool:
    """Whether the element stands among other stories, comments or the page's frame."""
    return bool(roles_above(element) & Role.FOREIGN)


def is_among_comments(element: HtmlElement) -> bool:
    """Whether the element stands in a reader's comment: its date never is the article's."""
    for ancestor in islice(element.iterancestors(), _LEVELS):
        if ancestor.tag in ("article", "main", "body") and not ancestor.get("class"):
            break
        if _COMMENT.search(f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"):
            return True
    return False


def _same_day(shown: Moment, moment: Moment) -> bool:
    return shown.has_time and shown.wall.date() == moment.wall.date()


def _attributes(element: HtmlElement) -> str:
    parent = element.getparent()
    own = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('id') or ''}"
    return own if parent is None else f"{own} {parent.get('class') or ''}"


def _before(element: HtmlElement) -> str:
    """The words right before an element, in its own line."""
    previous = element.getprevious()
    if previous is not None:
        return (previous.text or "")[-40:] + (previous.tail or "")[-40:]
    parent = element.getparent()
    return (parent.text or "")[-40:] if parent is not None else ""
