"""Columns of a run's words: those it shares with the headline, the metadata, other paragraphs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.body.characters import DENSE, Characters, Floats, Ints
from pipeline.parse.body.layout import Run
from pipeline.parse.body.places import Places

Hits = NDArray[np.bool_]

_HEADLINE_AGREEMENT = 0.6
_HEADING_BONUS = {"h1": 0.3, "h2": 0.1}
_LONG_WORD_CHARS = 4
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


def headline_run(runs: list[Run], chars: Characters, words: PageWords) -> int:
    """The run that is the headline: most of its words, best an ``h1``; -1 when there is none."""
    if len(words.headline):
        hits = _known(chars, words.headline)
        found = np.bincount(chars.word_text[hits], minlength=len(runs))
        agreement = 2 * found / (chars.word_counts + len(words.headline))
        bonus = np.array([_HEADING_BONUS.get(run.tag, 0.0) for run in runs])
        best = int(np.argmax(agreement + bonus))
        if agreement[best] >= _HEADLINE_AGREEMENT:
            return best
    return next((index for index, run in enumerate(runs) if run.tag == "h1"), -1)


def word_columns(chars: Characters, where: Places, words: PageWords) -> dict[str, Floats]:
    """Shares of a run's words that are known from elsewhere."""
    runs = len(chars.word_counts)
    count = np.maximum(chars.word_counts, 1)
    long_words = (chars.word_chars >= _LONG_WORD_CHARS) | (chars.counts[chars.word_text, DENSE] > 0)

    def share(hits: Hits) -> Floats:
        return np.asarray(np.bincount(chars.word_text[hits], minlength=runs) / count, np.float64)

    columns: dict[str, Floats] = {}
    for name, given in (
        ("headline words", words.headline),
        ("description words", words.description),
        ("author words", words.authors),
        ("site words", words.site),
    ):
        columns[name] = known = share(_known(chars, given) & long_words)
        if name in ("author words", "site words"):
            columns[f"{name}, any"] = (known > 0).astype(np.float64)
            columns[f"{name} known"] = np.full(runs, float(len(given) > 0))
    body = words.article_body
    columns["article body"] = share(_in_sequence(chars, body))
    is_known = float(words.article_body_chars > _KNOWN_BODY_CHARS)
    columns["article body known"] = np.full(runs, is_known)
    return columns | _vocabulary_columns(chars, where, long_words, count)


def _known(chars: Characters, given: Ints) -> Hits:
    """Which words of the runs are among ``given``."""
    known = np.zeros(len(chars.vocabulary), bool)
    known[given] = True
    return known[chars.word_numbers]


def _in_sequence(chars: Characters, text: Ints) -> Hits:
    """Which words stand in ``text`` together with the word before or after them."""
    words = chars.word_numbers
    if len(text) < 2 or len(words) < 2:
        return _known(chars, text)
    size = len(chars.vocabulary)
    found = np.isin(words[:-1] * size + words[1:], text[:-1] * size + text[1:])
    found &= chars.word_text[:-1] == chars.word_text[1:]
    either = np.zeros(len(words), bool)
    either[:-1] |= found
    either[1:] |= found
    return either


def _vocabulary_columns(
    chars: Characters, where: Places, long_words: Hits, count: Ints
) -> dict[str, Floats]:
    """Share of a run's words that occur in other clean paragraphs; texts that occur twice."""
    runs, size = len(chars.word_counts), len(chars.vocabulary)
    owner, number = chars.word_text, chars.word_numbers
    clean = (where.clean > 0)[owner]
    pairs = np.sort(number[clean] * runs + owner[clean])
    distinct = pairs[np.diff(pairs, prepend=-1) > 0]
    known = np.bincount(distinct // runs, minlength=size)
    elsewhere = known[number] - clean > 0
    everywhere = np.bincount(number, minlength=size).astype(np.float64)
    digest = np.bincount(owner, (chars.words >> np.uint64(24)).astype(np.float64), minlength=runs)
    texts = digest.tolist()
    times = Counter(texts)
    return {
        "vocabulary": np.bincount(owner[elsewhere & long_words], minlength=runs) / count,
        "vocabulary, any": np.bincount(owner[elsewhere], minlength=runs) / count,
        "repetition": np.log1p(np.bincount(owner, everywhere[number], minlength=runs) / count),
        "copies": np.minimum([times[text] - 1 for text in texts], 3.0),
    }
