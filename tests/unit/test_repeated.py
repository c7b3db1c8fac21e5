"""The memory of one host: what counts as repeated, what it learns from, and how large it gets."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.models import Block, ParsedArticle
from pipeline.repeated import (
    EAGER_ARTICLES,
    MOST_BLOCKS,
    SAMPLED,
    WINDOW,
    Repeated,
    from_bytes,
    lesson,
    times_seen,
)

FURNITURE = "What we print is paid for by our readers, and by nobody else since the year 1894."
BACKGROUND = "The pier was closed in the spring of 2024 after a storm had broken six of its piles."


def own(number: int, part: int = 0) -> str:
    """A sentence of one article alone."""
    return (
        f"Of the things that were said that evening, number {number} in part {part} stays in mind."
    )


def article(number: int, *more: str, headline: str | None = None) -> ParsedArticle:
    texts = [own(number, part) for part in range(4)] + list(more)
    blocks, at = [], 0
    for text in texts:
        blocks.append(Block("paragraph", text, at, at + len(text)))
        at += len(text) + 2
    url = f"https://paper.example/{number}"
    return ParsedArticle(
        url=url,
        final_url=url,
        headline=headline or f"Story {number}",
        body_text="\n\n".join(texts),
        blocks=tuple(blocks),
    )


def taught(*articles: ParsedArticle) -> Repeated:
    host = Repeated()
    for number, one in enumerate(articles):
        host = host.learned(lesson(number, one))
    return host


def paragraph(text: str) -> Block:
    return Block("paragraph", text, 0, len(text))


def times(host: Repeated, block: Block) -> int:
    return times_seen(block, host.furniture())


def test_a_block_counts_from_the_third_other_article_on() -> None:
    pages = [article(number, FURNITURE) for number in range(3)]
    assert times(taught(*pages[:2]), paragraph(FURNITURE)) == 0
    assert times(taught(*pages), paragraph(FURNITURE)) == 3
    assert times(taught(*pages), paragraph(own(0))) == 0


def test_spacing_case_and_signs_make_no_other_block() -> None:
    host = taught(*(article(number, FURNITURE) for number in range(3)))
    assert times(host, paragraph(FURNITURE.upper().replace(", ", " - "))) == 3


def test_background_that_few_of_many_stories_share_is_story() -> None:
    host = taught(*(article(n, *([BACKGROUND] if n % 5 == 0 else [])) for n in range(20)))
    assert host.articles == 20
    assert times(host, paragraph(BACKGROUND)) == 0


def test_short_blocks_headings_and_entries_of_a_live_blog_are_never_judged() -> None:
    host = taught(*(article(n, FURNITURE, "Read more about the pier.") for n in range(4)))
    assert times(host, paragraph("Read more about the pier.")) == 0
    assert times(host, Block("heading", FURNITURE, 0, 1)) == 0
    assert times(host, Block("paragraph", FURNITURE, 0, 1, datetime.now(UTC))) == 0


def test_an_article_is_counted_once_under_one_address_or_one_headline() -> None:
    host = taught(article(1, FURNITURE))
    assert host.learned(lesson(0, article(2, FURNITURE))) is host
    assert host.learned(lesson(7, article(2, FURNITURE, headline="STORY 1"))) is host


def test_a_copy_under_another_address_and_headline_teaches_nothing() -> None:
    host = taught(article(1, FURNITURE))
    copy = article(1, FURNITURE, "With a paragraph more than it had.", headline="Again")
    assert host.learned(lesson(7, copy)) is host


def test_what_was_set_apart_goes_on_being_counted() -> None:
    host = taught(*(article(number, FURNITURE) for number in range(3)))
    later = article(9)
    aside = ParsedArticle(
        url=later.url,
        final_url=later.url,
        headline=later.headline,
        blocks=(*later.blocks, Block("promo", FURNITURE)),
    )
    assert times(host.learned(lesson(9, aside)), paragraph(FURNITURE)) == 4


def test_what_is_no_longer_printed_is_forgotten() -> None:
    host = taught(*(article(number, FURNITURE) for number in range(12)))
    assert times(host, paragraph(FURNITURE)) == 12
    for number in range(100, 100 + 2 * WINDOW):
        host = host.learned(lesson(number, article(number)))
    assert times(host, paragraph(FURNITURE)) == 0


def test_it_never_grows_beyond_five_kilobytes_and_keeps_what_is_seen_most() -> None:
    host = Repeated()
    for number in range(200):
        filler = [own(number, part) for part in range(1000, 1090)]
        host = host.learned(lesson(number, article(number, FURNITURE, *filler)))
        assert len(host.counts) <= MOST_BLOCKS
        assert len(host.to_bytes()) <= 5_000
        assert host.articles < WINDOW
    assert times(host, paragraph(FURNITURE)) > 3


def test_it_comes_back_from_its_bytes_and_from_damaged_ones_empty() -> None:
    host = taught(*(article(number, FURNITURE) for number in range(5)))
    assert from_bytes(host.to_bytes()) == host
    assert from_bytes(Repeated().to_bytes()) == Repeated()
    for damaged in (b"", b"\x02" + host.to_bytes()[1:], host.to_bytes()[:-1], b"\x01" * 40):
        assert from_bytes(damaged) == Repeated()


def test_a_host_with_many_articles_is_learned_from_at_one_address_in_eight() -> None:
    assert all(Repeated(EAGER_ARTICLES - 1).wants(address) for address in range(SAMPLED))
    assert sum(Repeated(EAGER_ARTICLES).wants(address) for address in range(80)) == 10
