"""What a page says of itself may be broken, huge or a lie: every field keeps to what can be."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.codec import from_json, to_json
from pipeline.fetch.pages import page_from_bytes
from pipeline.models import ParsedArticle
from pipeline.parse import ParseLimits, parse
from tests.parse.pages import FETCHED, HEADLINE, PARAGRAPHS, URL, document, ld, read

STORY = "\n\n".join(PARAGRAPHS)
_NAMES = ("headline", "author", "datePublished", "image", "keywords", "articleSection", "publisher",
          "articleBody", "isAccessibleForFree", "hasPart", "wordCount", "mainEntityOfPage", "@type",
          "@id", "@graph", "inLanguage", "url", "dateModified", "liveBlogUpdate")  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=5)
    ),
    max_leaves=25,
)


def script(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def written_and_read(article: ParsedArticle) -> bool:
    """Whether it survives JSON, in which a lone surrogate becomes the character for "unknown"."""
    once = from_json(ParsedArticle, to_json(article))
    return from_json(ParsedArticle, to_json(once)) == once


def sound(article: ParsedArticle) -> None:
    """The article can be written and read back, and holds the page's own headline and story."""
    assert written_and_read(article)
    assert article.headline == HEADLINE
    assert article.body_text == STORY


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "null",
        "[[[[[[]]]]]]",
        "{" * 5_000,
        "[" * 100_000,
        '{"@graph": ' * 1_000 + "1" + "}" * 1_000,
        '{"@type": ["NewsArticle", 5, null], "headline": {"a": []}, "author": [[["x"]]]}',
        '{"@type": "NewsArticle", "author": 7, "datePublished": {}, "image": [null, 3, {}]}',
        '{"@id": "#a", "@type": "NewsArticle", "author": {"@id": "#a"}, "image": {"@id": "#a"}}',
        '{"@type": "NewsArticle", "datePublished": "' + "9" * 10_000 + '"}',
        '{"@type": "NewsArticle", "wordCount": 1e999, "headline": "\\ud800\\udc00\\ud83d"}',
    ],
    ids=range(12),
)
def test_broken_data_costs_its_own_values_only(data: str) -> None:
    sound(read(document(script(data))))


def test_megabytes_of_data_are_left_unread_and_named() -> None:
    catalogue = json.dumps([{"@type": "Product", "name": "x" * 100}] * 20_000)
    article = read(document(script(catalogue)))
    sound(article)
    assert "max_structured_chars" in article.limits


def test_thousands_of_objects_are_read_as_far_as_the_cap_goes() -> None:
    article = read(document(script(json.dumps([{"@type": "Thing"}] * 5_000))))
    sound(article)
    assert "max_structured_nodes" in article.limits


def test_markup_in_fields_is_text() -> None:
    article = read(
        document(
            ld(author="<b>Ines</b> Calder", articleSection="<i>Local</i>")
            + '<meta property="og:site_name" content="&lt;img src=x onerror=1&gt;Post">'
        )
    )
    sound(article)
    assert [author.name for author in article.authors] == ["Ines Calder"]
    assert (article.section, article.publisher) == ("Local", "Post")


def test_a_canonical_address_off_the_site_is_not_believed_and_kept_as_a_loser() -> None:
    stolen = "https://elsewhere.example/other"
    article = read(document(f'<link rel="canonical" href="{stolen}">'))
    assert article.canonical_url is None
    assert [other.raw for other in article.evidence["canonical_url"].others] == [stolen]


def test_of_contradicting_dates_the_most_trusted_wins_and_the_others_are_kept() -> None:
    head = ld(datePublished="2026-02-27T10:00:00Z") + (
        '<meta property="article:published_time" content="2026-02-20T10:00:00Z">'
    )
    article = read(document(head))
    assert str(article.published_at) == "2026-02-27 10:00:00+00:00"
    assert "2026-02-20T10:00:00Z" in [o.raw for o in article.evidence["published_at"].others]


def test_the_day_that_page_and_metadata_show_beats_that_of_a_first_version() -> None:
    head = ld(datePublished="2021-11-03T10:00:00Z") + (
        '<meta property="article:published_time" content="2026-02-28T10:00:00Z">'
    )
    article = read(document(head, '<p class="date">28 February 2026</p>'))
    assert str(article.published_at) == "2026-02-28 10:00:00+00:00"


def test_an_instant_in_utc_keeps_the_clock_that_the_page_shows() -> None:
    """Readers in the publisher's town know the day of 21:44, not that of 00:44 in London."""
    top = '<p class="date">27 February 2026, 21:44</p>'
    article = read(document(ld(datePublished="2026-02-28T00:44:52Z"), top))
    assert article.published_offset_minutes == -180
    assert str(article.published_at) == "2026-02-28 00:44:52+00:00"


def test_lone_surrogates_and_control_characters_do_no_harm() -> None:
    head = ld(author="Ines\ud83d Calder\x00") + "<meta name=\ud800 content=\x01>"
    article = read(document(head))
    sound(article)
    assert [author.name for author in article.authors] == ["Ines Calder"]


def test_thousands_of_metas_marks_and_headings_stay_within_the_limits_of_each_field() -> None:
    head = '<meta property="article:tag" content="tide">' * 2_000
    head += "".join(f'<meta name="keywords" content="k{n}">' for n in range(2_000))
    top = '<span class="byline author date">By Ines Calder, 1 March 2026</span>' * 3_000
    article = read(document(head, top + "<h2>The pier</h2>" * 3_000))
    assert article.headline == HEADLINE
    assert len(article.tags) <= 40
    assert [author.name for author in article.authors] == ["Ines Calder"]
    assert all(len(evidence.others) <= 5 for evidence in article.evidence.values())


@settings(max_examples=60, deadline=None)
@given(fields=st.dictionaries(st.sampled_from(_NAMES), json_values, max_size=6))
def test_no_data_makes_parsing_fail(fields: dict[str, Any]) -> None:
    article = read(document(script(json.dumps({"@type": "NewsArticle"} | fields))))
    assert written_and_read(article)
    assert article.body_text


def test_a_parse_without_time_ends_at_once_and_says_so() -> None:
    body = ("<p>tide</p>" * 50_000).encode()
    page = page_from_bytes(URL, body, content_type="text/html", fetched_at=FETCHED)
    assert "max_seconds" in parse(page, limits=ParseLimits(max_seconds=0.0)).limits
