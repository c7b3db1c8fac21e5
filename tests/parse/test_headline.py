"""The headline is what the page shows as one: not the site's name, not a search engine's title."""

from __future__ import annotations

import pytest

from tests.parse.pages import HEADLINE, URL, document, ld, read

OTHER = "What the new pier will cost, and who is going to pay for it"
SITE = '<meta property="og:site_name" content="Harbour Post">'


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}">'


def with_heading(markup: str, head: str = "", url: str = URL) -> str | None:
    return read(document(head).replace(f"<h1>{HEADLINE}</h1>", markup), url=url).headline


@pytest.mark.parametrize("title", [f"{HEADLINE} | Harbour Post", f"Harbour Post - {HEADLINE}"])
def test_the_sites_name_is_no_part_of_the_headline(title: str) -> None:
    assert with_heading("", og(title) + SITE) == HEADLINE


def test_the_heading_on_the_page_beats_the_title_of_its_metadata() -> None:
    assert read(document(og("Northern pier to be rebuilt by council vote"))).headline == HEADLINE


def test_a_banner_that_links_home_is_not_the_headline_though_it_is_the_only_h1() -> None:
    banner = f'<h1><a href="/">The Tide Table</a></h1><h2>{HEADLINE}</h2>'
    head = f"<title>{HEADLINE} | The Tide Table</title>"
    assert with_heading(banner, head) == HEADLINE


def test_of_two_headings_the_one_that_the_page_gives_to_be_shared_is_the_headline() -> None:
    """The other is made for search engines: it is the page's title and its data's headline."""
    seo = "Pier vote: northern pier rebuilt, cost, council, date"
    head = f"<title>{seo}</title>{og(OTHER)}" + ld(headline=seo)
    assert with_heading(f"<h1>{seo}</h1><h2>{OTHER}</h2>", head) == OTHER


def test_a_teaser_of_the_same_story_is_a_link_and_not_the_headline() -> None:
    short = "Council votes to rebuild the pier"
    teaser = f'<h3 class="headline"><a href="{URL}">{short}</a></h3>'
    assert with_heading(f"{teaser}<h1>{HEADLINE}</h1>", og(short)) == HEADLINE


def test_a_kicker_without_markup_is_parted_from_the_headline_by_the_metadata() -> None:
    assert with_heading(f"<h1>Local news {HEADLINE}</h1>", og(HEADLINE)) == HEADLINE


def test_a_kicker_that_the_metadata_repeats_belongs_to_the_headline() -> None:
    whole = f"Northern pier: {HEADLINE}"
    heading = f"<h1><span>Northern pier</span>: <span>{HEADLINE}</span></h1>"
    assert (with_heading(heading, og(whole)) or "").replace(" :", ":") == whole


def test_a_count_of_comments_behind_the_headline_is_not_part_of_it() -> None:
    assert with_heading(f"<h1>{HEADLINE} (87)</h1>", og(HEADLINE)) == HEADLINE


def test_a_title_that_an_unescaped_quotation_mark_cut_off_is_mended() -> None:
    whole = 'Mayor calls the pier "our spine"'
    head = f'<title>{whole}</title><meta property="og:title" content="{whole}">'
    assert with_heading("", head) == whole


def test_metadata_that_says_value_instead_of_content_is_read_too() -> None:
    article = read(document('<meta name="author" value="Ines Calder">'))
    assert [author.name for author in article.authors] == ["Ines Calder"]


def test_a_site_name_glued_to_a_title_without_blanks_is_taken_off() -> None:
    title = "港口码头将在冬天之前重新修建完成"
    assert with_heading("", f"<title>{title}-海港新闻网</title>") == title


def test_a_headline_in_which_the_domains_name_occurs_is_not_the_sites_name() -> None:
    line = "Readers of Harbourpost paid for half of the pier"
    url = "https://harbourpost.com/local/7"
    article = read(document(f"<title>{line} | News</title>").replace(HEADLINE, line), url=url)
    assert (article.headline, article.publisher) == (line, "harbourpost.com")


def test_a_kicker_in_the_heading_stays_where_all_metadata_has_it_before_the_headline() -> None:
    whole = f"Vote on the harbour: {HEADLINE}"
    heading = f'<h1><span class="kicker">Vote on the harbour</span> <span>{HEADLINE}</span></h1>'
    assert with_heading(heading, og(whole) + ld(headline=whole)) == whole


def test_a_kicker_that_metadata_leaves_out_is_no_part_of_the_headline() -> None:
    heading = f'<h1><span class="kicker">Vote on the harbour</span> <span>{HEADLINE}</span></h1>'
    assert with_heading(heading, og(HEADLINE) + ld(headline=HEADLINE)) == HEADLINE


def test_the_name_of_the_section_behind_a_headline_is_no_part_of_it() -> None:
    head = '<meta property="article:section" content="Opinion">' + og(f"{HEADLINE} | Opinion")
    assert with_heading(f"<h1>{HEADLINE} | Opinion</h1>", head) == HEADLINE


@pytest.mark.parametrize("more", [": the case for stone piles", ", and no one objects"])
def test_metadata_that_shortens_the_headline_does_not_shorten_it(more: str) -> None:
    assert with_heading(f"<h1>{HEADLINE}{more}</h1>", og(HEADLINE)) == HEADLINE + more


def test_a_first_word_that_metadata_drops_belongs_to_the_headline() -> None:
    assert with_heading(f"<h1>The {HEADLINE}</h1>", og(HEADLINE)) == f"The {HEADLINE}"


def test_a_chapters_heading_in_the_title_does_not_beat_the_heading_above_it() -> None:
    head = "<title>Who pays for the pier? - Guide</title>" + og("Who pays for the pier? - Guide")
    assert with_heading(f"<h1>{HEADLINE}</h1><h2>Who pays for the pier?</h2>", head) == HEADLINE


