"""Bylines as pages of many houses print them: with degrees, beside dates, below a lone "By"."""

from __future__ import annotations

import pytest

from pipeline.parse.people import read_byline
from tests.parse.pages import document, ld, read


def names(line: str) -> list[str]:
    return [person.name for person in read_byline(line)]


def authors(top: str = "", head: str = "") -> list[str]:
    return [author.name for author in read(document(head, top)).authors]


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Ines Calder, MS, RDN", ["Ines Calder"]),
        ("Written By Ines Calder-Holm, MD*", ["Ines Calder-Holm"]),
        ("Ines Calder, CXFP®", ["Ines Calder"]),
        ("Ines Calder M.P.H., R.D.", ["Ines Calder"]),
        ("By Ines Calder, Ph.D. and Tom Reed, MBA", ["Ines Calder", "Tom Reed"]),
        ("Ines Calder, dietitian", ["Ines Calder"]),
        ("Ines Calder, Master Horticulturist & Garden Educator", ["Ines Calder"]),
        ("Katrin Vogt, Rechtsanwältin", ["Katrin Vogt"]),
        ("Ines Calder, BBC News", ["Ines Calder", "BBC News"]),
        ("Tom Reed, Jr.", ["Tom Reed, Jr"]),
        ("Tom Reed, Sr. Director of Quays", ["Tom Reed"]),
        ("Reed, Tom K.", ["Tom K Reed"]),
        ("Tom Reed, AP", ["Tom Reed", "AP"]),
        ("Tom Reed Associated Press", ["Tom Reed", "Associated Press"]),
        ("By The Associated Press", ["The Associated Press"]),
    ],
)
def test_degrees_and_professions_behind_a_name_are_no_people(line: str, people: list[str]) -> None:
    assert names(line) == people


@pytest.mark.parametrize("line", ["By Ines Calder ⋅ Review Editor", "By Ines Calder ● 6 min read"])
def test_dots_of_every_size_part_a_name_from_what_follows(line: str) -> None:
    assert names(line) == ["Ines Calder"]


@pytest.mark.parametrize(
    "line",
    ["ByInes Calder", "byInes Calder", "VonInes Calder", "Ines CalderFounder", "Ines CalderCEO"],
)
def test_a_word_glued_to_a_name_is_taken_off(line: str) -> None:
    assert names(line) == ["Ines Calder"]


@pytest.mark.parametrize("line", ["Written By", "By:", "Autor:", "Von", "Geschrieben von"])
def test_the_word_before_a_name_is_no_name(line: str) -> None:
    assert names(line) == []


@pytest.mark.parametrize("day", ["Mittwoch", "Wednesday", "mercredi", "Среда", "Çarşamba"])
def test_the_day_of_the_week_is_nobody(day: str) -> None:
    assert names(f"{day}, 28.02.2026 - 14:30") == []


def test_what_follows_the_date_of_a_byline_is_its_section() -> None:
    assert names("by Ines Calder | Mar 1, 2026 | Indoor Plants, Quays") == ["Ines Calder"]


@pytest.mark.parametrize(
    "line",
    [
        "Reviewed by Ines Calder",
        "Photo: Ines Calder",
        "Hero image by Ines Calder",
        "Quelle: Hafen Sport",
        "Fact checked by Ines Calder",
    ],
)
def test_who_took_the_picture_or_checked_the_facts_wrote_no_text(line: str) -> None:
    assert authors(f"<div>{line}</div>") == []


@pytest.mark.parametrize("lead", ["By", "Written by", "Author:", "Verfasst von", "Oleh", "Napsal"])
def test_a_name_below_a_line_of_its_lead_alone_is_the_author(lead: str) -> None:
    assert authors(f"<div><div>{lead}</div><div>Ines Calder</div></div>") == ["Ines Calder"]


@pytest.mark.parametrize(
    "lines",
    [
        "<div>Ines Calder 28 February 2026 Local 7 Comments</div>",
        "<div>Ines Calder - 28/02/2026</div>",
        "<div>28.02.2026 | 13:10 Uhr | Ines Calder</div>",
        "<div>Ines Calder | Senior Writer | February 28, 2026</div>",
        "<div>Ines Calder</div><div>February 28, 2026</div>",
        "<div>February 28, 2026</div><div>Ines Calder</div>",
        "<div>Ines Calder</div><div>Marketing Director</div><div>February 28, 2026</div>",
        "<div>Ines Calder</div><div>am</div><div>Mittwoch, 28.02.2026 - 14:30</div>",
    ],
)
def test_a_name_beside_the_date_is_the_authors(lines: str) -> None:
    assert authors(lines) == ["Ines Calder"]


@pytest.mark.parametrize(
    "line",
    [
        "Personal Finance",
        "Read More",
        "Aus der Region",
        "Harbour Post",
        "Local",
        "See Updates",
        "© Ines Calder",
        "HARBOUR NEWS",
        "Quays & Piers Weekly",
    ],
)
def test_what_else_stands_beside_a_date_is_nobody(line: str) -> None:
    site = '<meta property="og:site_name" content="Harbour Post">'
    assert authors(f"<div>{line}</div><div>February 28, 2026</div>", site) == []


def test_a_name_beside_the_date_does_not_beat_a_byline() -> None:
    lines = "<div>By Ines Calder</div><div>Tom Reed</div><div>February 28, 2026</div>"
    assert authors(lines) == ["Ines Calder"]


SITE = '<meta property="og:site_name" content="Ines Calder">'


def test_a_byline_that_names_the_site_is_believed_where_nobody_else_is_named() -> None:
    assert authors("<p>Written by Ines Calder</p>", SITE) == ["Ines Calder"]


