"""The values between stages survive JSON, whatever a page put into them."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import models
from pipeline.codec import from_json, to_json, to_plain

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

ARTICLE = models.EnrichedArticle(
    url="https://example.org/a",
    final_url="https://example.org/a/",
    headline="Pier rebuilt",
    authors=(models.Author("Ines Calder", "By INES CALDER", "reporter"),),
    published_at=NOON,
    published_precision="instant",
    published_zone="known",
    published_offset_minutes=60,
    body_text="One.\n\nTwo.",
    blocks=(
        models.Block("paragraph", "One.", 0, 4),
        models.Block("teaser", "Read on", None, None),
        models.Block("paragraph", "Two.", 6, 10, NOON),
    ),
    images=(models.Image("https://example.org/i.jpg", "The pier", "Tom Reed", "lead"),),
    links=(models.Link("https://example.net/", "a report"),),
    evidence={
        "headline": models.Evidence(
            "dom:h1", "Pier rebuilt", 0.9, (models.Evidence("meta:og:title", "Pier", 0.5),)
        )
    },
    entities=(models.Entity("place", "Harbour", (models.Mention("Harbour", 0, 7),)),),
    citations=(models.Citation("The Gazette", "gazette.example", "One.", 0, 4, "reported"),),
    quotes=(models.Quote("One.", None, 0, 4),),
    enrichers=(models.EnricherRun("language", 1, "failed: no text"),),
)
VALUES: list[Any] = [
    models.FetchRequest(
        "https://example.org/",
        etag='"x"',
        source=models.SourceProfile(
            "example",
            domains=("example.org",),
            timezone="Europe/Berlin",
            selectors=(models.SelectorRule("headline", "h1", until=date(2025, 1, 1)),),
        ),
    ),
    models.FetchedPage(
        url="https://example.org/",
        final_url="https://example.org/",
        status=200,
        headers=(("Content-Type", "text/html"),),
        body=b"\x00\xff<p>",
        fetched_at=NOON,
        charset="cp1251",
        charset_from="header",
        replacement_ratio=0.25,
    ),
    ARTICLE,
    models.Stored("duplicate", "0198-id", 1, duplicate_of="0198-other", event_seq=7),
    models.Fingerprint(b"\x01" * 32, (1, 2**62), 40, 44, frozenset(("1912", "24"))),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_comes_back_from_json_as_it_was(value: Any) -> None:
    assert from_json(type(value), to_json(value)) == value


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_cannot_be_changed(value: Any) -> None:
    name = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, None)


def test_times_in_json_are_utc_and_evidence_has_its_published_name() -> None:
    told = json.loads(to_json(ARTICLE))
    assert told["published_at"] == "2026-03-01T12:00:00.123456Z"
    assert told["version"] == models.ARTICLE_VERSION
    assert told["evidence"]["headline"]["from"] == "dom:h1"
    assert told["evidence"]["headline"]["others"][0]["from"] == "meta:og:title"


def test_the_articles_json_has_exactly_the_published_names() -> None:
    published = {
        "version", "url", "final_url", "canonical_url", "publisher", "headline", "subheadline",
        "authors", "published_at", "published_precision", "published_zone",
        "published_offset_minutes", "published_raw", "modified_at", "language", "section", "tags",
        "access", "missing", "article_type", "article_type_reason", "body_text", "blocks",
        "images", "links",
        "next_page_url", "limits", "extractor", "evidence", "word_count", "reading_minutes",
        "entities", "citations", "quotes", "topics", "keywords", "enrichers",
    }  # fmt: skip
    assert published <= set(to_plain(ARTICLE)), "a published name may not go"


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_text_a_page_can_hold_becomes_valid_utf8_json(text: str) -> None:
    written = to_json(models.Block("paragraph", text))
    assert from_json(models.Block, written).text == text.encode("utf-16", "surrogatepass").decode(
        "utf-16", "replace"
    )


def test_json_of_another_shape_is_refused_with_the_path_that_does_not_fit() -> None:
    with pytest.raises(ValueError, match=r"\$\.status"):
        from_json(
            models.FetchedPage,
            b'{"url":"u","final_url":"u","status":"ok","headers":[],"body":"","fetched_at":"2026-03-01T00:00:00Z"}',
        )


def test_a_header_is_found_in_any_case_and_the_media_type_without_parameters() -> None:
    page = dataclasses.replace(VALUES[1], headers=(("CONTENT-type", "Text/HTML; charset=x"),))
    assert page.header("content-TYPE") == "Text/HTML; charset=x"
    assert page.media_type == "text/html"
    assert dataclasses.replace(page, headers=()).media_type == ""


def test_text_replaces_what_the_charset_cannot_decode() -> None:
    page = dataclasses.replace(VALUES[1], body=b"a\xffb", charset="utf-8")
    assert page.text == "a\ufffdb"
