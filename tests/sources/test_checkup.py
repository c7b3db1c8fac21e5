"""A check looks at every list and one article, and says of each fault what to do."""

from __future__ import annotations

from dataclasses import replace

from pipeline.models import SelectorRule, SourceProfile
from tests.sources.conftest import Site, article, feed, sitemap
from workers.sources.checkup import check_source

RSS = "application/rss+xml"


def profile_of(site: Site) -> SourceProfile:
    stories = site.stories()
    site.put("/feed.xml", feed(*stories), RSS)
    site.put("/sitemap.xml", sitemap(*stories))
    site.put(
        "/news", "".join(f"<a href='{url}'>Eel seen again in the harbour</a>" for url in stories)
    )
    return SourceProfile(
        "quay",
        timezone="UTC",
        feeds=(site.url("/feed.xml"),),
        sitemaps=(site.url("/sitemap.xml"),),
        pages=(site.url("/news"),),
    )


def test_a_source_that_is_well_has_no_problem(site: Site) -> None:
    checked = check_source(site.ask, profile_of(site))
    assert checked.is_well
    assert [(one.kind, one.entries) for one in checked.lists] == [
        ("feed", 3),
        ("sitemap", 3),
        ("page", 3),
    ]
    assert checked.sample is not None
    assert checked.sample.headline == "Eel seen in the harbour again"


def test_each_fault_says_what_to_do(site: Site) -> None:
    site.put("/empty.xml", feed(), RSS)
    site.put("/page.xml", "<html>moved</html>")
    profile = replace(
        profile_of(site),
        feeds=tuple(site.url(path) for path in ("/gone.xml", "/empty.xml", "/page.xml")),
    )
    gone, empty, page = check_source(site.ask, profile).lists[:3]
    assert gone.problem is not None
    assert gone.problem.startswith("not_found")
    assert gone.todo is not None
    assert "new address" in gone.todo
    assert empty.problem == "it names no article"
    assert page.problem is not None
    assert page.problem.startswith("not_a_list")


def test_a_selector_that_finds_nothing_any_more_is_told(site: Site) -> None:
    rules = (SelectorRule("headline", "h1.old"), SelectorRule("body_text", "div.text"))
    checked = check_source(site.ask, replace(profile_of(site), selectors=rules))
    assert not checked.is_well
    [problem] = checked.problems
    assert "the selector for headline finds nothing" in problem
    assert "`until`" in problem


def test_an_article_without_a_story_and_times_without_a_zone_are_told(site: Site) -> None:
    profile = replace(profile_of(site), timezone=None, sitemaps=(), pages=())
    bare = site.put("/news/bare", "<html><h1>Title</h1></html>")
    site.put("/feed.xml", feed(bare), RSS)
    assert "no story was found" in check_source(site.ask, profile).problems[0]
    when = '<meta property="article:published_time" content="2026-02-03T08:00">'
    dated = site.put("/news/dated", article("Pier to be mended", when))
    site.put("/feed.xml", feed(dated), RSS)
    [problem] = check_source(site.ask, profile).problems
    assert "set the source's timezone" in problem


def test_an_article_that_cannot_be_had_is_told(site: Site) -> None:
    profile = replace(profile_of(site), sitemaps=(), pages=())
    site.put("/feed.xml", feed(site.url("/nowhere")), RSS)
    [problem] = check_source(site.ask, profile).problems
    assert "not_found" in problem
