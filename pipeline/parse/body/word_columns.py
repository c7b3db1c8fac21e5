"""Columns of a run's words: those it shares with the headline, the metadata, other paragraphs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.body.characters import DENSE, Characters, Floats, Ints
from pipeline.parse.body.places import Places
from pipeline.parse.body.run_numbers import OTHER_TAG, TAGS, RunNumbers

Hits = NDArray[np.bool_]

WORD_COLUMNS = (
    "headline words",
    "description words",
    *(f"{of} words{what}" for of in ("author", "site") for what in ("", ", any", " known")),
    "article body",
    "article body known",
    "vocabulary",
    "vocabulary, any",
    "repetition",
    "copies",
)
_HEADLINE_AGREEMENT = 0.6
_H1 = TAGS.index("h1")
_HEADING_BONUS = np.zeros(OTHER_TAG + 1)
_HEADING_BONUS[[_H1, TAGS.index("h2")]] = 0.3, 0.1
_LONG_WORD_CHARS = 4
_MOST_COPIES = 3
_DIGEST_SHIFT = np.uint64(24)
_KNOWN_BODY_CHARS = 500
"""An ``articleBody`` shorter than this is a summary."""


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of what metadata says, as numbers in the page's vocabulary."""

    article_body_chars: int
    headline: Ints
    description: Ints
    authors: Ints
    site: Ints
    article_body: Ints


def headline_run(numbers: RunNumbers, chars: Characters, words: PageWords) -> int:
    """The run that is the headline: most of its words, best an ``h1``; -1 when there is none."""
    if len(words.headline):
        known = np.zeros(len(chars.vocabulary), bool)
        known[words.headline] = True
        hits = chars.word_text[known[chars.word_numbers]]
        found = np.bincount(hits, minlength=len(chars.word_counts))
        agreement = 2 * found / (chars.word_counts + len(words.headline))
        best = int((agreement + _HEADING_BONUS[numbers.tags]).argmax())
        if agreement[best] >= _HEADLINE_AGREEMENT:
            return best
    headings = (numbers.tags == _H1).nonzero()[0]
    return int(headings[0]) if len(headings) else -1


def word_columns(chars: Characters, where: Places, words: PageWords) -> list[Floats]:
    """WORD_COLUMNS: shares of a run's words that are known from elsewhere."""
    count = np.maximum(chars.word_counts, 1)
    long_words = (chars.word_chars >= _LONG_WORD_CHARS) | (chars.counts[:, DENSE] > 0)[
        chars.word_text
    ]
    shares = _shares_given(chars, words, long_words, count)
    body = words.article_body
    of_body = np.zeros(len(count))
    if len(body):
        hits = chars.word_text[_in_sequence(chars, body)]
        of_body = np.bincount(hits, minlength=len(count)) / count
    known = float(words.article_body_chars > _KNOWN_BODY_CHARS)
    return [*shares, of_body, np.array([[known]]), _vocabulary_columns(chars, where, long_words)]


def _shares_given(
    chars: Characters, words: PageWords, long_words: Hits, count: Ints
) -> list[Floats]:
    """The columns of the words of headline, description, authors and site."""
    given = (words.headline, words.description, words.authors, words.site)
    known = np.zeros((len(given), len(chars.vocabulary)), bool)
    for row, numbers in zip(known, given, strict=True):
        row[numbers] = True
    hits = known.take(chars.word_numbers, axis=1) & long_words
    ends = chars.word_counts.cumsum()
    sums = np.zeros((len(given), len(long_words) + 1), np.int64)
    np.cumsum(hits, axis=1, out=sums[:, 1:])
    shares = (sums.take(ends, axis=1) - sums.take(ends - chars.word_counts, axis=1)) / count
    found: list[Floats] = [shares[:2]]
    for share, numbers in zip(shares[2:], given[2:], strict=True):
        found += [share, share > 0, np.array([[float(len(numbers) > 0)]])]
    return found


def _in_sequence(chars: Characters, text: Ints) -> Hits:
    """Which words stand in ``text``, which has some, together with the word before or after."""
    words, size = chars.word_numbers, len(chars.vocabulary)
    either = np.zeros(len(words), bool)
    if len(text) < 2 or len(words) < 2:
        known = np.zeros(size, bool)
        known[text] = True
        return np.asarray(known[words], np.bool_)
    found = np.isin(words[:-1] * size + words[1:], text[:-1] * size + text[1:])
    found &= chars.word_text[:-1] == chars.word_text[1:]
    either[:-1] |= found
    either[1:] |= found
    return either


def _vocabulary_columns(chars: Characters, where: Places, long_words: Hits) -> Floats:
    """Share of a run's words that occur in other clean paragraphs; texts that occur twice."""
    runs, size = len(chars.word_counts), len(chars.vocabulary)
    owner, number = chars.word_text, chars.word_numbers
    clean = (where.clean > 0)[owner]
    pairs = number[clean] * runs + owner[clean]
    pairs.sort()
    fresh = np.ones(len(pairs), bool)
    np.not_equal(pairs[1:], pairs[:-1], out=fresh[1:])
    known = np.bincount(pairs[fresh] // runs, minlength=size)
    elsewhere = known[number] > clean
    everywhere = np.bincount(number, minlength=size).astype(np.float64)
    digests = np.bincount(owner, (chars.words >> _DIGEST_SHIFT).astype(np.float64), minlength=runs)
    texts = digests.tolist()
    times = Counter(texts)
    table = np.empty((4, runs))
    table[0] = np.bincount(owner[elsewhere & long_words], minlength=runs)
    table[1] = np.bincount(owner[elsewhere], minlength=runs)
    table[2] = np.bincount(owner, everywhere[number], minlength=runs)
    table[:3] /= np.maximum(chars.word_counts, 1)
    np.log1p(table[2], out=table[2])
    table[3] = [min(times[text] - 1, _MOST_COPIES) for text in texts]
    return table
