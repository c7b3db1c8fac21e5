"""Cited outlets: other publishers that a story leans on, sentence by sentence.

An outlet counts where a cue ties it to what is said ("Reuters wrote"), or where the story links
to it. The article's own publisher never counts. Offsets are those of the sentence in
``body_text``, so ``body_text[start:end] == sentence``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.enrich import cues, outlet_names
from pipeline.enrich.enricher import Added
from pipeline.enrich.linked_outlets import linked_outlets
from pipeline.enrich.names.lists import is_first_name
from pipeline.enrich.outlets import (
    NamedOutlet,
    Outlet,
    OwnPublisher,
    known_outlets,
    outlets_by_domain,
)
from pipeline.enrich.phrases import Found, Meaning, Word, words_of
from pipeline.enrich.sentences import Span, split_sentences
from pipeline.models import Citation, ParsedArticle

name = "citations"
version = 1
owns = frozenset(("citations",))

MAX_CITATIONS = 200
MAX_SENTENCE_CHARACTERS = 2_000
"""Longer ones are lists or broken text, where nearness says nothing."""


@dataclass(frozen=True, slots=True)
class _Mention:
    outlet: Outlet
    at: cues.Name


def run(article: ParsedArticle) -> Added:
    """``citations`` in the text's order, each outlet once a sentence."""
    own = OwnPublisher(article)
    found = [*_cited(article.body_text, own), *_linked(article, own)]
    found.sort(key=lambda citation: citation.start)
    return {"citations": tuple(_once_a_sentence(found))[:MAX_CITATIONS]}


def warm_up() -> None:
    """Build the indexes of outlets and cues."""
    known_outlets()
    outlets_by_domain()
    cues.cue_index()
    outlet_names.candidates("", [])


def _cited(text: str, own: OwnPublisher) -> Iterator[Citation]:
    words = words_of(text)
    all_cues = cues.find_cues(text, words)
    if not all_cues:
        return
    known = known_outlets().find(text, words)
    starts = [word[1] for word in words]
    for start, end in split_sentences(text):
        cues_here = _within(all_cues, start, end)
        if not cues_here or end - start > MAX_SENTENCE_CHARACTERS:
            continue
        words_here = words[bisect_left(starts, start) : bisect_left(starts, end)]
        mentions = _mentions(text, words_here, _within(known, start, end))
        for outlet, cue in _tied(text, mentions, cues_here):
            if not own.is_outlet(outlet):
                yield Citation(outlet.name, outlet.domain, text[start:end], start, end, cue)


def _within(found: list[Found[Meaning]], start: int, end: int) -> list[Found[Meaning]]:
    """Those that begin between ``start`` and ``end``."""
    first = bisect_left(found, start, key=lambda one: one.start)
    last = bisect_left(found, end, key=lambda one: one.start)
    return found[first:last]


def _mentions(
    text: str, sentence_words: list[Word], known: list[Found[NamedOutlet]]
) -> list[_Mention]:
    """Every mention of an outlet in one sentence, known or looking like one, by place."""
    mentions = [
        _Mention(one.meaning.outlet, cues.Name(one.start, one.end, one.meaning.ambiguous))
        for one in known
        if not _is_part_of_name(text, sentence_words, one)
    ]
    mentions.extend(
        _Mention(Outlet(one.name, None), cues.Name(one.start, one.end, True))
        for one in outlet_names.candidates(text, sentence_words)
        if not any(one.start < other.end and other.start < one.end for other in known)
    )
    return sorted(mentions, key=lambda mention: mention.at.start)


def _is_part_of_name(text: str, sentence_words: list[Word], found: Found[NamedOutlet]) -> bool:
    """``Michael Bloomberg``, ``Sun Microsystems``: the name goes on where the outlet's does not."""
    if found.meaning.ambiguous:
        after = text[found.end : found.end + 2]
        if len(after) == 2 and after[0] == " " and after[1].isupper():
            return True
    position = bisect_left(sentence_words, found.start, key=lambda word: word[1])
    words = text[found.start : found.end].split()
    if position == 1 and not is_first_name(sentence_words[0][0]):
        return False  # "Yesterday Reuters": a sentence's first word has a capital anyway
    if position < 1 or len(words) > 1 or words[0].isupper():
        return False
    before, _, end = sentence_words[position - 1]
    return (
        text[end : found.start] == " "
        and before[0].isupper()
        and not before.isupper()
        and not outlet_names.is_descriptor(before)
    )


def _tied(
    text: str, mentions: list[_Mention], sentence_cues: list[Found[int]]
) -> Iterator[tuple[Outlet, str]]:
    previous: _Mention | None = None
    cue: str | None = None
    for mention in mentions:
        own_cue = cues.cue_for(text, mention.at, sentence_cues)
        if own_cue is None and previous is not None and cue is not None:
            own_cue = cue if cues.in_one_list(text, previous.at, mention.at) else None
        cue, previous = own_cue, mention
        if cue is not None:
            yield mention.outlet, cue


def _linked(article: ParsedArticle, own: OwnPublisher) -> Iterator[Citation]:
    sentences = split_sentences(article.body_text)
    for outlet, place in linked_outlets(article, own):
        start, end = _around(sentences, place)
        yield Citation(outlet.name, outlet.domain, article.body_text[start:end], start, end, "link")


def _around(sentences: tuple[Span, ...], place: int) -> Span:
    return sentences[max(0, bisect_right(sentences, place, key=lambda span: span[0]) - 1)]


def _once_a_sentence(citations: Iterable[Citation]) -> Iterator[Citation]:
    """Words before links: what the text says counts more than that it links."""
    seen: set[tuple[str, int]] = set()
    for citation in citations:
        key = (citation.domain or citation.outlet, citation.start)
        if key not in seen:
            seen.add(key)
            yield citation
