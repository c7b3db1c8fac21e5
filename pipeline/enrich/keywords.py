"""Keywords: the words and phrases a story is about, by statistics over the story alone.

A candidate is a word, or a run of two or three, without a function word in it. It is worth more
the more often it comes, the earlier, the more of the story it spans, as a name, as a phrase and
in the headline (the features of YAKE, Campos et al. 2020). Where words have no spaces
:mod:`pipeline.enrich.unspaced_terms` finds the candidates.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import log

from pipeline.enrich.enricher import Added
from pipeline.enrich.phrases import Word, words_of
from pipeline.enrich.scripts import is_unspaced
from pipeline.enrich.unspaced_terms import repeated_terms
from pipeline.enrich.word_lists import words
from pipeline.models import ParsedArticle

name = "keywords"
version = 1
owns = frozenset(("keywords",))

MAX_KEYWORDS = 10
MAX_WORDS = 10_000
"""What a story is about shows by then."""
_MIN_LETTERS = 3
_HEADLINE_WEIGHT = 2.0
_NAME_WEIGHT = 1.4
_PHRASE_WEIGHT = 2.2
_EXPLAINED_SHARE = 0.6
"""A word that stands in a phrase this often is no keyword beside the phrase."""
_GRAMMAR_LETTERS = 4
_GRAMMAR_RATE = 1 / 120
"""A short lower-case word more frequent than this, in a text of 200 words or more, is grammar,
in whatever language the text is."""
_SAME_WORD_LETTERS = 5

Spots = dict[str, list[int]]
"""Positions (in words) of every candidate, by its case-folded form."""


@dataclass(frozen=True, slots=True)
class _Story:
    words: list[Word]
    folded: list[str]
    headline: frozenset[str]


def run(article: ParsedArticle) -> Added:
    """``keywords``, best first, at most ten, as the text writes them most often."""
    headline = article.headline or ""
    tokens = words_of(article.body_text)[:MAX_WORDS]
    folded = [word.casefold() for word, _, _ in tokens]
    in_headline = frozenset(word.casefold() for word, _, _ in words_of(headline))
    scored = _spaced(_Story(tokens, folded, in_headline))
    if is_unspaced(article.body_text):
        scored += repeated_terms(article.body_text, headline, _function_words())
    return {"keywords": tuple(_best(scored))}


def warm_up() -> None:
    """Read the function words."""
    _function_words()


@cache
def _function_words() -> frozenset[str]:
    return words("function_words.toml", "function_words") | words("time_words.toml", "time_words")


def _spaced(story: _Story) -> list[tuple[float, str]]:
    single = _single(story)
    phrases = _phrases(story, single)
    within: Counter[str] = Counter()
    for phrase, spots in phrases.items():
        for word in phrase.split(" "):
            within[word] = max(within[word], len(spots))
    scored = []
    for term, spots in (single | phrases).items():
        if " " not in term and within[term] >= _EXPLAINED_SHARE * len(spots):
            continue
        if len(spots) > 1 or story.headline.issuperset(term.split(" ")):
            form = _usual_form(story, term, spots)
            scored.append((_score(story, term, form, spots), form))
    return scored


def _single(story: _Story) -> Spots:
    counts = Counter(story.folded)
    grammar = _function_words()
    rate = len(story.folded) * _GRAMMAR_RATE if len(story.folded) >= 200 else float("inf")
    content = {
        word
        for word, count in counts.items()
        if len(word) - word.count(".") >= _MIN_LETTERS
        and word not in grammar
        and word[0].isalpha()
        and not (len(word) <= _GRAMMAR_LETTERS and count > rate and _is_lower(story, word))
    }
    spots: Spots = {}
    for position, word in enumerate(story.folded):
        if word in content:
            spots.setdefault(word, []).append(position)
    return spots


def _is_lower(story: _Story, word: str) -> bool:
    """Whether the word is written small where it stands last: no name is."""
    return next(form for form, _, _ in reversed(story.words) if form.casefold() == word).islower()


def _phrases(story: _Story, single: Spots) -> Spots:
    """Runs of two and three candidates that come more than once."""
    repeated: Spots = {}
    starts = {position: word for word, spots in single.items() for position in spots}
    pairs: Spots = {}
    for position, word in starts.items():
        following = starts.get(position + 1)
        if following is not None and _adjacent(story, position):
            pairs.setdefault(f"{word} {following}", []).append(position)
    repeated.update((pair, spots) for pair, spots in pairs.items() if len(spots) > 1)
    triples: Spots = {}
    for pair, spots in repeated.items():
        for position in spots:
            third = starts.get(position + 2)
            if third is not None and _adjacent(story, position + 1):
                triples.setdefault(f"{pair} {third}", []).append(position)
    for triple, spots in triples.items():
        if len(spots) > 1:
            repeated[triple] = spots
            for part in (triple.rsplit(" ", 1)[0], triple.split(" ", 1)[1]):
                if len(repeated.get(part, ())) <= len(spots):
                    repeated.pop(part, None)
    return repeated


def _adjacent(story: _Story, position: int) -> bool:
    return story.words[position + 1][1] - story.words[position][2] == 1


def _usual_form(story: _Story, term: str, spots: list[int]) -> str:
    length = term.count(" ") + 1
    forms = Counter(
        " ".join(word for word, _, _ in story.words[spot : spot + length]) for spot in spots[:50]
    )
    form = forms.most_common(1)[0][0]
    return form.removesuffix("'s").removesuffix("’s")


def _score(story: _Story, term: str, form: str, spots: list[int]) -> float:
    total = len(story.words)
    spread = (spots[-1] - spots[0]) / total
    score = log(1 + len(spots)) * (1 + spread) / log(3 + spots[0] / 60)
    if story.headline.issuperset(term.split(" ")):
        score *= _HEADLINE_WEIGHT
    if form[0].isupper():
        score *= _NAME_WEIGHT
    return score * _PHRASE_WEIGHT if " " in term else score


def _best(scored: list[tuple[float, str]]) -> list[str]:
    """The best ones; of those that share a word or a stem, the first."""
    kept: list[str] = []
    stems: set[str] = set()
    for _, term in sorted(scored, key=lambda each: (-each[0], each[1])):
        own = {_stem(word) for word in term.casefold().split()}
        if own <= stems or any(term in other for other in kept):
            continue
        kept.append(term)
        stems |= own
        if len(kept) == MAX_KEYWORDS:
            break
    return kept


def _stem(word: str) -> str:
    """Enough of a word to see that two forms are of one word; short words whole."""
    return word[: max(_SAME_WORD_LETTERS, len(word) - 3)]
