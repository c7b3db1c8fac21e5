"""Where a picture's address, its caption and its credit stand in the markup of today's sites."""

from __future__ import annotations

import pytest

from tests.parse.body.pages import HEADLINE, PARAGRAPHS, paragraphs, parsed

CAPTION = "The jib of the crane hangs above the barge on Monday."
JIB = "https://news.example/jib.jpg"


def page(above: str, story: str = "", head: str = "") -> str:
    """Without a lead image in its data; ``above`` stands between headline and story."""
    return (
        f'<!doctype html><html lang="en"><head><title>{HEADLINE}</title>{head}</head><body>'
        f'<main><article><h1>{HEADLINE}</h1>{above}<div class="article-body">'
        f"{story or paragraphs()}</div></article></main><aside><p>Old salts' corner</p></aside>"
        "</body></html>"
    )


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="post-thumbnail"><img class="wp-post-image" src="/jib.jpg"></div>',
        '<figure><img src="/img/wait.gif" data-src="/jib.jpg"></figure>',
        '<figure><img src="/lazy.svg" data-lazy-src="/jib.jpg"></figure>',
        '<figure><img src="data:image/gif;base64,R0lG" data-srcset="/jib.jpg 900w"></figure>',
        '<picture><source srcset="/jib.jpg 900w"><img alt="crane"></picture>',
        '<picture><source srcset="/s.webp"><source srcset="/l.webp"><img src="/jib.jpg"></picture>',
        '<figure><img src="data:image/gif;base64,R0lG"><noscript><img src="/jib.jpg"></noscript>'
        "</figure>",
        '<img class="avatar photo" src="https://faces.example/f/8c1?s=96"><img src="/jib.jpg">',
    ],
)
def test_the_picture_above_a_story_is_found_however_it_is_loaded(markup: str) -> None:
    assert [image.url for image in parsed(page(markup)).images] == [JIB]


def test_a_teaser_picture_with_words_is_none_of_the_story() -> None:
    card = '<div class="card"><a href="/x"><img src="/x.jpg"><b>Ladders are back</b></a></div>'
    assert parsed(page(card)).images == ()


@pytest.mark.parametrize("name", ["logo.png", "site-logo.png", "placeholder.jpg"])
def test_the_house_sign_in_the_metadata_gives_way_to_a_picture_of_the_story(name: str) -> None:
    head = f'<meta property="og:image" content="https://news.example/static/{name}">'
    shown = parsed(page('<figure><img src="/jib.jpg"></figure>', head=head)).images
    assert shown[0].url == JIB
    assert [image.url for image in parsed(page("", head=head)).images] == [
        f"https://news.example/static/{name}"
    ]


@pytest.mark.parametrize(
    ("markup", "credit"),
    [
        (
            f'<figure><img src="/jib.jpg"><figcaption>{CAPTION} <span class="credit">'
            "Ines Brandt/Quay</span></figcaption></figure>",
            "Ines Brandt/Quay",
        ),
        (f'<div class="pic"><img src="/jib.jpg"><small>{CAPTION}</small></div>', None),
        (f'<figure><img src="/jib.jpg"></figure><div class="caption">{CAPTION}</div>', None),
    ],
)
def test_a_caption_is_read_without_its_credit_in_the_figure_or_alone_below(
    markup: str, credit: str | None
) -> None:
    image = parsed(page(markup)).images[0]
    assert (image.caption, image.credit) == (CAPTION, credit)


CENTRED = 'style="text-align: center"'


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        (f'<p {CENTRED}><img src="/jib.jpg"></p><p {CENTRED}>{CAPTION}</p>', False),
        (f'<p align="center"><img src="/jib.jpg"><br>{CAPTION}</p>', False),
        (f'<center><img src="/jib.jpg"></center><p class="aligncenter">{CAPTION}</p>', False),
        (f'<p {CENTRED}><img src="/jib.jpg"></p><p>{CAPTION}</p>', True),
        (f'<p {CENTRED}><img src="/jib.jpg"></p><p {CENTRED}>“{CAPTION}”</p>', True),
        (
            f'<p {CENTRED}><img src="/jib.jpg"></p><p {CENTRED}>{CAPTION}</p>'
            f"<p {CENTRED}>It is gone.</p>",
            True,
        ),
    ],
)
def test_one_centred_line_below_a_picture_is_its_caption(markup: str, kept: bool) -> None:
    story = paragraphs(*PARAGRAPHS[:2]) + markup + paragraphs(*PARAGRAPHS[2:])
    article = parsed(page("", story))
    assert (CAPTION in article.body_text) is kept
    assert PARAGRAPHS[2] in article.body_text
    if not kept:
        assert article.images[0].caption == CAPTION
