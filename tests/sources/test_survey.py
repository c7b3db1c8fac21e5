"""A survey finds what a site offers, looks into each thing once, and takes nothing on trust."""

from __future__ import annotations

import pytest

from pipeline.errors import Drop
from tests.sources.conftest import Site, feed, sitemap
from workers.sources.survey import USUAL_FEEDS, NothingThere, survey

RSS = "application/rss+xml"


def found(site: Site, path: str = "/") -> dict[str, list[str]]:
    """What a survey of the address finds, by kind, as paths."""
    looked = survey(site.ask, site.url(path))
    kinds: dict[str, list[str]] = {"feed": [], "sitemap": [], "page": []}
    for finding in looked.findings:
        kinds[finding.kind].append(finding.url.removeprefix(site.url().rstrip("/")))
    return kinds


def test_feeds_that_the_page_names_are_kept_when_they_list_something(site: Site) -> None:
    stories = site.stories()
    site.put("/all.xml", feed(*stories), RSS)
    site.put("/empty.xml", feed(), RSS)
    site.put("/broken.xml", "<html>gone</html>")
    site.put("/comments/feed/", feed(*stories), RSS)
    names = ("/all.xml", "/empty.xml", "/broken.xml", "/missing.xml", "/comments/feed/")
    links = "".join(f'<link rel="alternate" type="{RSS}" href="{name}">' for name in names)
    site.put("/", f"<html><head>{links}</head></html>")
    looked = survey(site.ask, site.url())
    assert [f.url for f in looked.findings] == [site.url("/all.xml")]
    assert any("/missing.xml: not_found" in problem for problem in looked.problems)
    assert "/comments/feed/" not in site.asked
    assert not {*USUAL_FEEDS} & {*site.asked}, "nothing is guessed where something is named"


def test_the_hub_that_a_feed_names_is_told(site: Site) -> None:
    hub = '<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>'
    pushed = feed(*site.stories()).replace("<channel>", f"<channel>{hub}")
    assert hub in pushed
    site.put("/", "<html><body>Welcome</body></html>")
    site.put("/feed", pushed, RSS)
    assert [f.hub for f in survey(site.ask, site.url()).findings] == ["https://hub.example/"]


def test_where_no_feed_is_named_the_usual_places_are_asked_until_one_is_there(site: Site) -> None:
    site.put("/", "<html><body>Welcome</body></html>")
    site.put("/rss.xml", feed(*site.stories()), RSS)
    looked = survey(site.ask, site.url())
    assert [f.url for f in looked.findings] == [site.url("/rss.xml")]
    assert [path for path in site.asked if path in USUAL_FEEDS] == [
        "/feed", "/rss", "/feed.xml", "/rss.xml",
    ]  # fmt: skip
    assert looked.problems == (), "what was only guessed is no problem of the site's"


def test_sitemaps_come_from_robots_txt_those_of_news_first(site: Site) -> None:
    stories = site.stories()
    site.put("/", "<html></html>")
    lines = "".join(
        f"sitemap: {site.url(path)}\n" for path in ("/a.xml", "/news-map.xml", "/no.xml")
    )
    broken = "Sitemap:\nSitemap: http://[\nSitemap: mailto:desk@post.example\nSitemap\n"
    relative = "SITEMAP : /b.xml # of last year\n"
    rules = f"User-agent: *\nAllow: /\n{broken}{lines}{relative}"
    site.put("/robots.txt", rules, "text/plain")
    site.put("/b.xml", sitemap(*stories))
    site.put("/a.xml", sitemap(*stories))
    site.put("/news-map.xml", sitemap(*stories))
    assert found(site)["sitemap"] == ["/news-map.xml", "/a.xml", "/b.xml"]


def test_without_a_named_sitemap_the_usual_place_is_asked(site: Site) -> None:
    site.put("/", "<html></html>")
    site.put("/sitemap.xml", sitemap(*site.stories()))
    assert found(site)["sitemap"] == ["/sitemap.xml"]


