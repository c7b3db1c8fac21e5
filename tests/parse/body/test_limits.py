"""No page costs more than the limits allow, and a limit that cut something is named."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.parse import ParseLimits
from pipeline.parse.source_caps import cap_source
from tests.parse.body.pages import PARAGRAPHS, dressed, paragraphs, parsed


def test_text_below_the_deepest_level_is_left_out_and_the_limit_named() -> None:
    page = f"<html><body>{paragraphs()}{'<div>' * 100_000}<p>Far below.</p></body></html>"
    article = parsed(page)
    assert article.limits == ("max_depth",)
    assert article.body_text.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("tag", ["b", "p", "a", "li"])
def test_two_hundred_thousand_open_tags_are_survived(tag: str) -> None:
    article = parsed(f"<html><body>{paragraphs()}{f'<{tag}>' * 200_000}</body></html>")
    assert PARAGRAPHS[0] in article.body_text


def test_elements_beyond_the_cap_are_not_visited() -> None:
    limits = ParseLimits(max_nodes=1_000)
    article = parsed(f"<html><body>{paragraphs()}{'<p>x</p>' * 5_000}</body></html>", limits=limits)
    assert "max_nodes" in article.limits


def test_a_head_of_more_elements_than_the_cap_leaves_the_body_to_be_read() -> None:
    limits = ParseLimits(max_nodes=100)
    head = "<meta a=b>" * 150
    page = f"<html><head>{head}</head><body>{paragraphs()}</body></html>"
    article = parsed(page, limits=limits)
    assert PARAGRAPHS[0] in article.body_text


def test_lines_beyond_the_cap_get_no_role() -> None:
    limits = ParseLimits(max_blocks=50)
    text = "\n\n".join(f"The {n}th wave came over the pier and went again." for n in range(200))
    article = parsed(text, "text/plain", limits)
    assert "max_blocks" in article.limits
    assert len(article.blocks) <= 51


def test_runs_beyond_the_cap_are_not_collected() -> None:
    limits = ParseLimits(max_blocks=512)
    many = paragraphs(*PARAGRAPHS * 400)
    article = parsed(f"<html><body><h1>Crane</h1>{many}</body></html>", limits=limits)
    assert "max_blocks" in article.limits
    assert len(article.blocks) <= 1_024


def test_text_beyond_the_cap_is_not_collected() -> None:
    limits = ParseLimits(max_text_chars=20_000)
    many = paragraphs(*PARAGRAPHS * 400)
    article = parsed(f"<html><body><h1>Crane</h1>{many}</body></html>", limits=limits)
    assert "max_text_chars" in article.limits
    assert len(article.body_text) <= 20_000 + 512 * max(map(len, PARAGRAPHS))


@pytest.mark.parametrize(
    "decoy",
    ['q=">"', "q='>'", 'q= ">"', 'q="<b>"', "q='<p a=\"1\">'", "<1", "=q", 'q="<script>"'],
)
def test_a_tag_with_thousands_of_attributes_is_left_out_whatever_hides_its_length(
    decoy: str,
) -> None:
    names = [f"a{number}" for number in range(40_000)]
    names[500::500] = [f"{decoy[:1]}{number}{decoy[1:]}" if decoy[0] == "q" else decoy
                       for number in range(500, 40_000, 500)]  # fmt: skip
    source, cut = cap_source(f"<p {' '.join(names)}>x</p>".encode(), ParseLimits())
    assert cut == ["max_attributes"]
    assert len(source) < 2_000


def test_long_scripts_and_long_values_are_no_tags_of_many_attributes() -> None:
    script = "<script>" + "if (a < b) { x = '<i class=\"y\">' + z; } " * 5_000 + "</script>"
    picture = f'<img src="data:image/png;base64,{"A b > " * 20_000}">'
    source = f"<html><body>{script}{picture}<p>Words.</p></body></html>".encode()
    assert cap_source(source, ParseLimits()) == (source, [])


def test_an_expired_deadline_ends_the_walk() -> None:
    limits = ParseLimits(max_seconds=0.0)
    article = parsed(f"<html><body>{'<p>word, word.</p>' * 2_000}</body></html>", limits=limits)
    assert "max_seconds" in article.limits


def test_five_megabytes_are_read_within_half_a_gigabyte() -> None:
    script = (
        "limit = 512 * 1024 * 1024\n"
        "from tests.memory import peak_bytes\n"
        "import pipeline.parse.body.network as network; network.load_model()\n"
        "from tests.parse.body.pages import dressed, paragraphs, parsed\n"
        "article = parsed(dressed(paragraphs() + '<p>' + 'word, ' * 900_000))\n"
        "peak = peak_bytes()\n"
        "assert 'max_bytes' in article.limits, article.limits\n"
        "assert peak < limit, peak\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "x" * 200_000,
        "1 " * 100_000,
        "(" * 200_000,
        '."' * 100_000,
        "by " * 50_000,
        "word: " * 50_000,
    ],
    ids=["one word", "numbers", "brackets", "quotes", "bylines", "labels"],
)
def test_one_endless_line_of_plain_text_does_not_stall_the_patterns(line: str) -> None:
    article = parsed(f"Headline of the day\n\n{line}\n", content_type="text/plain")
    assert "max_seconds" not in article.limits


PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<div class='related'>", "</div>", "<ul><li>", "</ul>", "<table><tr><td>",
        "</table>", "<a href='/x'>", "</a>", "<nav>", "<button>", "<br><br>", "<h1>", "</h1>",
        "<figure><img src='a.jpg'>", "</figure>", "<time datetime='2026-02-30T25:61'>", "<pre>",
        "<!--", "-->", "<script>", "</script>", "<svg>", "<b>", "&#0;", "&#xD800;", "\x0b",
        "<article>", "</article>", "<blockquote>", "\ud83d", "ß", "漢字。", "עברית", *PARAGRAPHS,
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES | st.text(max_size=20), max_size=80))
def test_no_page_makes_parsing_fail_or_its_offsets_lie(pieces: list[str]) -> None:
    limits = ParseLimits(max_blocks=50, max_nodes=2_000)
    article = parsed("x" + "".join(pieces), limits=limits)
    end = -2
    for block in article.blocks:
        if block.start is None:
            assert block.end is None
            continue
        assert block.start == end + 2
        assert article.body_text[block.start : block.end] == block.text
        end = block.end or 0
    assert end in (-2, len(article.body_text))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(dressed())), st.integers(0, 300), st.text(max_size=10))
def test_a_damaged_page_is_parsed_all_the_same(at: int, missing: int, put: str) -> None:
    page = dressed()
    article = parsed(page[:at] + put + page[at + missing :])
    assert len(article.body_text) <= len(page) + len(put)
