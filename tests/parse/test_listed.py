"""What a feed or news sitemap says fills what the page leaves out, and never more than that."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.models import ListHint, SourceProfile
from tests.parse.pages import HEADLINE, document, read

AT = datetime(2026, 2, 28, 9, 30, 15, tzinfo=UTC)
LISTED = ListHint("rss", published_at=AT, has_time=True)
VIENNA = SourceProfile(name="post", timezone="Europe/Vienna")


def dated(text: str) -> str:
    return document(f'<meta property="article:published_time" content="{text}">')


def test_a_page_without_a_date_has_the_lists_and_its_evidence_says_so() -> None:
    article = read(document(), hint=LISTED)
    assert (article.published_at, article.published_precision) == (AT, "instant")
    assert article.published_zone == "known"
    assert article.evidence["published_at"].origin == "list:rss"
    assert article.evidence["published_at"].confidence < 0.25


def test_a_list_that_gives_only_a_day_gives_no_time() -> None:
    day = ListHint("urlset", published_at=datetime(2026, 2, 28, tzinfo=UTC))
    article = read(document(), hint=day)
    assert (article.published_precision, article.published_zone) == ("day", "unknown")


def test_the_date_that_the_page_tells_stays() -> None:
    article = read(dated("2026-02-27T08:00:00Z"), hint=LISTED)
    assert article.published_at == datetime(2026, 2, 27, 8, tzinfo=UTC)
    evidence = article.evidence["published_at"]
    assert evidence.origin == "meta:article:published_time"
    assert [other.origin for other in evidence.others] == ["list:rss"]


def test_the_list_adds_the_time_to_the_day_that_the_page_gives() -> None:
    article = read(dated("2026-02-28"), hint=LISTED)
    assert (article.published_at, article.published_precision) == (AT, "instant")
    assert article.evidence["published_at"].origin == "meta:article:published_time+list:rss"


def test_the_day_is_compared_on_the_sources_own_clock() -> None:
    late = ListHint("rss", published_at=datetime(2026, 2, 27, 23, 30, tzinfo=UTC), has_time=True)
    assert read(dated("2026-02-28"), hint=late, source=VIENNA).published_at == late.published_at
    assert read(dated("2026-02-28"), hint=late).published_precision == "day"


@pytest.mark.parametrize("day", ["2026-02-27", "2026-02"])
def test_the_time_of_another_day_is_not_added(day: str) -> None:
    assert read(dated(day), hint=LISTED).published_precision != "instant"


def test_the_list_tells_the_zone_of_the_pages_clock() -> None:
    article = read(dated("2026-02-28T15:00"), hint=LISTED)
    assert (article.published_offset_minutes, article.published_zone) == (330, "known")
    assert article.published_at == datetime(2026, 2, 28, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("clock", ["2026-02-28T09:30", "2026-02-28T11:07", "2026-03-01T09:30"])
def test_a_list_that_may_tell_the_local_clock_or_another_moment_gives_no_zone(clock: str) -> None:
    article = read(dated(clock), hint=LISTED)
    assert article.published_zone == "unknown"
    assert article.evidence["published_at"].origin == "meta:article:published_time"


def test_the_zone_of_the_source_counts_before_that_of_the_list() -> None:
    article = read(dated("2026-02-28T15:00"), hint=LISTED, source=VIENNA)
    assert (article.published_offset_minutes, article.published_zone) == (60, "source")


def test_a_list_that_dates_a_page_after_its_fetch_is_not_believed() -> None:
    later = ListHint("rss", published_at=datetime(2026, 3, 9, tzinfo=UTC), has_time=True)
    assert read(document(), hint=later).published_at is None


@pytest.mark.parametrize("has_time", [True, False])
def test_a_list_that_dates_a_page_before_the_web_is_not_believed(has_time: bool) -> None:
    early = ListHint("rss", published_at=datetime(1600, 1, 1, tzinfo=UTC), has_time=has_time)
    assert read(document(), hint=early).published_at is None


def test_a_list_counts_before_the_date_of_a_distant_teaser_and_after_any_other() -> None:
    teaser = '<div class="related"><time datetime="2026-02-01">1 Feb</time></div>'
    assert read(document(bottom="<p>x</p>" * 60 + teaser), hint=LISTED).published_at == AT
    first = datetime(2026, 2, 1, tzinfo=UTC)
    assert read(document(top="<p>1 February 2026</p>"), hint=LISTED).published_at == first


def test_a_feeds_title_stands_in_where_the_page_has_no_headline() -> None:
    bare = document().replace(f"<h1>{HEADLINE}</h1>", "")
    article = read(bare, hint=ListHint("atom", title=HEADLINE))
    assert article.headline == HEADLINE
    assert article.evidence["headline"].origin == "list:atom"


@pytest.mark.parametrize(
    "hint", [ListHint("page", title="3 min Pier 12 comments"), ListHint("rss", title="Council…")]
)
def test_the_words_of_a_link_and_a_title_cut_off_are_no_headline(hint: ListHint) -> None:
    assert read(document().replace(f"<h1>{HEADLINE}</h1>", ""), hint=hint).headline is None


def test_the_pages_own_headline_stays() -> None:
    assert read(document(), hint=ListHint("rss", title="The pier, again")).headline == HEADLINE


VERDICT = "Police did not say the mayor is guilty of all charges"
TEASER = "Ten reasons to visit the old lighthouse"
TITLES = (
    "",
    f"<title>{VERDICT}</title>",
    f"<title>{VERDICT} | Post</title>",
    "<title>Trial</title>",
)


@pytest.mark.parametrize("head", [*TITLES, '<meta property="og:title" content="Mayor trial">'])
@pytest.mark.parametrize("title", ["the mayor is guilty of all charges", TEASER])
def test_a_lists_title_neither_trims_the_headline_nor_chooses_a_heading(
    head: str, title: str
) -> None:
    page = document(head, bottom=f"<aside><h2>{TEASER}</h2></aside>").replace(HEADLINE, VERDICT)
    alone, listed = read(page), read(page, hint=ListHint("rss", title=title))
    assert listed.headline == alone.headline == VERDICT
    assert listed.evidence["headline"] == alone.evidence["headline"]


def test_a_title_element_counts_before_the_lists_title() -> None:
    bare = document("<title>The pier, at last</title>").replace(f"<h1>{HEADLINE}</h1>", "")
    assert read(bare, hint=ListHint("rss", title=HEADLINE)).headline == "The pier, at last"
