"""A story comes out as typed blocks, and what stands around it as data."""

from __future__ import annotations

import re

import pytest

from pipeline.models import STORY_BLOCKS, ParsedArticle
from pipeline.parse.markup.traits import hides
from tests.parse.body.pages import FOREIGN, HEADLINE, PARAGRAPHS, dressed, paragraphs, parsed


def types(article: ParsedArticle, story: bool = True) -> list[str]:
    return [block.type for block in article.blocks if (block.start is not None) == story]


def test_the_body_is_the_story_and_nothing_else() -> None:
    assert parsed(dressed()).body_text.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("kind", ["caption", "promo", "newsletter", "teaser", "comment", "bio"])
def test_a_foreign_piece_is_kept_as_data_of_its_kind(kind: str) -> None:
    article = parsed(dressed())
    found = {block.type: block for block in article.blocks if block.start is None}
    assert FOREIGN[kind] in found[kind].text
    assert FOREIGN[kind] not in article.body_text


def test_an_image_in_the_story_has_its_caption_and_credit() -> None:
    image = parsed(dressed()).images[0]
    assert image.url == "https://news.example/crane.jpg"
    assert image.caption == FOREIGN["caption"]
    assert image.credit == FOREIGN["credit"]


@pytest.mark.parametrize(
    "sign",
    [
        '<img src="/files/site-logo.png" alt="The Quay">',
        '<img src="/files/tom.jpg" alt="Profile picture for user tom">',
        '<img src="https://img.example/avatar/77.jpg" alt="Avatar">',
    ],
)
def test_the_house_and_its_writers_are_no_picture_of_the_story(sign: str) -> None:
    page = dressed(f'<p><img src="/jib.jpg" alt="The jib"></p>{paragraphs()}')
    page = page.replace("<figure>", f"<div>{sign}</div><figure>")
    addresses = [image.url for image in parsed(page).images]
    assert addresses == ["https://news.example/crane.jpg", "https://news.example/jib.jpg"]


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="/pixel-9-review.jpg" alt="The new phone">',
        '<img src="/wall.jpg" alt="The dockers\' logo on a wall">',
        '<img src="/avatar-premiere.jpg" alt="The queue">',
    ],
)
def test_what_only_sounds_like_a_sign_is_a_picture_of_the_story(picture: str) -> None:
    page = dressed().replace("<figure>", f"<div>{picture}</div><figure>")
    assert len(parsed(page).images) == 2


def test_a_figure_that_is_called_a_media_item_is_no_list() -> None:
    page = dressed().replace("<figure>", '<figure class="c-media-item">')
    assert [image.caption for image in parsed(page).images] == [FOREIGN["caption"]]


@pytest.mark.parametrize(
    "line", ["19 February 2026", "Published: 19.02.2026, 09:15", "2026年2月19日"]
)
def test_a_date_above_the_story_is_no_part_of_it(line: str) -> None:
    article = parsed(dressed(f"<p>{line}</p>{paragraphs()}"))
    assert article.body_text.split("\n\n") == list(PARAGRAPHS)
    assert str(article.published_at)[:10] == "2026-02-19"


@pytest.mark.parametrize(
    "lines",
    [
        ("On 24 March 2025, a crane fell.",),
        ("24 مارچ 2025 کو ایک کرین گر گئی۔",),
        tuple(f"{day} March 2019: the crane rests" for day in range(1, 6)),
    ],
)
def test_a_short_sentence_and_a_chronicle_above_the_story_are_part_of_it(
    lines: tuple[str, ...],
) -> None:
    article = parsed(dressed(paragraphs(*lines, *PARAGRAPHS)))
    assert article.body_text.split("\n\n") == [*lines, *PARAGRAPHS]


@pytest.mark.parametrize(
    ("style", "hidden"),
    [
        ("display:none", True),
        ("color: red; DISPLAY : none !important", True),
        ("display: block; border: none", False),
        ("display: flex; pointer-events: none", False),
    ],
)
def test_a_style_hides_by_its_display_alone(style: str, hidden: bool) -> None:
    assert hides(style) is hidden


def test_a_page_without_marks_has_no_picture_of_its_house() -> None:
    story = "<br><br>".join(PARAGRAPHS)
    page = f'<body><img src="/logo.png"><h1>{HEADLINE}</h1><img src="/crane.jpg"><br>{story}'
    assert [image.url for image in parsed(page).images] == ["https://news.example/crane.jpg"]


