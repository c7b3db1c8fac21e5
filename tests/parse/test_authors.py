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
