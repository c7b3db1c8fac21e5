"""What kind of page it is and whether all of it can be read, each with the reason."""

from __future__ import annotations

import pytest

from pipeline.errors import Drop
from pipeline.models import ParsedArticle
from pipeline.parse import refuse
from tests.parse.pages import HEADLINE, document, ld, read

_LINKS = "".join(f"<li><a href=/{n}>A headline of some length: {n}</a></li>" for n in range(12))
_SITE = "https://www.harbourpost.example"


def short(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body><h1>{HEADLINE}</h1>{body}</body></html>"


@pytest.mark.parametrize(
    ("head", "path", "form", "reason"),
    [
        ("", "/local/pier", "news", None),
        ("", "/meinung/pier", "opinion", "url:/meinung/"),
        ("", "/opini%C3%B3n/pier", "opinion", "url:/opinión/"),
        (ld(articleSection="Editorials"), "/pier", "opinion", "section:editorials"),
        (ld("OpinionNewsArticle"), "/pier", "opinion", "json-ld:@type=OpinionNewsArticle"),
        (ld("LiveBlogPosting"), "/pier", "live", "json-ld:@type=LiveBlogPosting"),
        ("", "/live/pier", "live", "url:/live/"),
    ],
)
def test_the_form_has_a_reason(head: str, path: str, form: str, reason: str | None) -> None:
    article = read(document(head), url=_SITE + path)
    assert (article.article_type, article.article_type_reason) == (form, reason)


@pytest.mark.parametrize(("part", "form"), [("fotostrecke", "gallery"), ("videos", "video")])
def test_a_page_of_pictures_is_named_so_where_it_has_little_text(part: str, form: str) -> None:
    html = short(f"<p>{'Waves over the pier, and gulls above them. ' * 4}</p>")
    assert read(html, url=f"{_SITE}/{part}/pier").article_type == form


@pytest.mark.parametrize("html", [short(f"<ul>{_LINKS}</ul>"), short("", ld("ProfilePage"))])
def test_what_is_no_article_is_dropped_with_the_reason(html: str) -> None:
    with pytest.raises(Drop) as dropped:
        refuse(read(html))
    assert dropped.value.reason == "not_an_article"


def paywalled(**more: object) -> ParsedArticle:
    return read(document(ld(isAccessibleForFree=False, **more)))


def test_a_paywalled_page_says_how_much_is_missing() -> None:
    article = paywalled(wordCount=900)
    assert article.access == "paywalled"
    assert article.missing is not None
    assert article.missing.endswith("of about 900 words are here")


def test_a_paywalled_page_names_the_part_that_is_not_there() -> None:
    part = {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".rest"}
    assert paywalled(hasPart=part).missing == "the part that the page calls .rest is not here"


def test_a_paywalled_page_that_holds_its_whole_text_misses_nothing() -> None:
    assert paywalled(wordCount=80).missing is None


def test_a_page_that_is_free_misses_nothing() -> None:
    assert read(document(ld(isAccessibleForFree=True, wordCount=900))).missing is None
