"""A source's own selectors win, keep what they won over, and hold for the pages of their days."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from pipeline.models import ParsedArticle, SelectorRule, SourceProfile
from tests.parse.body import pages as dressed_pages
from tests.parse.pages import HEADLINE, PARAGRAPHS, document, read

META = (
    '<meta property="article:published_time" content="2026-02-03T08:00:00Z">'
    '<meta name="author" content="Web Desk"><meta property="og:title" content="SEO title">'
)
TOP = (
    '<div class="k"><h2 class="real">The pier, at last</h2><p class="d">What was decided</p>'
    '<span class="who">By Ines Calder and Tom Reed</span>'
    '<span class="when">4 February 2026, 09:30</span>'
    '<i class="t">Harbour</i><i class="t">Council</i><b class="s">Local affairs</b>'
    '<div class="pic"><img src="/pier.jpg"></div></div>'
)


def parsed(*rules: SelectorRule, html: str = "", timezone: str | None = None) -> ParsedArticle:
    source = SourceProfile("desk", timezone=timezone, selectors=rules)
    return read(html or document(META, TOP), source=source)


def test_each_field_takes_the_value_that_its_selector_finds() -> None:
    article = parsed(
        SelectorRule("headline", "h2.real"),
        SelectorRule("subheadline", "div.k > p.d"),
        SelectorRule("authors", ".who"),
        SelectorRule("published_at", ".when"),
        SelectorRule("section", "b.s"),
        SelectorRule("tags", "i.t"),
        SelectorRule("images", ".pic"),
        timezone="Europe/London",
    )
    assert article.headline == "The pier, at last"
    assert article.subheadline == "What was decided"
    assert [author.name for author in article.authors] == ["Ines Calder", "Tom Reed"]
    assert article.published_at == datetime(2026, 2, 4, 9, 30, tzinfo=UTC)
    assert (article.published_zone, article.published_precision) == ("source", "minute")
    assert (article.section, article.tags) == ("Local affairs", ("Harbour", "Council"))
    assert (article.images[0].url, article.images[0].role) == (
        "https://www.harbourpost.example/pier.jpg",
        "lead",
    )
    assert article.limits == ()


def test_the_evidence_names_the_selector_and_keeps_the_losers() -> None:
    evidence = parsed(SelectorRule("authors", ".who")).evidence["authors"]
    assert (evidence.origin, evidence.confidence) == ("selector:.who", 1.0)
    assert evidence.raw == "By Ines Calder and Tom Reed"
    assert "meta:author" in [other.origin for other in evidence.others]


def test_an_attribute_is_read_instead_of_the_text() -> None:
    html = document('<meta name="x-title" content="From the meta">' + META)
    assert parsed(SelectorRule("headline", "meta[name=x-title]"), html=html).headline == (
        "From the meta"
    )
    html = document(META, '<time data-at="2026-01-05T10:00:00+01:00">Monday</time>')
    article = parsed(SelectorRule("published_at", "time", attribute="data-at"), html=html)
    assert article.published_at == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert article.published_zone == "known"


def test_selectors_may_look_at_what_stands_inside_and_at_text() -> None:
    html = document(META, "<h3>Rain</h3><h3>Written by <b>Ann Lee</b></h3>")
    rule = SelectorRule("authors", "h3:has(b):-soup-contains('Written by') b")
    assert [author.name for author in parsed(rule, html=html).authors] == ["Ann Lee"]


@pytest.mark.parametrize("css", [".nowhere", "..no css[", ":unknown-thing"])
def test_a_selector_that_finds_nothing_leaves_the_usual_decision_and_is_named(css: str) -> None:
    with_it, usual = parsed(SelectorRule("headline", css)), parsed()
    assert with_it.headline == usual.headline
    assert with_it.evidence == usual.evidence
    assert with_it.limits == ("selector_missed:headline",)


def test_of_several_rules_the_first_that_gives_a_value_is_taken() -> None:
    article = parsed(
        SelectorRule("headline", ".gone"),
        SelectorRule("headline", ".d"),
        SelectorRule("headline", ".real"),
    )
    assert (article.headline, article.limits) == ("What was decided", ())


RELAUNCH = date(2026, 2, 1)
OLD = SelectorRule("headline", ".d", until=date(2026, 1, 31))
NEW = SelectorRule("headline", ".real", since=RELAUNCH)


@pytest.mark.parametrize(
    ("published", "headline"),
    [
        ("2026-01-31T23:59:00Z", "What was decided"),
        ("2026-02-01T00:01:00Z", "The pier, at last"),
        ("2019-05-05", "What was decided"),
    ],
)
def test_old_rules_stay_for_old_pages(published: str, headline: str) -> None:
    html = document(f'<meta property="article:published_time" content="{published}">', TOP)
    assert parsed(OLD, NEW, html=html).headline == headline


def test_a_page_without_a_date_goes_by_the_day_on_which_it_was_fetched() -> None:
    html = document("", '<h2 class="real">New</h2><p class="d">Old</p>')
    assert parsed(OLD, NEW, html=html).headline == "New"  # fetched in March


def test_a_date_rule_of_its_own_day_decides_before_the_pages_metadata() -> None:
    dated = SelectorRule("published_at", ".old-date", until=date(2026, 1, 31))
    html = document(META, TOP + '<span class="old-date">10 January 2026</span>')
    article = parsed(OLD, NEW, dated, html=html)
    assert article.headline == "What was decided"
    assert article.published_at == datetime(2026, 1, 10, tzinfo=UTC)


def test_the_evidence_of_a_field_without_a_rule_is_untouched_by_dated_rules() -> None:
    plain, ruled = parsed(), parsed(OLD, NEW)
    assert ruled.evidence["published_at"] == plain.evidence["published_at"]


def test_the_storys_container_is_read_block_by_block_and_foreign_pieces_stay_apart() -> None:
    other = "<div class='other'>" + dressed_pages.paragraphs(*(f"{p} Else." for p in PARAGRAPHS))
    html = dressed_pages.dressed().replace("<footer>", other + "</div><footer>")
    inside = (
        f"<figure><img src=/a.jpg><figcaption>{dressed_pages.FOREIGN['caption']}</figcaption>"
        f"</figure><aside class='house-promo'><p>{dressed_pages.FOREIGN['promo']}</p></aside>"
    )
    html = html.replace('<div class="article-body">', f'<div class="article-body">{inside}')
    article = parsed(SelectorRule("body_text", "div.article-body"), html=html)
    assert article.body_text.split("\n\n") == list(dressed_pages.PARAGRAPHS)
    kinds = {block.type: block.text for block in article.blocks if block.start is None}
    assert kinds["caption"] == dressed_pages.FOREIGN["caption"]
    assert kinds["promo"] == dressed_pages.FOREIGN["promo"]
    assert article.evidence["body_text"].origin == "selector:div.article-body"


def test_a_container_brings_out_a_story_that_would_not_be_taken_for_one() -> None:
    short = "<div class='note'><p>Closed on Monday.</p><p>Open again on Tuesday.</p></div>"
    html = document(META, "", short)
    assert PARAGRAPHS[0] in parsed(html=html).body_text
    article = parsed(SelectorRule("body_text", ".note"), html=html)
    assert PARAGRAPHS[0] not in article.body_text
    assert "Open again on Tuesday." in article.body_text


@pytest.mark.parametrize("css", [".nowhere", "head", "nav", "article > h1"])
def test_a_container_without_a_story_leaves_the_usual_body(css: str) -> None:
    article = parsed(SelectorRule("body_text", css))
    assert article.body_text == parsed().body_text
    assert article.limits == ("selector_missed:body_text",)


def test_several_elements_may_hold_the_story_together() -> None:
    halves = "".join(f"<section class='part'><p>{text}</p></section>" for text in PARAGRAPHS)
    html = f"<html><body><h1>{HEADLINE}</h1>{halves}<section><p>{PARAGRAPHS[0]}</p></section>"
    article = parsed(SelectorRule("body_text", ".part"), html=html)
    assert article.body_text.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "html",
    [
        "<p>" * 3000 + "deep",
        "<div class=a " + " ".join(f"a{n}=1" for n in range(3000)) + ">x",
        "<table><tr><p class='a'>x<table></p><svg><p class=a>y</svg>",
        "",
    ],
)
def test_no_page_makes_a_selector_raise(html: str) -> None:
    rules = tuple(SelectorRule(name, ".a, div > p:has(b)") for name in ("headline", "body_text"))
    parsed(*rules, html=html or "<html></html>")


def test_a_source_without_selectors_loads_no_selector_engine() -> None:
    program = (
        "import sys; from tests.parse.pages import *; from pipeline.models import SourceProfile\n"
        "read(document(), source=SourceProfile('desk'))\n"
        "assert 'pipeline.parse.css' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
