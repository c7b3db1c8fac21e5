"""Sources come from TOML, OPML and CSV, whole or not at all, and go back to TOML."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.models import SourceProfile
from pipeline.sources import Described, SourceError
from workers.sources.files import from_csv, from_opml, read_sources, write_sources

OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News"><outline text="Local">
<outline type="rss" text="The Quay" title="The Quay" xmlUrl="https://quay.example/top.xml"
 htmlUrl="https://www.quay.example/" language="en"/>
<outline text="The Quay: sport" xmlUrl="https://feeds.example/quay-sport"
 htmlUrl="https://www.quay.example/sport"/></outline>
<outline text="Tide" xmlurl="https://tide.example/feed" language="unknown"/></outline>
<outline text="again" xmlUrl="https://tide.example/feed"/><outline text="no feed"/>
<outline text="bad" xmlUrl="javascript:alert(1)"/></body></opml>"""


def test_feeds_of_an_opml_file_are_gathered_by_their_site_however_deep() -> None:
    quay, tide = (one.profile for one in from_opml(OPML.encode(), "x.opml"))
    assert (quay.name, quay.home, quay.language) == (
        "quay.example",
        "https://www.quay.example/",
        "en",
    )
    assert quay.feeds == ("https://quay.example/top.xml", "https://feeds.example/quay-sport")
    assert quay.domains == ("quay.example",)
    assert (tide.name, tide.publisher, tide.language) == ("tide.example", "Tide", None)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"<html/>", "unknown_format"),
        (b"", "not_xml"),
        (b'<opml><body><outline text="x"/></body></opml>', "no outline with an xmlUrl"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "y">]><opml>&x;</opml>', "entities"),
    ],
)
def test_an_opml_file_that_names_no_feed_is_refused(data: bytes, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        from_opml(data, "x.opml")


def test_a_csv_line_is_a_source() -> None:
    text = (
        "name,home,feeds,language,interval_seconds,max_in_flight,paused\n"
        "quay,https://quay.example/,https://quay.example/a https://quay.example/b,en,2.5,1,true\n"
        ",https://www.tide.example/,,,,,\n"
    )
    quay, tide = from_csv(text, "x.csv")
    assert quay.paused
    assert quay.profile.feeds == ("https://quay.example/a", "https://quay.example/b")
    assert (quay.profile.interval_seconds, quay.profile.max_in_flight) == (2.5, 1)
    assert tide.profile.name == "tide.example"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nam,home\n", "unknown column 'nam'; did you mean 'name'"),
        ("", "known are name"),
        ("name,home\nquay,quay.example\n", "line 2: home must be a URL"),
        ("name,interval_seconds\nquay,quick\n", "line 2: interval_seconds must be a number"),
        ("name,paused\nquay,maybe\n", "line 2: paused must be true or false"),
        ("name\nquay,extra\n", "a cell without a column"),
        ('name,home\nquay,"x\n', "unexpected end of data"),
    ],
)
def test_a_csv_file_that_does_not_fit_is_refused_by_line_and_column(
    text: str, problem: str
) -> None:
    with pytest.raises(SourceError, match=problem):
        from_csv(text, "x.csv")


def test_what_is_written_to_a_directory_is_read_back(tmp_path: Path) -> None:
    sources = [
        Described(
            SourceProfile("a.example", feeds=("https://a.example/f",), domains=("a.example",))
        ),
        Described(SourceProfile("b", publisher="Zürich »B«", domains=("b.example",)), paused=True),
    ]
    written = write_sources(tmp_path / "out", sources)
    assert [path.name for path in written] == ["a.example.toml", "b.toml"]
    assert read_sources([tmp_path / "out"]) == sources


def test_every_fault_of_every_file_is_told_and_nothing_is_given(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('name = "a"\nlanguage = "?"')
    (tmp_path / "b.toml").write_text('name = "b"\nfeed = []')
    (tmp_path / "c.txt").write_text("c")
    (tmp_path / "empty").mkdir()
    (tmp_path / "latin.csv").write_bytes(b"name\n\xff\n")
    with pytest.raises(SourceError) as refused:
        read_sources([tmp_path, tmp_path / "c.txt", tmp_path / "empty", tmp_path / "latin.csv"])
    told = "\n".join(refused.value.problems)
    for words in ("a.toml: language", "b.toml: unknown key", "c.txt: a source is described in"):
        assert words in told
    assert "a directory without a *.toml file" in told
    assert "not UTF-8 text" in told


def test_two_files_that_describe_one_source_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text('name = "quay"')
    with pytest.raises(SourceError, match=r"source 'quay' is described in .*a\.toml too"):
        read_sources([tmp_path])