def test_offsets_point_at_each_block_of_the_story() -> None:
    article = parsed(dressed())
    story = [block for block in article.blocks if block.start is not None]
    assert [article.body_text[block.start : block.end] for block in story] == [
        block.text for block in story
    ]
    assert all(block.type in STORY_BLOCKS for block in story)


def test_the_headline_is_no_block_of_the_story() -> None:
    assert HEADLINE not in parsed(dressed()).body_text


def test_headings_lists_and_quotations_keep_their_kind() -> None:
    first, second, third, fourth, fifth = PARAGRAPHS
    items = ("Ninety years on the quay", "Four hundred tonnes of steel", "One driver's cabin")
    story = (
        paragraphs(first, second)
        + "<h2>What the neighbours say</h2>"
        + f"<blockquote><p>{third}</p></blockquote>"
        + paragraphs(fourth)
        + "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
        + paragraphs(fifth)
    )  # fmt: skip
    article = parsed(dressed(story))
    assert types(article) == [
        "paragraph", "paragraph", "heading", "quote", "paragraph", "list", "paragraph",
    ]  # fmt: skip
    assert "\n".join(items) in article.body_text


def test_rows_of_a_table_are_lines_of_one_block() -> None:
    rows = (("Year", "Ships"), ("1936", "412 ships"), ("1987", "9 ships"))
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    story = paragraphs(*PARAGRAPHS[:3]) + f"<table>{cells}</table>" + paragraphs(*PARAGRAPHS[3:])
    tables = [block.text for block in parsed(dressed(story)).blocks if block.type == "table"]
    assert tables == ["\n".join(" | ".join(row) for row in rows)]


def test_links_of_the_story_are_absolute_and_those_around_it_are_left_out() -> None:
    linked = PARAGRAPHS[0].replace("harbour office", '<a href="/office">harbour office</a>')
    article = parsed(dressed(paragraphs(linked, *PARAGRAPHS[1:])))
    assert [(link.url, link.text) for link in article.links] == [
        ("https://news.example/office", "harbour office")
    ]


def test_entries_of_a_live_blog_keep_their_times() -> None:
    entries = "".join(
        f'<div class="live-entry"><time datetime="2026-02-19T1{hour}:00:00+01:00">1{hour}:00</time>'
        f"<p>{text}</p></div>"
        for hour, text in enumerate(PARAGRAPHS)
    )
    article = parsed(dressed(entries))
    times = [block.at.hour for block in article.blocks if block.at and block.text in PARAGRAPHS]
    assert times == [9, 10, 11, 12, 13]


_ENTRIES = (
    '<span class="at">{hour:02d}:15</span><p>{text}</p>',
    '<p class="time">{hour:02d}:15 Uhr</p><p>{text}</p>',
    "<h3>{hour:02d}.15 Uhr: the crane</h3><p>{text}</p>",
    "<p>+++ {hour:02d}:15 +++ the crane moves again</p><p>{text}</p>",
)


def _ticker(hours: list[int], entry: str) -> str:
    pairs = zip(hours, PARAGRAPHS, strict=True)
    return "".join(f"<div>{entry.format(hour=hour, text=text)}</div>" for hour, text in pairs)


@pytest.mark.parametrize("entry", _ENTRIES)
def test_printed_clocks_date_the_entries_below_them(entry: str) -> None:
    # newest first, and over midnight
    page = dressed(_ticker([2, 1, 0, 23, 22], entry))
    changed = '<meta property="article:modified_time" content="2026-02-20T02:15:00+01:00">'
    article = parsed(page.replace("</head>", f"{changed}</head>"))
    found = [str(b.at)[:16] for b in article.blocks if b.at and b.text in PARAGRAPHS]
    assert found == [
        "2026-02-20 01:15",
        "2026-02-20 00:15",
        "2026-02-19 23:15",
        "2026-02-19 22:15",
        "2026-02-19 21:15",
    ]


def test_a_last_change_after_midnight_dates_the_evening_before() -> None:
    page = dressed(_ticker([23, 22, 21, 20, 19], _ENTRIES[0]))
    changed = '<meta property="article:modified_time" content="2026-02-20T00:10:00Z">'
    article = parsed(page.replace("</head>", f"{changed}</head>"))
    assert {str(block.at)[:10] for block in article.blocks if block.at} == {"2026-02-19"}