def test_sections_are_pages_of_the_menu_that_list_articles(site: Site) -> None:
    teasers = "".join(
        f"<h2><a href='{url}'>Eel seen in the harbour again and again</a></h2>"
        for url in site.stories("/новости")
    )
    menu = "".join(
        f"<li><a href='{path}'>{path[1:8]}</a></li>"
        for path in ("/новости", "/about", "/empty", "/gone", "/app.exe", "/a/b/c/d")
    )
    site.put("/", f"<html><nav>{menu}</nav>{teasers}</html>")
    site.put("/новости", f"<html><h1>Новости</h1>{teasers}</html>")
    site.put("/about", "<html>About us</html>")
    site.put("/empty", "<html><a href='/'>Home</a></html>")
    looked = survey(site.ask, site.url())
    assert [(f.kind, f.entries) for f in looked.findings] == [("page", 3)]
    assert looked.profile.pages == (site.url("/новости"),)
    assert looked.problems == (), "a dead link of a menu is no fault of the source"


def test_a_feed_given_instead_of_a_page_leads_to_its_site(site: Site) -> None:
    site.put("/feeds/top.xml", feed(*site.stories()), RSS)
    site.put("/", "<html><head><meta property='og:site_name' content='The Quay'></head></html>")
    looked = survey(site.ask, site.url("/feeds/top.xml"))
    assert looked.profile.feeds == (site.url("/feeds/top.xml"),)
    assert looked.profile.home == site.url("/")


def test_name_publisher_language_and_zone_are_what_the_site_says(site: Site) -> None:
    script = '<script>var settings = {"timezone":{"offset":1,"string":"Europe\\/Oslo"}}</script>'
    site.put("/", f'<html lang="nb-NO"><head><title>Home</title>{script}</head></html>')
    site.put("/feed.xml", feed(*site.stories()), RSS)
    profile = survey(site.ask, site.url()).profile
    assert profile.publisher == "The Quay", "from an article, where the front page names none"
    assert (profile.language, profile.timezone) == ("no", "Europe/Oslo")
    assert (profile.name, profile.domains) == ("127.0.0.1", ("127.0.0.1",))
    assert survey(site.ask, site.url(), "quay").profile.name == "quay"


def test_a_zone_that_is_none_is_left_out(site: Site) -> None:
    site.put("/", "<html><script>timeZone: 'Mars/Olympus'</script></html>")
    assert survey(site.ask, site.url()).profile.timezone is None


def test_a_site_that_offers_nothing_is_empty(site: Site) -> None:
    site.put("/", "<html><body>Nothing here</body></html>")
    assert survey(site.ask, site.url()).is_empty


def test_an_address_that_is_not_there_or_none_is_said_so(site: Site) -> None:
    with pytest.raises(NothingThere, match="not_found"):
        survey(site.ask, site.url("/nowhere"))
    with pytest.raises(Drop, match="bad_url"):
        survey(site.ask, "quay.example")


def test_a_site_is_asked_politely_and_no_page_twice(site: Site) -> None:
    site.put("/", "<html></html>")
    site.put("/feed.xml", feed(*site.stories()), RSS)
    survey(site.ask, site.url())
    assert len(site.asked) == len(set(site.asked))
    assert len(site.pauses) == len(site.asked) - 1
    assert all(0 <= pause <= 0.5 for pause in site.pauses)


def test_robots_rules_hold_for_a_survey_too() -> None:
    from dataclasses import replace

    from pipeline.fetch import Client
    from tests.fetch.conftest import POLICY
    from tests.fetch.server import Server, response
    from workers.sources.asking import Asker

    rules = response(200, b"User-agent: *\nDisallow: /feed", content_type="text/plain")
    server = Server({"/robots.txt": rules, "/": response(200, b"<html>x</html>")})
    client = Client(replace(POLICY, respect_robots=True))
    survey(Asker(client, 0.0), server.url())
    assert not [one.path for one in server.asked if one.path.startswith("/feed")]
    client.close()
    server.close()
