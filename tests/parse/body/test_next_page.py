"""An article of several pages names its next page, and never the next article."""

from __future__ import annotations

import pytest

from tests.parse.body.pages import URL, dressed, parsed

CASES = {
    "/local/crane?page=2": f"{URL}?page=2",
    "/local/crane/2": f"{URL}/2",
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
