"""Says what a run of capitalized words names: one thing, several, or nothing.

Titles are cut off, runs of two names are parted, and what nothing speaks for stays ``other``, or
nothing: a wrong name is worse than a missing one. :mod:`pipeline.enrich.names.signs` has the signs.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.enrich.names.cuts import (
    after_listed,
    after_opening,
    after_small_words,
    after_title,
    person_end,
    split_at,
    trimmed,
)
from pipeline.enrich.names.gazetteer import Known
from pipeline.enrich.names.lists import is_demonym, is_empty, is_title, name_lists
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


def name_of(run: Run, around: Around) -> Iterator[Named]:
    """The names in one run, left to right."""
    first, last = run.first, run.last
    whole = known_at(first, last, around)
    beyond = around.known.get(last)
    if whole is None and beyond is not None and beyond.end > around.text.words[last][2] + 1:
        # "Union européenne": the listed name goes on in small letters
        yield _named(beyond, around)
        last -= 1
    if whole is None and not around.text.nouns_capitalized:
        first, last = trimmed(run, around)
    if first > last:
        return
    cut = after_title(first, last, around) if whole is None else first
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
    if known is not None and (first == last or known.meaning.kind == "organization"):
        yield _named(known, around)
        return
    if first > last:
        return
    role = is_title(around.text.words[last][0])  # "Chief Strategy Officer"
    if role or (first == last and (not direct or is_noun(first, around))):
        yield from _listed(first, last, around)
    elif announces_body(first, last, around):
        yield _plain(first, last, "organization", around)
    elif last - first < MAX_PERSON_WORDS:
        yield from _person(first, last, around)


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
    if opens:
        first = after_opening(first, last, around)
    after = after_listed(first, last, around)
    if after is not None:  # "президент России Владимир Путин": a place, then a person
        yield _named(around.known[first], around)
        yield from _untitled(after, last, around, False)
        return
    if is_title(around.text.words[last][0]):  # "Foreign Minister" names nobody
        yield from _listed(first, last, around)
        return
    split = split_at(first, last, around)
    if split is not None:
        yield from _untitled(first, split - 1, around, opens)
        while split <= last and not is_capitalized(around.text.words[split][0]):
            split += 1
        if split <= last:
            yield from _untitled(split, last, around, False)
        return
    kind = kind_of(first, last, around, opens)
    if kind == "person":
        yield from _person(first, last, around)
    elif kind == "other":
        lowercase = around.text.lowercase
        everyday = any(
            word.lower() in lowercase for word, _, _ in around.text.words[first : last + 1]
        )
        if not (opens or everyday or around.text.nouns_capitalized):
            yield _plain(first, last, kind, around)
        else:
            start, end = around.text.words[first][1], around.text.words[last][2]
            yield Named(start, end, None, around.text.text[start:end])
            yield from _listed(first, last, around)
    elif kind is not None:
        if kind == "organization" and around.text.nouns_capitalized:
            first = after_small_words(first, last, around)
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
    elif not is_title(word) and (
        title_before(position, around, strong=True) or _speaks(word, around)
    ):
        yield Named(start, end, "person", word, lone=True)
    else:
        yield Named(start, end, None, word, lone=True)


def _person(first: int, last: int, around: Around) -> Iterator[Named]:
    """The person, and what the run has after the name (``Berg von der Universität Bremen``)."""
    end = person_end(first, last, around)
    yield _plain(first, end, "person", around)
    rest = end + 1
    while rest < last and not is_capitalized(around.text.words[rest][0]):
        rest += 1
    if rest <= last:
        yield from _untitled(rest, last, around, False)


def _speaks(word: str, around: Around) -> bool:
    """Whether the word, no German noun, is the name of a speaker or author."""
    if around.text.nouns_capitalized or word.lower() in around.text.lowercase:
        return False
    lists = name_lists()
    if word.lower() in lists.grammar or word in lists.organization_first | lists.organization_last:
        return False
    return word in around.people and around.lone_words.get(word, 0) > 0


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
