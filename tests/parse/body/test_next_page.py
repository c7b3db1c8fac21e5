"""An article of several pages names its next page, and never the next article."""

from __future__ import annotations

import pytest

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
    '<a href="https://elsewhere.example/local/crane?page=2">2</a>': None,
    '<a href="http://[broken?page=2">2</a>': None,
}


@pytest.mark.parametrize("links", PAGERS)
def test_a_pager_names_the_next_page_by_its_number(links: str) -> None:
    page = dressed().replace("</article>", f'<div class="pagination">{links}</div></article>')
    assert parsed(page).next_page_url == PAGERS[links]


def test_a_number_without_a_pager_is_no_page() -> None:
    page = dressed().replace("</article>", '<p class="more"><a href="?page=2">2</a></p></article>')
    assert parsed(page).next_page_url is None
