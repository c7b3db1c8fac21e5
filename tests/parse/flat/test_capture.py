"""Unmarked text is told apart by the role of its lines, however thinly it is wrapped."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.models import ParsedArticle
from tests.parse.body.pages import parsed
from tests.parse.flat.capture import CAPTION, CREDIT, HEADLINE, LINES, STORY, TEASERS, forms

FORMS = forms(LINES)
SEED = Path(__file__).parents[4] / "shared" / "seed" / "capture.txt"
_SEED_STORY = slice(4, 14)


@pytest.fixture(params=FORMS, ids=str)
def article(request: pytest.FixtureRequest) -> ParsedArticle:
    markup, media_type = FORMS[request.param]
    return parsed(markup, content_type=media_type)


def texts(article: ParsedArticle, kind: str) -> list[str]:
    return [block.text for block in article.blocks if block.type == kind]


def test_the_story_has_its_ten_paragraphs_and_no_foreign_piece(article: ParsedArticle) -> None:
    assert article.body_text.split("\n\n") == list(STORY)


def test_headline_author_and_time_come_from_the_lines(article: ParsedArticle) -> None:
    assert article.headline == HEADLINE
    assert [author.name for author in article.authors] == ["Jonas Vik"]
    assert article.published_raw == "February 3, 2026 3:02 PM"
    assert article.published_zone == "unknown"


def test_caption_and_credit_are_apart(article: ParsedArticle) -> None:
    assert texts(article, "caption") == [CAPTION]
    assert texts(article, "credit") == [CREDIT]


def test_each_teaser_is_one_block_of_title_and_deck(article: ParsedArticle) -> None:
    assert texts(article, "teaser") == ["\n".join(teaser) for teaser in TEASERS]


@pytest.mark.skipif(not SEED.exists(), reason="the shared seed is not here")
@pytest.mark.parametrize("form", FORMS)
def test_the_seed_capture_gives_ten_of_ten_and_none_of_eight(form: str) -> None:
    lines = tuple(line for line in SEED.read_text(encoding="utf-8").splitlines() if line.strip())
    markup, media_type = forms(lines)[form]
    article = parsed(markup, content_type=media_type)
    assert article.body_text.split("\n\n") == list(lines[_SEED_STORY])
    assert len(texts(article, "teaser")) == 2
    assert len(texts(article, "caption")) == len(texts(article, "credit")) == 1
    assert [author.name for author in article.authors] == ["Tim Zadorozhnyy"]
    assert article.published_raw == "March 24, 2025 3:02 PM"


@pytest.mark.parametrize(
    "line",
    [
        "More than a hundred boats were moved to the western basin on Sunday.",
        "Related trades expect a good year.",
        "See how the tide turned, the harbour master told the council.",
        "Watch on Tuesday as the council votes on the pier again.",
        "Leer más libros en la escuela mejora la memoria de los niños.",
    ],
)
def test_a_sentence_is_story_though_its_first_word_may_lead_elsewhere(line: str) -> None:
    lines = (*LINES[:7], line, *LINES[7:])
    article = parsed("\n".join(f"<p>{text}</p>" for text in lines))
    assert line in article.body_text.split("\n\n")


def test_a_line_that_is_all_link_is_no_story() -> None:
    story = "".join(f"<p>{text}</p>" for text in STORY)
    article = parsed(
        f"<body><h1>{HEADLINE}</h1>{story}<p>Other news:<br><a href=/2>Ferry fares rise in the "
        "spring</a></p><a href=/>Back to the index</a></body>"
    )
    assert article.body_text.split("\n\n") == list(STORY)
