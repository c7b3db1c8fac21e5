"""Addresses in an article are whole and valid, however the page wrote them."""

from __future__ import annotations

from tests.parse.pages import document, read


def test_addresses_of_links_and_images_in_the_story_are_valid_urls() -> None:
    story = (
        "<p>The council has published <a href='/files/pier plan 2026.pdf#page 3'>the plan of the "
        "pier</a> and <a href='//Data.example/überblick?q=a b'>the data behind it</a>, and the "
        "harbour master <a href='javascript:void(0)'>his answer</a> to both of them.</p>"
        "<figure><img src='/img/the pier [old].jpg'><figcaption>The pier</figcaption></figure>"
    )
    article = read(document(top=story))
    assert [link.url for link in article.links] == [
        "https://www.harbourpost.example/files/pier%20plan%202026.pdf#page%203",
        "https://data.example/%C3%BCberblick?q=a%20b",
    ]
    assert "https://www.harbourpost.example/img/the%20pier%20%5Bold%5D.jpg" in {
        image.url for image in article.images
    }
