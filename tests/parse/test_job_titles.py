"""Titles, beats and houses beside a name are no people, and no parts of the name."""

from __future__ import annotations

import pytest

from pipeline.parse.job_titles import desk_named
from pipeline.parse.people import names_alone, read_byline, read_listed


def names(line: str) -> list[str]:
    return [person.name for person in read_byline(line)]


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("By Ines Calder Staff Writer", ["Ines Calder"]),
        ("Ines Calder Parliamentary editor", ["Ines Calder"]),
        ("By Ines K. Calder Chief Political Correspondent", ["Ines K. Calder"]),
        ("Von Katrin Vogt Landespolitische Korrespondentin", ["Katrin Vogt"]),
        ("Katrin von Thal Leitender Wirtschaftsredakteur", ["Katrin von Thal"]),
        ("By World Affairs Correspondent", []),
        ("By National Harbour Correspondent", []),
        ("White House Reporter", []),
        ("By Staff Reporter", []),
    ],
)
def test_a_title_may_follow_the_name_with_nothing_between(line: str, people: list[str]) -> None:
    assert names(line) == people


def test_the_title_is_kept_as_the_role() -> None:
    [person] = read_byline("By Ines Calder Political Editor")
    assert person.role == "Political Editor"


@pytest.mark.parametrize(
    "line",
    [
        "Ines Calder, Head of Marketing and Strategy",
        "Ines Calder; Redakteurin für Wirtschaft und Umwelt",
        "Ines Calder, Culture and Media Editor",
        "Ines Calder | Health & Science Reporter",
        "Ines Calder; Leitender Wirtschaftsredakteur",
        "Ines Calder, LCGB-Präsidentin",
        "Autor/in ; Ines Calder",
        "AUTOR*IN: Ines Calder",
        "Ines Calder, London",
        "Ines Calder | Travel",
        "Ines Calder, UK",
        "Ines Calder Follow",
        "Ines CalderFollow",
        "Ines Calder@icalder",
        "Ines Calder Erstellt: 3. März 2026",
        "Kommentar von ; Ines Calder",
        "Ines Calder; Sign Out",
        "Ines Calder; Full Bio",
        "This story was written by Ines Calder, Head of Marketing and Community Development",
        "Ines Calder, Head of Product Marketing and GTM Strategy",
        "By Ines Calder, Co-Founder & COO By Ines Calder",
        "Written by Ines Calder, CEPF® | Edited by Tom Reed, CEPF®",
        "Ines Calder Medically Reviewed by Tom Reed",
        "Medically reviewed by Tom Reed, MD — By Ines Calder",
    ],
)
def test_what_else_stands_in_a_byline_is_nobody(line: str) -> None:
    assert list(dict.fromkeys(names(line))) == ["Ines Calder"]


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Ines Calder, NDR", ["Ines Calder", "NDR"]),
        ("Ines Calder, dpa", ["Ines Calder", "dpa"]),
        ("By ABC NEWS", ["ABC NEWS"]),
        ("Red.", []),
    ],
)
def test_a_house_stands_as_it_is_printed(line: str, people: list[str]) -> None:
    assert names(line) == people


def test_a_single_word_that_data_lists_beside_a_name_is_believed() -> None:
    assert [person.name for person in read_listed("Ines Calder, Mogwai")] == [
        "Ines Calder",
        "Mogwai",
    ]


@pytest.mark.parametrize(
    ("listed", "people"),
    [
        ("Center for Harbour Safety and Research", ["Center for Harbour Safety and Research"]),
        ("Ines and Tom", ["Ines", "Tom"]),
        ("Ines Calder, Sr. Director of Piers - 10+ Years in Harbours", ["Ines Calder"]),
    ],
)
def test_a_house_that_data_lists_is_not_taken_apart(listed: str, people: list[str]) -> None:
    assert [person.name for person in read_listed(listed)] == people


@pytest.mark.parametrize(
    ("line", "desk"),
    [
        ("By Harbour Post Staff", "Harbour Post Staff"),
        ("by News Desk", "News Desk"),
        ("Redaktion Hafenblatt", "Redaktion Hafenblatt"),
        ("Von Redaktion", "Redaktion"),
        ("By Staff Reporter", None),
        ("Staff Writers", None),
        ("our team", None),
        ("The team, which had won in May, lost again on Sunday", None),
        ("Team", None),
        ("", None),
    ],
)
def test_a_desk_is_told_by_its_word_and_its_own_name(line: str, desk: str | None) -> None:
    assert desk_named(line) == desk


@pytest.mark.parametrize(
    "line",
    [
        "“Dry Dock”",
        "Harbour State University",
        "Text: Ines Calder",
        "By The Post",
        "Ines CalderThe Harbour Post",
        "Kultur von",
    ],
)
def test_a_line_with_anything_but_names_names_nobody(line: str) -> None:
    assert names_alone(line) == []


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("정치부 기자", []),
        ("워싱턴 특파원", []),
        ("취재 기자", []),
        ("홍길동 선임기자", ["홍길동"]),
        ("홍길동선임기자", ["홍길동"]),
        ("홍길동 정치부 기자", ["홍길동"]),
    ],
)
def test_a_desk_or_a_rank_beside_the_word_for_reporter_is_nobody(
    line: str, people: list[str]
) -> None:
    assert names(line) == people


@pytest.mark.parametrize(
    "line",
    [
        "Ines Calder, Health and Science Editor",
        "Ines Calder Climate and Environment Reporter",
        "Ines Calder, Crime & Courts Reporter",
    ],
)
def test_a_title_of_two_beats_names_nobody_else(line: str) -> None:
    assert names(f"By {line}") == ["Ines Calder"]
    assert [person.name for person in read_listed(line)] == ["Ines Calder"]


@pytest.mark.parametrize("sign", ["and", "&", "und"])
def test_a_single_name_joined_to_another_is_an_author(sign: str) -> None:
    assert names(f"By Ines Calder {sign} Zeynep") == ["Ines Calder", "Zeynep"]


def test_what_is_joined_to_a_section_is_one() -> None:
    assert names("By Ines Calder, News and Politics") == ["Ines Calder"]
    assert names("By Ines Calder in Culture and Arts") == ["Ines Calder"]


def test_a_houses_staff_is_no_person_on_the_staff() -> None:
    assert names("Harbour Gazette Staff") == []
    assert desk_named("Harbour Gazette Staff") == "Harbour Gazette Staff"


@pytest.mark.parametrize(
    "text", ["Meet The Team", "Contact Our Newsroom", "Kontakt zur Redaktion", "Chief of Staff"]
)
def test_buttons_and_other_offices_are_no_desks(text: str) -> None:
    assert desk_named(text) is None
