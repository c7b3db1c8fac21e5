"""Tags are those that the publisher gave the story: by its data, else as the page shows them."""

from __future__ import annotations

import pytest

from tests.parse.pages import document, read

SHOWN = '<p><a rel="tag" href="/t/pier">Pier</a> <a rel="tag" href="/t/harbour">Harbour</a></p>'


def test_links_that_call_themselves_tags_are_the_tags_of_a_page_whose_data_names_none() -> None:
    article = read(document(top=SHOWN))
    assert article.tags == ("Pier", "Harbour")
    assert article.evidence["tags"].origin == "dom:rel=tag"


def test_what_the_pages_data_names_stays() -> None:
    head = '<meta name="keywords" content="council, vote">'
    assert read(document(head, top=SHOWN)).tags == ("council", "vote")


def test_the_links_of_the_first_element_called_tags_are_tags() -> None:
    listed = '<ul class="article-tags"><li><a href="/t/pier">Pier</a><li><a href="/v">Vote</a></ul>'
    assert read(document(bottom=listed)).tags == ("Pier", "Vote")


@pytest.mark.parametrize(
    "markup",
    [
        '<a rel="category tag" href="/c/local">Local</a>',
        f'<aside class="related">{SHOWN}</aside>',
        '<div class="teaser"><ul class="tags"><a href="/t/other">Other</a></ul></div>',
    ],
)
def test_categories_and_the_tags_of_other_stories_are_not_taken(markup: str) -> None:
    assert read(document(bottom=markup)).tags == ()
