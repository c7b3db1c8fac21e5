"""Cuts a run of capitalized words: titles off its front, two names apart, empty words off its ends.

Each function gives numbers of words; none says what the run names.
"""

from __future__ import annotations

from pipeline.enrich.names.lists import is_demonym, is_empty, is_first_name, is_title, name_lists
from pipeline.enrich.names.runs import Run, is_capitalized
from pipeline.enrich.names.signs import Around, announces_body, known_at

_ARTICLES = frozenset(("der", "den", "dem", "des"))
_AND = frozenset(("and", "y", "e", "et", "und", "i", "og", "och"))


def after_listed(first: int, last: int, around: Around) -> int | None:
    """The word after a listed name that the run opens with, where a given name follows it."""
    known = around.known.get(first)
    if known is None or is_first_name(around.text.words[first][0]):
        return None
    after = around.text.word_at(known.end)
    return after if after < last and is_first_name(around.text.words[after][0]) else None


def after_opening(first: int, last: int, around: Around) -> int:
    """``Whereas Anna Berg``: the word after one that only begins the sentence, before a person."""
    words = around.text.words
    before_person = (
        last - first > 1
        and not is_first_name(words[first][0])
        and is_first_name(words[first + 1][0])
        and not announces_body(first, last, around)
        and first not in around.known
    )
    return first + 1 if before_person else first


def after_small_words(first: int, last: int, around: Around) -> int:
    """German: what stands before the last small word is another noun (``Chef der Nordbau AG``)."""
    words = around.text.words
    if words[first][0] in name_lists().organization_first:
        return first
    small = [n for n in range(first, last) if not is_capitalized(words[n][0])]
    return small[-1] + 1 if small else first


def split_at(first: int, last: int, around: Around) -> int | None:
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
        listed = around.known.get(following)
        if listed is not None and listed.meaning.kind == "organization" and not body:
            return position
        article = words[following - 1][0] in around.text.articles
        given = is_first_name(words[first][0]) and not around.text.nouns_capitalized
        if article and not given and not body:
            return position
        head = around.text.words[first][0] in lists.organization_first
        if after in lists.organization_first and (word in _AND or not head):
            return position
        if word not in lists.particles and not body:
            return position
    return None


def person_end(first: int, last: int, around: Around) -> int:
    """The last word of the name: before a month, a demonym, or what German hangs on to it."""
    for position in range(first + 1, last + 1):
        word = around.text.words[position][0]
        if is_empty(word) or is_demonym(word):
            return position - 1
        if around.text.nouns_capitalized and _leads_on(first, position, around):
            return position - 1
    return last


def _leads_on(first: int, position: int, around: Around) -> bool:
    """German: ``Anna Berg von den Grünen``, ``Berg der DW``, ``Anna Bergs Antwort``; not
    ``Ursula von der Heide``."""
    word, before = (around.text.words[n][0] for n in (position, position - 1))
    if is_capitalized(word):
        genitive = before.endswith("s") and len(before) > 4 and not is_first_name(before)
        return genitive and is_capitalized(before) and position - first > 1
    if word in ("zum", "zur"):
        return True
    if word in ("von", "vom", "zu"):
        # a run never ends with a small word: another one follows
        return position - first > 1 and around.text.words[position + 1][0] in _ARTICLES
    return word in _ARTICLES and before not in ("von", "zu")


def trimmed(run: Run, around: Around) -> tuple[int, int]:
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


def after_title(first: int, last: int, around: Around) -> int:
    """The number of the word after the last title of the run; ``first`` without one."""
    lists = name_lists()
    cut = first
    for position in range(first, last):
        word = around.text.words[position][0]
        if not is_title(word) or (position > first and is_first_name(word)):
            continue
        bodies = lists.organization_last
        if around.text.words[position + 1][0] in bodies or _is_body_of(position, around):
            break
        cut = position + 1
    return cut


def _is_body_of(position: int, around: Around) -> bool:
    """``General Motors``: a listed name begins with the title."""
    known = around.known.get(position)
    return known is not None and known.end > around.text.words[position][2]
