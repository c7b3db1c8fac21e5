"""Authors are people: raw and clean, none invented, wherever the page names them."""

from __future__ import annotations

import pytest

from pipeline.parse.people import read_byline, read_listed
from tests.parse.pages import document, ld, read


def names(line: str) -> list[str]:
    return [person.name for person in read_byline(line)]


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("By Ines Calder", ["Ines Calder"]),
        ("BY INES CALDER AND TOM REED", ["Ines Calder", "Tom Reed"]),
        ("Ines Calder, Tom Reed and Maud Ellery", ["Ines Calder", "Tom Reed", "Maud Ellery"]),
        ("Von Katrin Vogt und Jonas Petersen", ["Katrin Vogt", "Jonas Petersen"]),
        ("Par Élise Marchand, à Arles", ["Élise Marchand"]),
        ("Por Lucía Robledo", ["Lucía Robledo"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Автор: Оксана Литвин", ["Оксана Литвин"]),
        ("文／林晓雨", ["林晓雨"]),
        ("बकुल मीना जोशी द्वारा", ["बकुल मीना जोशी"]),
        ("بقلم سلمى الحداد", ["سلمى الحداد"]),
        ("Ines Calder, Senior Correspondent", ["Ines Calder"]),
        ("Ines Calder (ines.calder@post.example)", ["Ines Calder"]),
        ("By Ines Calder @inescalder", ["Ines Calder"]),
        ("By Ines Calder | March 3, 2026", ["Ines Calder"]),
        ("Calder, Ines", ["Ines Calder"]),
        ("By Ines CalderUpdated: Feb 5, 2026", ["Ines Calder"]),
        ("Ines Calder Published in Local March 3, 2026", ["Ines Calder"]),
        ("Von Katrin VogtKorrespondentin", ["Katrin Vogt"]),
        ("Text von Katrin Vogt Illustration von Tom Reed", ["Katrin Vogt"]),
        ("Par Élise Marchand le 7 mai 2020", ["Élise Marchand"]),
        ("Von Katrin Vogt und Jonas Petersen, dpa", ["Katrin Vogt", "Jonas Petersen", "dpa"]),
        ("By the Post with agencies", []),
        ("Photos by Tom Reed", []),
        ("3 min read", []),
        ("admin", []),
        ("", []),
    ],
)
def test_a_byline_is_read_to_its_people(line: str, people: list[str]) -> None:
    assert names(line) == people


def test_a_role_stays_with_its_person_and_the_pages_wording_is_kept() -> None:
    [person] = read_byline("By Ines Calder, Senior Correspondent")
    assert person.role == "Senior Correspondent"
    assert "Ines Calder" in person.name_raw


@pytest.mark.parametrize("name", ["dpa", "kesm", "det/dpa", "BR24 Redaktion", "MND Staff"])
def test_an_agency_or_desk_that_data_lists_as_author_is_believed(name: str) -> None:
    assert [person.name for person in read_listed(name)] == [name]


@pytest.mark.parametrize("name", ["No Author", "admin", "https://x.example/me", "(Image: Getty)"])
def test_what_data_lists_without_naming_anybody_is_not(name: str) -> None:
    assert read_listed(name) == []


def test_structured_data_wins_and_the_losing_candidates_are_kept() -> None:
    article = read(
        document(
            ld(author={"@type": "Person", "name": "Ines Calder"})
            + '<meta name="author" content="Web Desk Team">',
            '<p class="byline">By Ines Calder</p>',
        )
    )
    assert [author.name for author in article.authors] == ["Ines Calder"]
    evidence = article.evidence["authors"]
    assert evidence.origin == "json-ld:author"
    assert evidence.others, "what the page says elsewhere is kept"


@pytest.mark.parametrize(
    "top",
    [
        '<p class="byline">By Ines Calder</p>',
        '<div class="article__author-name">Ines Calder</div>',
        '<a rel="author" href="/team/ines">Ines Calder</a>',
        '<span itemprop="author" itemscope><span itemprop="name">Ines Calder</span></span>',
        '<div class="byline"><a href="/ines">Ines Calder</a> Harbour Post Staff Writer</div>',
        '<div class="Xy7 qQ"><span>By Ines Calder</span></div>',
    ],
)
def test_a_byline_below_the_headline_is_found_in_many_dresses(top: str) -> None:
    assert [author.name for author in read(document(top=top)).authors] == ["Ines Calder"]


def test_bylines_of_teasers_and_commenters_are_not_the_articles() -> None:
    bottom = (
        '<aside class="related"><div class="teaser"><span class="byline">By Nora Feldt</span>'
        '</div></aside><section class="comments"><div class="comment-author">Jo Doe says:</div>'
        "</section>"
    )
    assert read(document(bottom=bottom)).authors == ()


def test_a_page_that_names_nobody_has_no_author() -> None:
    article = read(document())
    assert article.authors == ()
    assert "authors" not in article.evidence or article.evidence["authors"].origin == "none"


def authors(top: str = "", head: str = "", first: str = "") -> list[str]:
    html = document(head, top, '<div class="imprint">Harbour Post, Quay 1, Rosehaven</div>')
    html = html.replace("<p>The harbour council", f"<p>{first}The harbour council")
    return [author.name for author in read(html).authors]


@pytest.mark.parametrize(
    "line",
    [
        "By Ines Calder",
        "ByInes Calder",
        "A column by Ines Calder",
        "Posted on March 1, 2026 by Ines Calder",
        "1 March 2026 | By Ines Calder in Local",
    ],
)
def test_a_line_that_names_the_author_is_found_without_any_markup(line: str) -> None:
    assert [name.title() for name in authors(f"<div>{line}</div>")] == ["Ines Calder"]


def test_a_byline_on_the_page_beats_the_name_of_the_house_in_its_metadata() -> None:
    house = '<meta name="author" content="Harbour Post Media GmbH">'
    assert authors("<div>By Ines Calder</div>", house) == ["Ines Calder"]


def test_a_byline_that_names_more_people_or_fuller_names_completes_the_data() -> None:
    assert authors("<p>By Ines Calder and Tom Reed</p>", ld(author="Ines Calder")) == [
        "Ines Calder",
        "Tom Reed",
    ]
    assert authors("<p>By Ines Calder</p>", ld(author="Ines")) == ["Ines Calder"]


def test_a_byline_that_names_others_than_the_data_does_not_win() -> None:
    assert authors("<p>By Tom Reed</p>", ld(author="Ines Calder")) == ["Ines Calder"]


def test_an_agency_in_the_first_line_is_the_author_where_nobody_else_is_named() -> None:
    assert authors(first="Rosehaven (dpa/lno) – ") == ["dpa/lno"]


def test_names_below_the_story_are_those_of_other_people() -> None:
    assert authors() == []
    assert [a.name for a in read(document(bottom="<p>Greta Holm</p>")).authors] == []


def test_who_took_the_picture_wrote_nothing() -> None:
    figure = (
        "<figure><img src=/p.jpg><figcaption>The pier. Photograph by Tom Reed</figcaption></figure>"
    )
    assert read(document("", figure)).authors == ()


def test_authors_who_each_have_a_place_of_their_own_are_all_named() -> None:
    places = "".join(
        f'<div class="c"><span>{name}</span><div>{title}</div></div>'
        for name, title in (("Ines Calder", "Political correspondent"), ("Tom Reed", "Hull"))
    )
    article = read(document("", f'<div data-component="byline-block">{places}</div>'))
    assert [author.name for author in article.authors] == ["Ines Calder", "Tom Reed"]
