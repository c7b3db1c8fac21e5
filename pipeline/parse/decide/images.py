"""The lead image, and the story's images with it in front."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.models import Image
from pipeline.parse.body.pictures import is_sign_file
from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.parse.evidence import json_ld, meta
from pipeline.urls import absolute

_SIGN_CONFIDENCE = 0.25


def decide_images(context: Context, story: tuple[Image, ...]) -> tuple[Image, ...]:
    """The lead image first, then those that stand in the story."""
    candidates = list(_candidates(context, story))
    winner = best(candidates)
    context.note("images", as_evidence(winner, candidates))
    if winner is None:
        return story
    shown = next((i for i in story if _file(i.url) == _file(winner.value)), None)
    lead = (
        replace(shown, url=winner.value, role="lead") if shown else Image(winner.value, role="lead")
    )
    return (lead, *(i for i in story if i is not shown))


def _candidates(context: Context, story: tuple[Image, ...]) -> Iterator[Candidate[str]]:
    base = context.document.base_url
    known: dict[str, str | None] = {}  # metadata says the same address three or four times
    for c in (
        *meta.values(context.document, meta.IMAGE, top=0.85),
        *json_ld.image_urls(context.nodes),
    ):
        if c.value not in known:
            known[c.value] = absolute(base, c.value)
        if url := known[c.value]:
            # The house's sign stands for stories without a picture: any in the story is better.
            sure = min(c.confidence, _SIGN_CONFIDENCE) if is_sign_file(url) else c.confidence
            yield replace(c, value=url, confidence=sure)
    for image in story[:3]:
        yield Candidate(image.url, "dom:img", image.url, 0.4 if image.role == "lead" else 0.3)


def _file(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2].lower()
