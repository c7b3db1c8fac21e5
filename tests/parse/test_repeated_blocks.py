"""Blocks that the host's other articles repeat are set apart, and the page says so."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.fetch.pages import page_from_bytes
from pipeline.models import ParsedArticle, SelectorRule, SourceProfile
from pipeline.parse import parse
from pipeline.repeated import Repeated, lesson
from tests.faults.site import OATH, story

MARK = b"</p></article>"


def page(number: int, more: str = "") -> bytes:
    """A story of its own; ``more`` stands behind its last paragraph."""
    whole = story(f"/story/{number}")
    assert whole.count(MARK) == 1
    return whole.replace(MARK, f"</p>{more}</article>".encode())


def read(
    html: bytes, host: Repeated | None = None, source: SourceProfile | None = None
) -> ParsedArticle:
    fetched = page_from_bytes(
        "https://paper.example/story",
        html,
        content_type="text/html",
        fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    return parse(fetched, source, repeated=host)


def host_of(more: str, articles: int = 3) -> Repeated:
    host = Repeated()
    for number in range(articles):
        host = host.learned(lesson(number, read(page(number, more))))
    assert host.articles == articles
    return host


def holds(article: ParsedArticle) -> None:
    """Offsets point at the blocks' texts, which make up the body."""
    inside = [block for block in article.blocks if block.start is not None]
    assert [article.body_text[b.start : b.end] for b in inside] == [b.text for b in inside]
    assert "\n\n".join(block.text for block in inside) == article.body_text


def test_a_paragraph_of_three_other_articles_is_gone_from_the_fourth_and_kept_as_data() -> None:
    more = f"<p>{OATH}</p>"
    alone, known = read(page(9, more)), read(page(9, more), host_of(more))
    assert OATH in alone.body_text, "else this page shows nothing"
    assert alone.body_text.replace(f"\n\n{OATH}", "") == known.body_text
    [aside] = [block for block in known.blocks if block.text == OATH]
    assert (aside.type, aside.start) == ("promo", None)
    evidence = known.evidence["body_text"]
    assert (evidence.origin, evidence.raw, evidence.confidence) == ("repeated:3", OATH, 1.0)
    holds(known)


def test_two_other_articles_are_not_enough() -> None:
    more = f"<p>{OATH}</p>"
    assert read(page(9, more), host_of(more, 2)) == read(page(9, more))


def test_a_story_that_says_nothing_known_is_read_as_without_a_memory() -> None:
    assert read(page(9), host_of(f"<p>{OATH}</p>")) == read(page(9))


def test_a_heading_with_nothing_left_below_it_goes_too() -> None:
    more = f"<h2>Who we are</h2><p>{OATH}</p>"
    known = read(page(9, more), host_of(more))
    assert "Who we are" not in known.body_text
    assert known.body_text == read(page(9)).body_text
    holds(known)


def test_links_of_what_is_set_apart_go_and_others_stay() -> None:
    more = f'<p>{OATH} <a href="/who">All of us</a></p>'
    ours = '<p>She had told <a href="/chronicle">the chronicle of the town</a> before.</p>'
    links = [link.text for link in read(page(9, ours + more), host_of(more)).links]
    assert links == ["the chronicle of the town"]


def test_a_syndicated_story_that_stands_at_four_addresses_is_not_eaten() -> None:
    host = Repeated()
    for number in range(5):
        host = host.learned(lesson(number, read(page(1))))
    assert host.articles == 1
    assert read(page(1), host) == read(page(1))


def test_a_page_that_repeats_more_than_half_of_itself_is_left_as_it_is() -> None:
    more = "".join(f"<p>{OATH} That is promise number {n} of {OATH.lower()}</p>" for n in range(4))
    host = host_of(f"<p>{OATH}</p>")
    seen = {**host.counts, **dict.fromkeys(lesson(7, read(page(9, more))).blocks, 3)}
    everything = Repeated(3, (), seen)
    assert read(page(9, more), everything) == read(page(9, more))


def test_a_story_whose_container_a_person_named_is_left_alone() -> None:
    more = f"<p>{OATH}</p>"
    source = SourceProfile("paper", selectors=(SelectorRule("body_text", "article"),))
    assert OATH in read(page(9, more), host_of(more), source).body_text
