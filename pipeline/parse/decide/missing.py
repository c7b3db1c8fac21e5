"""What of a paywalled story is not on the page: said in words, never guessed at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pipeline.models import Access, Block
from pipeline.parse.body.blocks import story_end
from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.parse.evidence import json_ld
from pipeline.parse.words import tokens

_WHOLE_SHARE = 0.8
"""Counts of words differ by headlines and captions: as much of one is the whole story."""
_LEAST_WORDS = 50
_MAX_SELECTORS = 5
_MAX_PIECES = 500
_OFFER_CHARS = 25


def decide_missing(
    context: Context, access: Access, blocks: Sequence[Block], body_text: str
) -> str | None:
    """The missing part of a story that costs, or None where the page seems to hold all of it."""
    if access != "paywalled":
        return None
    candidates = list(_candidates(context, blocks, len(tokens(body_text))))
    winner = best(candidates)
    context.note("missing", as_evidence(winner, candidates))
    return winner.value if winner else None


def _candidates(context: Context, blocks: Sequence[Block], words: int) -> Iterator[Candidate[str]]:
    for node in context.nodes[:3]:
        count = _number(node.get("wordCount"))
        if count and words < _WHOLE_SHARE * count:
            said = f"{words} of about {count} words are here"
            yield Candidate(said, "json-ld:wordCount", str(node.get("wordCount")), 0.9)
        for selector in _closed_parts(node)[:_MAX_SELECTORS]:
            if not _is_shown(context, selector):
                said = f"the part that the page calls {selector} is not here"
                yield Candidate(said, "json-ld:hasPart", selector, 0.8)
    end = story_end(blocks)
    below = (b.text for b in blocks[end : end + 2] if b.type in ("promo", "newsletter"))
    offer = next((text for text in below if len(text) >= _OFFER_CHARS), None)
    told = context.evidence.get("access")
    if told and told.origin == "dom:promo":
        offer = told.raw
    if offer and end:
        said = f"the text ends in an offer to subscribe, after {words} words"
        yield Candidate(said, "dom:promo", offer, 0.5)
    if words < _LEAST_WORDS:
        yield Candidate(f"only {words} words are here", "text:length", str(words), 0.4)


def _number(value: Any) -> int:
    text = str(value).replace(",", "").strip()
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _closed_parts(node: dict[str, Any]) -> list[str]:
    """Selectors of the parts that readers who do not pay never see."""
    parts = node.get("hasPart")
    return [
        selector
        for part in (parts if isinstance(parts, list) else [parts])[:_MAX_SELECTORS]
        if isinstance(part, dict) and json_ld.is_free(part) is False
        for selector in json_ld.strings(part.get("cssSelector"))
    ]


def _is_shown(context: Context, selector: str) -> bool:
    """Whether an element of that class holds a story's text. Selectors that are more than a class
    are not looked for: nothing is said of them."""
    name = selector.strip().removeprefix(".")
    if not name.replace("-", "").replace("_", "").isalnum():
        return True
    for element in context.marks.elements:
        classes = element.get("class")
        if classes and name in classes.split():
            text = "".join(islice(element.itertext(), _MAX_PIECES))
            if len(tokens(text[:2_000])) >= _LEAST_WORDS:
                return True
    return False