def test_a_dated_byline_that_names_the_site_is_believed_too() -> None:
    assert authors("<p>Posted on February 3, 2026 by Ines Calder</p>", SITE) == ["Ines Calder"]


def test_an_editor_is_no_author_beside_one() -> None:
    lines = "<p>Edited by: Tom Reed</p><p>Written by: Ines Calder</p>"
    assert authors(lines) == ["Ines Calder"]
    assert authors("<p>Edited by Tom Reed</p>") == ["Tom Reed"]


def test_a_byline_that_names_the_site_hides_no_other() -> None:
    lines = "<p>By Ines Calder</p><p>Written by: Tom Reed</p>"
    assert authors(lines, SITE) == ["Tom Reed"]


def test_a_login_in_metadata_gives_way_to_the_name_that_is_shown() -> None:
    login = '<meta name="author" content="icalder">'
    assert authors('<p class="byline">Ines Calder</p>', login) == ["Ines Calder"]
    assert authors(head=login) == ["icalder"]


@pytest.mark.parametrize("name", ["Ship and Shore", "Ship and Shore, Hull, England"])
def test_a_sites_name_is_not_taken_apart_into_people(name: str) -> None:
    site = ld("WebSite", name="Ship and Shore")
    assert authors(head=f'{site}<meta name="author" content="{name}">') == []


@pytest.mark.parametrize(
    "name",
    ["Harbour Media GmbH, Hull, England", "Net und Haken in Hull - Harbour Post und Dry Dock"],
)
def test_a_house_that_metadata_names_as_author_is_none(name: str) -> None:
    page = document(f'<meta name="author" content="{name}">')
    assert read(page, url="https://www.harbourpost.de/local/pier").authors == ()


def test_an_agency_beside_the_name_adds_nobody_to_those_whom_data_names() -> None:
    line = "<p>By Ines Calder - Associated Press</p>"
    assert authors(line, ld(author="Ines Calder")) == ["Ines Calder"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("이용민 기자 | 2026-02-28 16:52", "이용민"),
        ("항구일보=선수민 기자", "선수민"),
        ("〔記者巫其倫／台北報導〕議會週二晚間決定在冬季前重建北碼頭。", "巫其倫"),
        ("【本报记者 林晓雨】港口委员会周二晚决定重建北码头。", "林晓雨"),
    ],
)
def test_a_reporter_is_told_by_the_word_beside_the_name_where_there_are_no_capitals(
    line: str, name: str
) -> None:
    assert authors(f"<p>{line}</p>") == [name]


def test_a_byline_that_repeats_a_name_names_it_once() -> None:
    assert authors("<p>By Ines Calder | Ines Calder</p>") == ["Ines Calder"]


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Interview: Ines Calder", ["Ines Calder"]),
        ("Opracował: Jan Kalina", ["Jan Kalina"]),
        ("Пише: Марко Лукић", ["Марко Лукић"]),
        ("Höfundur: Jón Bergsson", ["Jón Bergsson"]),
        ("گزارش: مریم کریمی", ["مریم کریمی"]),
        ("به قلم مریم کریمی", ["مریم کریمی"]),
        ("ผู้เขียน: มาลี ใจดี", ["มาลี ใจดี"]),
        ("எழுத்தாளர்: மீரா குமார்", ["மீரா குமார்"]),
        ("文＝堀真理子", ["堀真理子"]),
        ("Yazar: Meral Hol", ["Meral Hol"]),
        ("Reporter: Ines Calder | Editor: Tom Reed", ["Ines Calder"]),
        ("Texto: Inés Calderón. Fotos: Tomás Roca", ["Inés Calderón"]),
        ("Ines Calder; Übersetzung: Tom Reed", ["Ines Calder"]),
    ],
)
def test_what_a_byline_calls_its_people_is_no_part_of_their_names(
    line: str, people: list[str]
) -> None:
    assert names(line) == people


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("By Staff Writer Ines Calder", ["Ines Calder"]),
        ("Von unserem Korrespondenten Tim Röder", ["Tim Röder"]),
        ("dal nostro inviato Mario Calvi", ["Mario Calvi"]),
        ("Redaktion Harbour Post", []),
        ("Ines Calder, Senior Editor Harbour Desk", ["Ines Calder"]),
    ],
)
def test_a_title_may_stand_before_the_name(line: str, people: list[str]) -> None:
    assert names(line) == people


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Von Tim Röder – Berlin", ["Tim Röder"]),
        ("Ayşe Yıldız - İzmir", ["Ayşe Yıldız"]),
        ("أحمد سالم - القاهرة", ["أحمد سالم"]),
        ("Por Ana Souza, do Rio de Janeiro", ["Ana Souza"]),
        ("Ines Calder, Reuters", ["Ines Calder", "Reuters"]),
        ("Ines Calder - Reuters", ["Ines Calder", "Reuters"]),
        ("By NDR KULTUR", ["NDR KULTUR"]),
        ("Ines Calder and Mogwai", ["Ines Calder", "Mogwai"]),
        ("Bureau New Delhi", []),
    ],
)
def test_the_place_behind_a_name_is_nobody(line: str, people: list[str]) -> None:
    assert names(line) == people


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("글·사진 홍길동 기자", ["홍길동"]),
        ("홍길동·김보라 기자", ["홍길동", "김보라"]),
        ("사진·홍길동 기자", ["홍길동"]),
        ("記者陳大文／台北報導", ["陳大文"]),
        ("【記者陳大文／台北報導】", ["陳大文"]),
    ],
)
def test_the_word_for_reporter_points_at_names_without_capitals(
    line: str, people: list[str]
) -> None:
    assert names(line) == people
