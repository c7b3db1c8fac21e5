"""An article of several pages names its next page, and never the next article."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from pipeline.models import FetchedPage
from pipeline.parse import parse
from tests.parse.body.pages import URL, dressed, parsed

CASES = {
    "/local/crane?page=2": f"{URL}?page=2",
    "/local/crane/2": f"{URL}/2",
    "/local/crane-2.html": "https://news.example/local/crane-2.html",
    "/local/crane-leaves-at-last": None,
    "/local/ferry": None,
    "https://elsewhere.example/local/crane/2": None,
    "http://[broken": None,
    "": None,
}


@pytest.mark.parametrize("href", CASES)
@pytest.mark.parametrize("tag", ["link", "a"])
def test_only_an_address_below_the_articles_own_is_its_next_page(tag: str, href: str) -> None:
    page = dressed().replace("<main>", f'<{tag} rel="next" href="{href}"></{tag}><main>')
    assert parsed(page).next_page_url == CASES[href]


PAGERS = {
    f'<a href="{URL}?page=2">2</a> <a href="{URL}?page=3">3</a>': f"{URL}?page=2",
    '<a href="?page=3">3</a> <a href="?page=2">Next page</a>': f"{URL}?page=2",
    f'Pages: <b>1</b> <a href="{URL}/2/">2</a> <a href="{URL}/3/">3</a>': f"{URL}/2/",
    '<a href="crane-2.html">2</a>': "https://news.example/local/crane-2.html",
    '<a href="?page=2">次のページへ</a>': f"{URL}?page=2",
    # another article, another listing, comments that count from nought, the page before
    '<a href="/local/crane-2">Next</a>': None,
    f'<a href="{URL}/page/2/">Older posts</a>': None,
    '<a href="?page=1">2</a> <a href="?page=2">3</a>': None,
    '<a href="/local/ferry?page=2">2</a>': None,
    '<a href="/national/crane?page=2">2</a>': None,
    '<a href="https://elsewhere.example/local/crane?page=2">2</a>': None,
    '<a href="http://[broken?page=2">2</a>': None,
    '<a href="?page=2#comments">2</a>': None,
}


@pytest.mark.parametrize("links", PAGERS)
def test_a_pager_names_the_next_page_by_its_number(links: str) -> None:
    page = dressed().replace("</article>", f'<div class="pagination">{links}</div></article>')
    assert parsed(page).next_page_url == PAGERS[links]


def test_a_number_without_a_pager_is_no_page() -> None:
    page = dressed().replace("</article>", '<p class="more"><a href="?page=2">2</a></p></article>')
    assert parsed(page).next_page_url is None


OF_ADDRESSES = [
    # the page after the second; articles that a number alone tells apart
    ("/local/crane/2", "/local/crane/3", True),
    ("/local/crane-2.html", "/local/crane-3.html", True),
    ("/?p=12", "/?p=13", False),
]


@pytest.mark.parametrize(("own", "other", "follows"), OF_ADDRESSES)
def test_a_later_page_has_a_next_one_and_a_numbered_article_none(
    own: str, other: str, follows: bool
) -> None:
    number = re.findall(r"\d+", other)[-1]
    pager = f'<div class="pagination"><a href="{other}">{number}</a></div></article>'
    page = FetchedPage(
        url=f"https://news.example{own}",
        final_url=f"https://news.example{own}",
        status=200,
        headers=(("content-type", "text/html"),),
        body=dressed().replace("</article>", pager).encode(),
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    assert parse(page).next_page_url == (f"https://news.example{other}" if follows else None)
