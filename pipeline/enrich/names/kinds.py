"""Says what a run of capitalized words names: one thing, several, or nothing.

Titles are cut off, runs of two names are parted, and what nothing speaks for stays ``other``, or
nothing: a wrong name is worse than a missing one. :mod:`pipeline.enrich.names.signs` has the signs.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.enrich.names.gazetteer import Known
from pipeline.enrich.names.lists import is_demonym, is_empty, is_first_name, is_title, name_lists
from pipeline.enrich.names.named import Kind, Named
from pipeline.enrich.names.runs import Run, is_capitalized
from pipeline.enrich.names.signs import (
    MAX_PERSON_WORDS,
    Around,
    announces_body,
    is_everyday,
    is_noun,
    kind_of,
    known_at,
    title_before,
)
from pipeline.enrich.phrases import Found

MIN_ACRONYM, MAX_ACRONYM = 2, 7
_AND = frozenset(("and", "y", "e", "et", "und", "i", "og", "och"))


def name_of(run: Run, around: Around) -> Iterator[Named]:
    """The names in one run, left to right."""
    first, last = run.first, run.last
    whole = known_at(first, last, around)
    if whole is None and not around.text.nouns_capitalized:
        first, last = _trimmed(run, around)
    if first > last:
        return
    cut = _after_title(first, last, around) if whole is None else first
    if cut > first:
        yield from _listed(first, cut - 1, around)
        title_word = cut - 1
        while cut < last and not is_capitalized(around.text.words[cut][0]):
            cut += 1
        yield from _titled(cut, last, around, direct=cut - 1 == title_word)
        return
    yield from _untitled(first, last, around, run.opens and first == run.first)


def _titled(first: int, last: int, around: Around, *, direct: bool) -> Iterator[Named]:
    known = known_at(first, last, around)
    listed = known is not None and (first == last or known.meaning.kind == "organization")
    if known is not None and listed and (not direct or first < last):
        yield _named(known, around)
        return
    if first > last:
        return
    if first == last and (not direct or is_noun(first, around)):
        yield from _listed(first, last, around)
    elif announces_body(first, last, around):
        yield _plain(first, last, "organization", around)
    elif last - first < MAX_PERSON_WORDS:
        yield _plain(first, _person_end(first, last, around), "person", around)


def _untitled(first: int, last: int, around: Around, opens: bool) -> Iterator[Named]:
    known = known_at(first, last, around)
    if known is not None:
        if opens and first == last and is_everyday(first, around, known.meaning):
            return
        yield _named(known, around, lone=first == last)
        return
    if first == last:
        yield from _single(first, around, opens)
        return
    if is_title(around.text.words[last][0]):  # "Foreign Minister" names nobody
        yield from _listed(first, last, around)
        return
    split = _split(first, last, around)
    if split is not None:
        yield from _untitled(first, split - 1, around, opens)
        while split <= last and not is_capitalized(around.text.words[split][0]):
            split += 1
        if split <= last:
            yield from _untitled(split, last, around, False)
        return
    kind = kind_of(first, last, around)
    if kind == "person":
        yield _plain(first, _person_end(first, last, around), kind, around)
    elif kind is not None and not (kind == "other" and around.text.nouns_capitalized):
        yield _plain(first, last, kind, around)
    else:
        yield from _listed(first, last, around)


def _single(position: int, around: Around, opens: bool) -> Iterator[Named]:
    text = around.text
    word, start, end = text.words[position]
    if opens and (word.lower() in text.lowercase or word.lower() in name_lists().grammar):
        return
    if is_demonym(word) or is_empty(word) or len(word) < 2:
        return
    body = word.lower().endswith(name_lists().organization_endings) and len(word) > 6
    if body and text.nouns_capitalized:
        yield Named(start, end, "organization", word)
    elif word.isupper():
        if MIN_ACRONYM <= len(word) <= MAX_ACRONYM and word not in name_lists().not_acronyms:
            yield Named(start, end, None, word, lone=True)
    elif title_before(position, around, strong=True) or word in around.people:
        yield Named(start, end, "person", word, lone=True)
    else:
        yield Named(start, end, None, word, lone=True)


def _split(first: int, last: int, around: Around) -> int | None:
    """Where a small word parts two names: before a given name, or in what announces no body."""
    lists = name_lists()
    words = around.text.words
    body = announces_body(first, last, around)
    for position in range(first + 1, last):
        word = words[position][0]
        if is_capitalized(word):
            continue
        following = position + 1
        while following < last and not is_capitalized(words[following][0]):
            following += 1
        after = words[following][0]
        if is_first_name(after) and following < last and (word not in lists.particles or body):
            return position
        if body and word in _AND and after in lists.organization_first:
            return position
        if word not in lists.particles and not body:
            return position
    return None


def _person_end(first: int, last: int, around: Around) -> int:
    """The last word of the person's name: before a listed place, a month or a demonym."""
    for position in range(first + 1, last + 1):
        word = around.text.words[position][0]
        if is_empty(word) or is_demonym(word):
            return position - 1
    return last


def _trimmed(run: Run, around: Around) -> tuple[int, int]:
    """Without what only begins the sentence, and months, days and demonyms at the ends."""
    lists = name_lists()
    words, lowercase = around.text.words, around.text.lowercase
    first, last = run.first, run.last
    while first <= last and known_at(first, last, around) is None:
        word = words[first][0]
        named = is_first_name(word) and first < last
        small = word.lower() in lists.grammar or word.lower() in lowercase
        opening = run.opens and first == run.first and small and not named
        empty = (is_empty(word) and not named) or not is_capitalized(word)
        of_place = is_demonym(word) and first < last
        if not (opening or empty or of_place or word in ("The", "A", "An")):
            break
        first += 1
    while last > first and (is_empty(words[last][0]) or not is_capitalized(words[last][0])):
        last -= 1
    return first, last


def _after_title(first: int, last: int, around: Around) -> int:
    """The number of the word after the last title of the run; ``first`` without one."""
    lists = name_lists()
    cut = first
    for position in range(first, last):
        word = around.text.words[position][0]
        if not is_title(word) or (position > first and is_first_name(word)):
            continue
        bodies = lists.organization_last
        if around.text.words[position + 1][0] in bodies or _is_body_of(position, last, around):
            break
        cut = position + 1
    return cut


def _is_body_of(position: int, last: int, around: Around) -> bool:
    """``General Motors``: a listed name begins with the title."""
    known = around.known.get(position)
    return known is not None and known.end > around.text.words[position][2]


def _listed(first: int, last: int, around: Around) -> Iterator[Named]:
    """Listed names inside words that are no name as a whole."""
    for position in range(first, last + 1):
        known = around.known.get(position)
        if known is not None and known.end <= around.text.words[last][2] and not known.meaning.weak:
            yield _named(known, around)


def _named(known: Found[Known], around: Around, *, lone: bool = False) -> Named:
    end = known.end
    text = around.text.text
    if text[end : end + 1] == "." and "." in text[known.start : end]:
        end += 1
    return Named(known.start, end, known.meaning.kind, known.meaning.name, known.meaning.key, lone)


def _plain(first: int, last: int, kind: Kind, around: Around) -> Named:
    start, end = around.text.words[first][1], around.text.words[last][2]
    return Named(start, end, kind, around.text.text[start:end])