def test_a_headline_above_a_chapter_that_is_marked_as_first_heading_is_found() -> None:
    head = f"<title>{HEADLINE} | The Tide Table</title>"
    markup = f"<h2>{HEADLINE}</h2><h1>What the harbour master expects of it</h1>"
    assert with_heading(markup, head) == HEADLINE


def test_a_heading_that_stands_twice_for_two_widths_of_screen_is_one_heading() -> None:
    assert with_heading(f"<h1>{HEADLINE}</h1><h1>{HEADLINE}</h1>", og(OTHER)) == HEADLINE


def test_a_headline_keeps_the_quotation_marks_around_it() -> None:
    quoted = "«We shall rebuild the northern pier»"
    assert with_heading(f"<h1>{quoted}</h1>", og(f"{quoted} | Harbour Post") + SITE) == quoted


def test_furniture_that_the_parser_hung_around_the_main_part_does_not_hide_its_heading() -> None:
    markup = f'<button class="menu">Menu<main><h1 class="headline">{HEADLINE}</h1></main>'
    assert with_heading(markup, og(OTHER)) == HEADLINE


@pytest.mark.parametrize(
    "path",
    [
        "<nav><ol><li><a href='/local'>Local</a><li><h1>{}</h1></ol></nav>",
        "<div class='page-breadcrumbs'><h1>{}</h1></div>",
        "<h1 class='Breadcrumb_end__x7'>{}</h1>",
    ],
)
def test_a_heading_at_the_end_of_the_path_through_the_site_is_not_the_headline(path: str) -> None:
    seo = "Pier vote: northern pier rebuilt, cost, council, date"
    head = f"<title>{seo}</title>{og(seo)}" + ld(headline=HEADLINE)
    assert with_heading(path.format(seo) + f"<h2>{HEADLINE}</h2>", head) == HEADLINE


def test_a_heading_in_a_story_that_hangs_in_an_unclosed_path_is_the_headline() -> None:
    markup = f"<nav><main><header><h1>{HEADLINE}</h1></header>"
    assert with_heading(markup, og(OTHER)) == HEADLINE


def test_a_heading_that_leads_to_the_section_leaves_the_headline_alone() -> None:
    more = '<h1><a href="/local/">More from the harbour</a></h1>'
    assert with_heading(f"<h1>{HEADLINE}</h1>{more}", og(OTHER)) == HEADLINE


def test_a_page_built_of_widgets_shows_its_headline_in_one() -> None:
    head = '<meta property="og:title" content="Pier vote 2026: all you need to know">'
    html = document(head).replace("<article><h1>", '<article><div class="built-widget"><h1>')
    assert read(html.replace("</h1>", "</h1></div>")).headline == HEADLINE


def test_a_page_whose_only_title_is_the_sites_is_headed_by_its_first_second_level_heading() -> None:
    site = '<meta property="og:site_name" content="Harbour Post">'
    html = document(f"{site}<title>Harbour Post</title>", bottom='<div class="footer">Quay</div>')
    html = html.replace(
        f"<h1>{HEADLINE}</h1>", f'<h1></h1><div class="main"><h2>{HEADLINE}</h2></div>'
    )
    article = read(html)
    assert article.headline == HEADLINE
    assert article.evidence["headline"].origin == "dom:h2"


@pytest.mark.parametrize("end", ["_本地新闻_港口网", "-港口网", "_港口网"])
def test_a_chinese_title_goes_without_section_and_site(end: str) -> None:
    title = "市议会通过重建北码头方案"
    page = f"<html><head><title>{title}{end}</title></head><body><div><p>{'Waves. ' * 40}</p></div>"
    assert read(page).headline == title


@pytest.mark.parametrize(
    "title",
    [
        f"{HEADLINE}: harbourpost",
        f"{HEADLINE} - Local - HPo.de",
        f"{HEADLINE} | HPo.de",
        f"{HEADLINE} | harbourpost.de - News from the quays",
    ],
)
def test_the_site_in_a_title_is_told_without_any_metadata(title: str) -> None:
    url = "https://www.harbourpost.de/local/pier"
    assert with_heading("", f"<title>{title}</title>", url) == HEADLINE


def test_a_headline_is_told_from_the_names_of_boxes_by_its_words() -> None:
    boxes = "<h1>Comments</h1><h1>Videos</h1><h1>More news</h1>"
    head = f"<title>{OTHER}</title>"
    assert with_heading(f"<h1>{HEADLINE}</h1>{boxes}", head) == HEADLINE


def test_a_heading_that_any_long_part_of_the_title_repeats_is_the_headline() -> None:
    longer = (
        "All is ready for the march that fishermen, dockers, unions and their friends have called"
    )
    title = f"<title>{HEADLINE} | {longer} | Local</title>"
    assert with_heading(f"<h1>{HEADLINE}</h1><h1>Four more words here</h1>", title) == HEADLINE


def test_a_section_that_the_title_repeats_is_not_the_headline() -> None:
    title = f"<title>{HEADLINE} | Pier and Dock | Quays</title>"
    assert (
        with_heading(f"<h1>Pier and Dock</h1><h2 class=headline>{HEADLINE}</h2>", title) == HEADLINE
    )


def test_a_programs_name_at_the_titles_end_is_no_sites_address() -> None:
    title = "Moving a large harbour from paper to Node.js"
    for name in ("Node.js", "ASP.NET", "main.py"):
        head = f"<title>A large harbour leaves its paper | {name}</title>"
        assert with_heading("", head) == f"A large harbour leaves its paper | {name}"
    assert with_heading("", f"<title>{title} | harbourpost.com</title>") == title
