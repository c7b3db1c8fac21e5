"""Corpus pages as training samples: the classifier's input, labels and the fold of each."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from block_training.labels import Floats, label_runs
from pipeline.models import FetchedPage
from pipeline.parse.body.characters import Characters
from pipeline.parse.body.features import PageFacts, page_facts
from pipeline.parse.body.find import page_hints, visible_root
from pipeline.parse.body.layout import Layout
from pipeline.parse.body.walk import walk
from pipeline.parse.document import Document, open_document
from pipeline.parse.limits import Deadline, ParseLimits

FOLDS = 5
_TRUTHS = ("body", "body_with", "body_without")


@dataclass(slots=True)
class Sample:
    """One page. ``scored`` pages are measured; the others only train."""

    entry: dict[str, Any]
    facts: PageFacts
    labels: Floats
    weights: Floats
    scored: bool
    headline: str
    article_body: str

    @property
    def layout(self) -> Layout:
        return self.facts.layout

    @property
    def chars(self) -> Characters:
        return self.facts.chars

    @property
    def publisher(self) -> str:
        """The registered domain without its suffix: sister sites are one publisher."""
        return str(self.entry["publisher"]).split(".")[0]

    @property
    def fold(self) -> int:
        return int(hashlib.sha1(self.publisher.encode()).hexdigest(), 16) % FOLDS


def read_samples(corpus: Path, *, scored: bool, weight: float) -> Iterator[Sample]:
    """All pages of a corpus directory whose truth says something of the body."""
    with (corpus / "manifest.jsonl").open(encoding="utf-8") as manifest:
        entries = [json.loads(line) for line in manifest]
    for entry in entries:
        if not any(key in entry["truth"] for key in _TRUTHS):
            continue
        document = _document(corpus, entry)
        limits = ParseLimits(max_seconds=600)
        layout = walk(visible_root(document.root), limits, Deadline(limits.max_seconds))
        if not layout.runs:
            continue
        hints = page_hints(document, headline_guess(document))
        facts = page_facts(layout, hints)
        labels, weights = label_runs([run.text for run in layout.runs], entry["truth"])
        weights *= np.float32(weight)
        yield Sample(entry, facts, labels, weights, scored, hints.headline, hints.article_body)


def _document(corpus: Path, entry: dict[str, Any]) -> Document:
    body = gzip.decompress((corpus / "pages" / f"{entry['id']}.html.gz").read_bytes())
    page = FetchedPage(
        url=entry["url"],
        final_url=entry["url"],
        status=200,
        headers=(("content-type", "text/html"),),
        body=body,
        fetched_at=datetime.now(UTC),
        charset=entry.get("charset", "utf-8"),
    )
    return open_document(page)


def headline_guess(document: Document) -> str:
    """A headline good enough to find its place on the page; the pipeline knows a better one."""
    for candidate in document.meta.get("og:title", []):
        return candidate
    for item in document.structured:
        if isinstance(item.get("headline"), str):
            return str(item["headline"])
    for tag in ("h1", "title"):
        for element in document.landmarks.get(tag, []):
            return " ".join(element.text_content().split())
    return ""
