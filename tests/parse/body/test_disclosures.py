"""That the house earns by its links is no part of a story."""

from __future__ import annotations

import pytest

from pipeline.parse.body.disclosures import DISCLOSURE_CHARS, discloses_links
from tests.parse.body.pages import PARAGRAPHS, dressed, paragraphs, parsed

DISCLOSURES = (
    "This post may contain affiliate links. Read how we test.",
    "Editor's note: The Quay may include affiliate links on some pages.",
    "Some of the links in this guide are affiliate links.",
    "Affiliate links are used in this post, at no cost to you.",
    "If you buy through our links, we may earn a small commission.",
    "When you click a shop's link and make a purchase, Quay Media will receive a commission.",
    "As a Harbour Shops associate, I earn from qualifying purchases: my affiliate account pays me.",
    "Dieser Artikel enthält Affiliate-Links.",
    "Kaufen Sie darüber ein, erhalten wir vom Händler eine Provision.",
    "Dit artikel bevat affiliate links.",
    "Cet article contient des liens affiliés.",
    "Este artículo contiene enlaces de afiliados.",
    "Este texto contém links de afiliados.",
    "Questa pagina contiene link di affiliazione.",
    "Ten tekst zawiera linki afiliacyjne.",
    "В тексте есть партнёрские ссылки.",
    "当サイトはアフィリエイト広告を利用しています。",
)
NEWS = (
    "Streamers earn a commission when viewers buy games by affiliate links.",
    "If you buy a boat by an agent, the agent may earn a commission.",
    "The commission said that the pier contains asbestos.",
    "The hospital and its affiliates are on the list.",
    "Der Makler verlangt eine Provision von drei Prozent.",
    "Affiliate-Marketing wächst, sagt der Verband.",
    "Партнёрская программа порта начнётся весной.",
)


@pytest.mark.parametrize("line", DISCLOSURES)
def test_a_line_that_says_the_house_earns_by_its_links_is_told_by_its_words(line: str) -> None:
    assert discloses_links(line)


@pytest.mark.parametrize("line", NEWS)
def test_what_a_story_says_of_commissions_and_affiliates_is_none(line: str) -> None:
    assert not discloses_links(line)


def test_a_disclosure_in_a_plain_paragraph_is_set_apart_as_promo() -> None:
    line = DISCLOSURES[0]
    article = parsed(dressed(paragraphs(*PARAGRAPHS[:1], line, *PARAGRAPHS[1:])))
    assert article.body_text == "\n\n".join(PARAGRAPHS)
    assert line in [block.text for block in article.blocks if block.type == "promo"]


def test_a_long_paragraph_is_read_though_it_discloses_links() -> None:
    long = f"{DISCLOSURES[0]} {'The harbour is open again. ' * 16}"
    assert len(long) > DISCLOSURE_CHARS
    assert not discloses_links(long)
