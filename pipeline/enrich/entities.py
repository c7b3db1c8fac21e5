"""Entities: the people, bodies and places of a story, each with every mention's place.

By rules and lists (:mod:`pipeline.enrich.names`), so that it costs little and needs no model. The
article's authors and the speakers of its quotes are evidence for people. Offsets are those of
``body_text``, so ``body_text[start:end] == text`` for every mention, and mentions never overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.enrich.enricher import Added
from pipeline.enrich.names import caseless, gazetteer
from pipeline.enrich.names.grouping import group
from pipeline.enrich.names.kinds import name_of
from pipeline.enrich.names.lists import is_empty, name_lists
from pipeline.enrich.names.named import Named
from pipeline.enrich.names.runs import NameText
from pipeline.enrich.names.signs import Around
from pipeline.models import EnrichedArticle, ParsedArticle

name = "entities"
version = 1
owns = frozenset(("entities",))

MAX_ENTITIES = 300


def run(article: ParsedArticle) -> Added:
    """``entities`` by their first mention, at most :data:`MAX_ENTITIES`."""
    text = article.body_text
    base = (article.language or "").partition("-")[0].lower()
    names = NameText(text, base)
    known = gazetteer.find_known(text, names.words, article.language)
    speakers = _speakers(article)
    around = Around(
        text=names,
        known={
            names.word_at(one.start): one
            for one in known
            if text[one.start].isupper() and not is_empty(text[one.start : one.end])
        },
        people=frozenset((*speakers, *(author.name for author in article.authors))),
    )
    found = [*_cased(names, around)]
    found += caseless.names_beside_titles(text, names.words, known)
    found += caseless.named_speakers(text, speakers)
    for one in known:
        if not text[one.start].isupper() and _has_no_capitals(text[one.start]):
            meaning = one.meaning
            found.append(Named(one.start, one.end, meaning.kind, meaning.name, meaning.key))
    return {"entities": group(text, _without_overlap(found), base)[:MAX_ENTITIES]}


def warm_up() -> None:
    """Build the gazetteer and read the lists."""
    gazetteer.warm_up()
    name_lists()
    caseless.warm_up()


def _cased(names: NameText, around: Around) -> Iterator[Named]:
    runs = list(names.runs())
    for one in runs:
        if one.first == one.last and not one.opens:
            word = names.words[one.first][0]
            around.lone_words[word] = around.lone_words.get(word, 0) + 1
    for one in runs:
        yield from name_of(one, around)


def _speakers(article: ParsedArticle) -> tuple[str, ...]:
    quotes = article.quotes if isinstance(article, EnrichedArticle) else ()
    return tuple(dict.fromkeys(quote.speaker for quote in quotes if quote.speaker))


def _has_no_capitals(character: str) -> bool:
    return character.lower() == character.upper()


def _without_overlap(found: Iterable[Named]) -> list[Named]:
    """The longest name at each place; of those that nothing speaks for, a known person's only."""
    found = list(found)
    people = {one.name for one in found if one.kind == "person" and " " in one.name}
    found = [one for one in found if one.kind is not None or one.lone or one.name in people]
    kept: list[Named] = []
    taken_until = 0
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if one.start >= taken_until:
            kept.append(one)
            taken_until = one.end
    return kept
