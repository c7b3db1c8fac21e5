"""Authors by markup alone: links to their pages, class names, and what stands beside the name."""

from __future__ import annotations

import pytest

from tests.parse.pages import document, ld, read


def authors(top: str = "", head: str = "", bottom: str = "") -> list[str]:
    return [author.name for author in read(document(head, top, bottom)).authors]


@pytest.mark.parametrize(
    "top",
    [
        '<div><a href="/author/ines-calder/">Ines Calder</a></div>',
        '<div><span><a href="https://post.example/people/icalder">Ines Calder</a></span></div>',
        '<div><a href="/autoren/calder-17">Ines Calder<br>Learn more</a></div>',
        '<div><a href="/by/calder"><img alt=""></a><a href="/by/calder">Ines Calder</a></div>',
    ],
)
def test_a_link_to_an_authors_page_below_the_headline_names_the_author(top: str) -> None:
    assert authors(top) == ["Ines Calder"]


@pytest.mark.parametrize(
    "top",
    [
        '<p>The harbour master, <a href="/people/tom-reed">Tom Reed</a>, said on Tuesday that the '
        "pier would be closed from the first of May on, for as long as it takes.</p>",
        '<aside><a href="/author/tom-reed">Tom Reed</a></aside>',
        '<div class="related-stories"><a href="/author/tom-reed">Tom Reed</a></div>',
        '<div>Reviewed by: <a href="/author/tom-reed">Tom Reed</a></div>',
        '<div><a href="/author/tom-reed">© Tom Reed</a></div>',
        '<div><a href="/author/post">Harbour</a></div>',
        '<div><a href="/authors/">Our Writers</a></div>',
        '<div><a href="/people/all">All People</a></div>',
        '<p>Topics: <a href="/people/tom-reed">Tom Reed</a></p>',
        '<p>Reviewed by</p><div><span><a href="/author/tom-reed">Tom Reed</a></span></div>',
    ],
)
def test_other_links_name_nobody(top: str) -> None:
    assert authors(top) == []


def test_the_linked_login_behind_an_authors_label_is_the_author() -> None:
    signed = '<div class="author">Author: <a href="?user=58"><b>Bo3man</b></a> on May 2, 2025</div>'
    rows = (
        '<table><tr><td class="author">29.12.10<br><a href="?user=62">CatFish</a></td></tr></table>'
    )
    assert authors(signed, bottom="<div><i></i></div>" * 40 + rows) == ["Bo3man"]


def test_the_link_behind_a_sources_label_names_nobody() -> None:
    assert authors('<div class="author">Source: <a href="/tide7">tide7</a></div>') == []


def test_a_link_far_below_the_headline_is_another_texts() -> None:
    far = "<div><i></i></div>" * 80 + '<div><a href="/author/tom-reed">Tom Reed</a></div>'
    assert authors(bottom=far) == []


@pytest.mark.parametrize("label", ["Translated by", "Übersetzt von:", "Reviewed by:"])
def test_who_did_other_work_is_no_author_though_marked_up_as_one(label: str) -> None:
    other = f'<div><span>{label}</span> <span class="author-name">Tom Reed</span></div>'
    assert authors(other) == []
    assert authors(f'<div class="author">Ines Calder</div>{other}') == ["Ines Calder"]


def test_an_editor_marked_up_as_author_is_none_beside_the_author() -> None:
    editor = '<div><span>Edited by</span> <span class="author-name">Tom Reed</span></div>'
    assert authors(f'<div class="author">Ines Calder</div>{editor}') == ["Ines Calder"]


def test_an_author_marked_in_a_bar_for_sharing_is_believed_below_the_headline() -> None:
    author = '<span itemprop="author"><span itemprop="name">Ines Calder</span></span>'
    assert authors(f'<div class="share-bar">{author}</div>') == ["Ines Calder"]


def test_a_name_below_a_picture_is_no_author_though_marked_up_as_one() -> None:
    assert authors('<figure><img src="/p.jpg"><p class="author">Tom Reed</p></figure>') == []


def test_a_led_line_above_the_story_beats_a_class_name_that_no_word_leads() -> None:
    top = '<div class="author-list">Tom Reed</div><div>By Ines Calder</div>'
    assert authors(top) == ["Ines Calder"]


def test_a_title_before_a_name_makes_no_second_person() -> None:
    top = '<div class="author">Ines Calder</div><div class="author">Dr. Ines Calder</div>'
    assert authors(top) == ["Ines Calder"]


@pytest.mark.parametrize(
    "top",
    [
        '<p class="article-author">Redaktion Hafenblatt</p>',
        '<div><a rel="author" href="/x">Redaktion Hafenblatt</a></div>',
        "<div>Von Redaktion Hafenblatt</div>",
    ],
)
def test_a_desk_in_the_byline_is_the_author_where_nobody_else_is_named(top: str) -> None:
    assert authors(top) == ["Redaktion Hafenblatt"]
    assert authors(top + '<div class="author">Katrin Vogt</div>') == ["Katrin Vogt"]


def test_a_section_marked_up_as_a_byline_is_nobody() -> None:
    head = '<meta property="article:section" content="Pier & Dock">'
    assert authors('<div class="author">Pier & Dock</div>', head) == []


def test_names_that_stand_each_in_an_element_are_not_run_together() -> None:
    top = '<div class="byline"><span>Ines Calder</span> <span>Tom Reed</span></div>'
    assert authors(top) == ["Ines Calder", "Tom Reed"]


def test_a_byline_completes_the_data_whatever_academic_titles_it_shows() -> None:
    head = ld(author={"@type": "Person", "name": "Ines Calder"})
    assert authors("<p>By Dr Ines Calder, Tom Reed</p>", head) == ["Dr Ines Calder", "Tom Reed"]


@pytest.mark.parametrize(
    "line",
    [
        '<p class="date">CALDER, 3 DE MAYO DE 2026: POR SER ALCALDE</p>',
        '<p class="date">3 de mayo de 2026 por la Autopista Central</p>',
        '<p class="date">Christoph von Eichen 3. März 2026</p>',
    ],
)
def test_a_word_for_by_inside_a_line_names_nobody(line: str) -> None:
    assert authors(line) in ([], ["Christoph von Eichen"])


def test_a_link_below_the_story_is_another_storys() -> None:
    more = '<section><a href="/ferry">Ferry</a> <a href="/author/tom-reed">Tom Reed</a></section>'
    assert authors(bottom=more) == []


def test_a_class_name_says_more_of_an_author_than_a_link_to_people_of_any_kind() -> None:
    topics = '<div><a href="/people/tom-reed">Tom Reed</a></div>'
    assert authors(f'<span class="byline">Ines Calder</span>{topics}') == ["Ines Calder"]


def test_a_kicker_before_a_name_does_not_make_it_a_picture_makers() -> None:
    assert authors('<span>Video</span> <span class="author">Ines Calder</span>') == ["Ines Calder"]
    assert authors('<span>Video by</span> <span class="author">Ines Calder</span>') == []


def test_two_names_in_an_element_each_are_two_authors() -> None:
    byline = '<div class="byline"><span>Ines Calder</span><span>Tom Reed</span></div>'
    assert authors(byline) == ["Ines Calder", "Tom Reed"]


def test_capitals_do_not_hide_a_byline_behind_a_date() -> None:
    posted = '<p class="date">POSTED MARCH 3, 2025 BY INES CALDER</p>'
    assert authors(posted) == ["Ines Calder"]
    assert authors('<p class="date">Kolumne von Ines, 3. März 2026</p>') == ["Ines"]
