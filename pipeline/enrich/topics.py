"""Topics: the top level of the IPTC Media Topics, from the publisher's own words or the story's.

The publisher's section and tags go first. The story's words add what they plainly speak for: each
word of a topic's list counts once, a little more the more often it comes, double in the headline,
and shared among the topics that have it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from math import log

from pipeline.enrich.enricher import Added
from pipeline.enrich.phrases import words_of
from pipeline.enrich.scripts import is_unspaced
from pipeline.enrich.word_lists import table, words
from pipeline.models import ParsedArticle

name = "topics"
version = 1
owns = frozenset(("topics",))

MAX_TOPICS = 3
MAX_WORDS = 5_000
MAX_UNSPACED_CHARACTERS = 8_000
MIN_SCORE = 4.0
"""About four words of a topic's list; fewer may stand in any story."""
MIN_SCORE_SHORT = 2.0
SHORT_WORDS = 80
SECOND_SHARE = 0.6
"""A further topic's score beside the best one's."""
_HEADLINE_WEIGHT = 2.0
_OWN_LISTS = ("en", "de", "fr", "es")
_LISTS = {"zh": "cjk", "yue": "cjk", "wuu": "cjk", "ja": "cjk", "ko": "cjk", "ar": "ar"}
_OTHERS = "xx"
_TAGS_LOOKED_AT = 8
_PIECES = re.compile(r"[\s/|,;>&·:]+")

Scores = dict[str, float]


@dataclass(slots=True)
class _Lexicon:
    """Words, word beginnings and plain strings, each with the topics they speak for."""

    exact: dict[str, list[str]] = field(default_factory=dict)
    beginnings: dict[str, list[str]] = field(default_factory=dict)
    plain: dict[str, list[str]] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()

    def topics_of(self, word: str) -> list[str]:
        known = self.exact.get(word)
        if known is not None:
            return known
        for length in self.lengths:
            if length <= len(word):
                known = self.beginnings.get(word[:length])
                if known is not None:
                    return known
        return []


def run(article: ParsedArticle) -> Added:
    """``topics``: names of IPTC top-level media topics, best first, at most three."""
    stated = _stated(article)
    scores = _scores(article)
    found = sorted(scores, key=lambda topic: (-scores[topic], topic))
    best = scores[found[0]] if found else 0.0
    enough = MIN_SCORE if len(article.body_text) > SHORT_WORDS * 6 else MIN_SCORE_SHORT
    plain = [one for one in found if scores[one] >= max(enough, SECOND_SHARE * best)]
    return {"topics": tuple(dict.fromkeys([*stated, *plain]))[:MAX_TOPICS]}


def warm_up() -> None:
    """Build the word lists of every group of languages."""
    _sections()
    for key in (*_OWN_LISTS, *_LISTS.values(), _OTHERS, None):
        _lexicon(key)


def _stated(article: ParsedArticle) -> list[str]:
    """What the section says; the tags only where the section says nothing."""
    topics = _of_section(article.section) if article.section else []
    if topics:
        return topics[:1]
    votes = Counter(topic for tag in article.tags[:_TAGS_LOOKED_AT] for topic in _of_section(tag))
    return [topic for topic, _ in votes.most_common(1)]


def _of_section(label: str) -> list[str]:
    """Topics of a section's name, whole or piece by piece (``Sport > Football``)."""
    folded = label.strip().casefold()[:100]
    sections = _sections()
    whole = sections.get(re.sub(r"\s+", "-", folded))
    if whole is not None:
        return [whole]
    pieces = [sections.get(piece) for piece in _PIECES.split(folded)]
    return list(dict.fromkeys(piece for piece in pieces if piece is not None))


def _scores(article: ParsedArticle) -> Scores:
    lexicon = _lexicon(_list_key(article.language))
    counts = Counter(word.lower() for word, _, _ in words_of(article.body_text)[:MAX_WORDS])
    headline = {word.lower() for word, _, _ in words_of(article.headline or "")}
    scores: Scores = {}
    for word in counts.keys() | headline:
        topics = lexicon.topics_of(word)
        if topics:
            weight = 1 + log(max(1, counts[word]))
            _add(scores, topics, weight * (_HEADLINE_WEIGHT if word in headline else 1.0))
    if is_unspaced(article.body_text):
        _add_plain(scores, lexicon, article)
    return scores


def _add_plain(scores: Scores, lexicon: _Lexicon, article: ParsedArticle) -> None:
    text = article.body_text[:MAX_UNSPACED_CHARACTERS]
    headline = article.headline or ""
    for term, topics in lexicon.plain.items():
        count = text.count(term)
        if count or term in headline:
            weight = 1 + log(max(1, count))
            _add(scores, topics, weight * (_HEADLINE_WEIGHT if term in headline else 1.0))


def _add(scores: Scores, topics: list[str], weight: float) -> None:
    for topic in topics:
        scores[topic] = scores.get(topic, 0.0) + weight / len(topics)


def _list_key(language: str | None) -> str | None:
    """Which word lists serve a language; None stands for all of them."""
    if language is None:
        return None
    base = language.partition("-")[0].lower()
    return base if base in _OWN_LISTS else _LISTS.get(base, _OTHERS)


@cache
def _lexicon(key: str | None) -> _Lexicon:
    lexicon = _Lexicon()
    grammar = words("function_words.toml", "function_words")
    for topic, lists in table("topics.toml").items():
        for language, text in lists.items():
            if language != "section" and key in (None, language):
                _enter(lexicon, topic, set(text.split()) - grammar)
    lexicon.lengths = tuple(sorted({len(one) for one in lexicon.beginnings}, reverse=True))
    return lexicon


def _enter(lexicon: _Lexicon, topic: str, entries: Iterable[str]) -> None:
    for entry in entries:
        if is_unspaced(entry):
            target = lexicon.plain
        else:
            target = lexicon.beginnings if entry.endswith("*") else lexicon.exact
        known = target.setdefault(entry.removesuffix("*"), [])
        if topic not in known:
            known.append(topic)


@cache
def _sections() -> dict[str, str]:
    """Section names, lower case, spaces as hyphens; the first topic that has one keeps it."""
    found: dict[str, str] = {}
    for topic, lists in table("topics.toml").items():
        for word in lists["section"].split():
            found.setdefault(word.casefold(), topic)
    return found