@pytest.mark.parametrize(
    ("title", "live"),
    [
        ("Live: the crane goes", True),
        ("LIVE The crane goes", True),
        ("DIRECT. The crane goes", True),
        ("Live music at the quay", False),
        ("Direct flights from the quay", False),
        ("Ticker tape for the crane", False),
        ("استثمار غير مباشر", False),
    ],
)
def test_a_word_that_may_mean_something_else_calls_no_plan_live(title: str, live: bool) -> None:
    head = '<meta property="article:published_time" content="2026-02-19T08:00:00Z"></head>'
    page = dressed(_ticker([8, 9, 10, 11, 12], _ENTRIES[0])).replace("</head>", head)
    article = parsed(re.sub("<title>.*</title>", f"<title>{title}</title>", page))
    assert any(block.at for block in article.blocks) is live
    assert (article.article_type == "live") is live


def test_clocks_that_run_forth_are_a_plan_unless_the_page_is_called_live() -> None:
    head = '<meta property="article:published_time" content="2026-02-19T08:00:00Z"></head>'
    page = dressed(_ticker([8, 9, 10, 11, 12], _ENTRIES[0]))
    page = page.replace("</head>", head)
    assert not any(block.at for block in parsed(page).blocks)
    live = parsed(page.replace("<title>", "<title>Liveblog: "))
    assert [b.at.hour for b in live.blocks if b.at and b.text in PARAGRAPHS] == [8, 9, 10, 11, 12]
    assert live.article_type == "live"


@pytest.mark.parametrize("count", [1, 2])
def test_a_short_story_is_not_swallowed_by_what_surrounds_it(count: int) -> None:
    article = parsed(dressed(paragraphs(*PARAGRAPHS[:count])))
    assert article.body_text.split("\n\n") == list(PARAGRAPHS[:count])


def test_a_list_of_links_has_no_story() -> None:
    links = "".join(
        f'<li><a href="/n/{n}">Harbour news in brief, number {n}</a></li>' for n in range(40)
    )
    page = f"<html><title>Local</title><body><h1>Local</h1><ul>{links}</ul></body></html>"
    assert parsed(page).body_text == ""


@pytest.mark.parametrize("tag", ["button", "nav", "form", "footer", "menu", "dialog"])
def test_an_unclosed_element_does_not_swallow_the_story(tag: str) -> None:
    page = f"""<html><body><div class="top"><{tag} class="x">Menu<div class="wrap">
<h2>{HEADLINE}</h2><div class="story">{paragraphs()}</div></div></body></html>"""
    assert parsed(page).body_text.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("tag", ["article", "main", "section"])
def test_a_page_may_leave_out_the_tags_of_head_and_body(tag: str) -> None:
    article = parsed(
        f"<html><title>Old crane</title><{tag}>{paragraphs()}</{tag}><ul><li>2026</ul>"
    )
    assert article.body_text.split("\n\n") == list(PARAGRAPHS)


def test_text_that_only_scripts_would_show_comes_from_the_article_body() -> None:
    text = "\\n\\n".join(text.replace('"', "'") for text in PARAGRAPHS)
    page = f"""<html><head><script type="application/ld+json">{{"@type":"NewsArticle",
"headline":"{HEADLINE}","articleBody":"{text}"}}</script></head>
<body><h1>{HEADLINE}</h1><div id="app">Loading</div></body></html>"""
    assert parsed(page).body_text.split("\n\n") == [t.replace('"', "'") for t in PARAGRAPHS]


def test_a_heading_with_nothing_below_it_is_not_part_of_the_story() -> None:
    article = parsed(dressed(f"{paragraphs()}<h3>More from the harbour</h3>"))
    assert article.body_text.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "lead", ["Read also: ", "Lesen Sie auch: ", "Lire aussi : ", "Lea también: "]
)
def test_a_line_that_leads_to_another_story_is_a_teaser(lead: str) -> None:
    line = f'<p>{lead}<a href="/ladder">{FOREIGN["teaser"]}</a></p>'
    article = parsed(dressed(paragraphs(*PARAGRAPHS[:2]) + line + paragraphs(*PARAGRAPHS[2:])))
    assert article.body_text.split("\n\n") == list(PARAGRAPHS)
    assert lead + FOREIGN["teaser"] in texts(article, "teaser")


def texts(article: ParsedArticle, kind: str) -> list[str]:
    return [block.text for block in article.blocks if block.type == kind]


def test_a_caption_without_markup_of_its_own_is_no_paragraph_of_the_story() -> None:
    line = '<p><img src="/quay.jpg"><br>The quay in the rain on Monday. (Ines Brandt / Reuters)</p>'
    article = parsed(dressed(paragraphs(*PARAGRAPHS[:2]) + line + paragraphs(*PARAGRAPHS[2:])))
    assert article.body_text.split("\n\n") == list(PARAGRAPHS)
    assert "The quay in the rain on Monday." in texts(article, "caption")
