"""``copydesk try``: one page, nothing stored, every refusal named."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.workers.conftest import Run

PAGE = """<!doctype html><html lang="en"><head><title>Pier rebuilt | Post</title>
<meta property="og:title" content="Northern pier rebuilt before winter">
<meta property="article:published_time" content="2026-02-28T09:30:00+01:00">
<meta name="author" content="Ines Calder"><link rel="canonical" href="/pier"></head>
<body><nav><a href="/">Home</a> <a href="/local">Local</a></nav><article>
<h1>Northern pier rebuilt before winter</h1><p class="byline">By Ines Calder</p>
<p>The council voted on Saturday night to rebuild the northern pier before the first storms of the
winter, ending a quarrel that had lasted for three years and two elections.</p>
<p>Work begins in March. "We have waited long enough," said Maud Ellery, who runs the ferry office
and has watched the planks rot since the last repair was abandoned.</p>
<p>The Gazette reported on Friday that the money comes from the sale of the old customs house, which
the town had kept empty for a decade.</p></article><footer>Copyright Post</footer></body></html>"""


@pytest.fixture
def page(directory: Path) -> Path:
    path = directory / "pier.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_stored_page_is_shown_as_an_article(run: Run, page: Path) -> None:
    shown = run("try", str(page), "--url", "https://post.example/pier")
    assert shown.code == 0
    assert "Northern pier rebuilt before winter" in shown.out
    assert "Ines Calder" in shown.out
    assert "2026-02-28 08:30 UTC" in shown.out
    assert "Copyright" not in shown.out


def test_json_is_the_whole_article_on_one_line(run: Run, page: Path) -> None:
    shown = run("try", str(page), "--url", "https://post.example/pier", "--json")
    assert shown.code == 0
    assert shown.out.count("\n") == 1
    article = shown.json
    assert article["headline"] == "Northern pier rebuilt before winter"
    assert article["published_at"] == "2026-02-28T08:30:00Z"
    assert article["url"] == "https://post.example/pier"
    assert [block["text"] for block in article["blocks"] if block["start"] is not None]
    assert article["evidence"]["headline"]["from"]
    for quote in article["quotes"]:
        assert article["body_text"][quote["start"] : quote["end"]] == quote["text"]


def test_explain_names_the_evidence_and_the_losing_candidates(run: Run, page: Path) -> None:
    shown = run("try", str(page), "--explain")
    assert shown.code == 0
    assert "meta:og:title" in shown.out and "not " in shown.out
    assert "paragraph" in shown.out


def test_plain_text_and_gzipped_pages_are_read_by_their_name(run: Run, directory: Path) -> None:
    (directory / "pier.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    assert run("try", "pier.html.gz", "--json").json["headline"].startswith("Northern pier")
    lines = "Pier rebuilt before the winter storms arrive\n\n" + "\n\n".join(
        f"Paragraph {n} tells in a full sentence what the council decided about the pier and why."
        for n in range(5)
    )
    (directory / "pier.txt").write_text(lines)
    article = run("try", "pier.txt", "--json").json
    assert article["body_text"].count("Paragraph") == 5


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("empty.html", b"", "empty"),
        ("binary.html", bytes(range(256)) * 64, "not_text"),
        ("picture.html", b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "not_text"),
        ("words.html", b"<html><body><p></p></body></html>", "no_body"),
        ("broken.html.gz", b"\x1f\x8bnot gzip at all", "bad_encoding"),
        ("large.html", b"<p>word</p>" * 5_000_000, "too_large"),
        ("bomb.html.gz", gzip.compress(b" " * 50_000_000), "too_large"),
    ],
)
def test_a_page_that_is_no_article_ends_with_its_reason_and_exit_code_3(
    run: Run, directory: Path, name: str, body: bytes, reason: str
) -> None:
    (directory / name).write_bytes(body)
    refused = run("try", name)
    assert refused.code == 3
    assert f": {reason}: " in refused.err
    assert refused.out == ""


def test_what_is_neither_url_nor_file_is_a_usage_error(run: Run) -> None:
    refused = run("try", "nowhere.html")
    assert refused.code == 2
    assert "nowhere.html is neither a URL" in refused.err


def test_a_private_address_is_not_asked(run: Run) -> None:
    refused = run("try", "http://127.0.0.1:9/", contact="https://desk.example")
    assert refused.code == 3
    assert "forbidden" in refused.err


def test_json_survives_a_page_with_lone_surrogates_and_nul(run: Run, directory: Path) -> None:
    evil = PAGE.replace("council", "c&#xD800;ouncil &#0; \x00")
    (directory / "evil.html").write_text(evil, encoding="utf-8")
    shown = run("try", "evil.html", "--json")
    assert shown.code == 0
    json.dumps(shown.json).encode()


def test_a_sources_file_is_tried_on_a_page_before_it_is_kept(
    run: Run, page: Path, directory: Path
) -> None:
    rule = '[[selectors]]\nfield = "headline"\ncss = "article p"\n'
    (directory / "post.toml").write_text(f'name = "post"\npublisher = "The Post"\n{rule}')
    shown = run("try", str(page), "--source", "post.toml", "--json").json
    assert shown["headline"].startswith("By Ines Calder")
    assert shown["evidence"]["headline"]["from"] == "selector:article p"
    assert shown["publisher"] == "The Post"
    (directory / "post.toml").write_text('name = "post"\nlanguag = "en"')
    ended = run("try", str(page), "--source", "post.toml")
    assert (ended.code, "did you mean 'language'?" in ended.err) == (2, True)
    assert run("try", str(page), "--source", "none.toml").code == 2


@pytest.mark.parametrize("options", [(), ("--explain",)])
def test_what_a_page_writes_in_brackets_is_shown_and_no_markup(
    run: Run, directory: Path, options: tuple[str, ...]
) -> None:
    stored = directory / "brackets.html"
    headline = "[update] Council [/red] votes for the pier"
    stored.write_text(
        f"<title>{headline}</title><h1>{headline}</h1><p>The council voted on Tuesday night to "
        "rebuild the northern pier before the winter.</p>",
        encoding="utf-8",
    )
    done = run("try", str(stored), *options)
    assert done.code == 0, done.err
    assert headline in done.out
