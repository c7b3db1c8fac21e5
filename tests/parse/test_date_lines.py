"""Dates on lines without a mark: where the line stands decides how far it is believed."""

from __future__ import annotations

import pytest

from pipeline.parse.body import Surroundings
from pipeline.parse.evidence.date_lines import date_line
from tests.parse.pages import HEADLINE, PARAGRAPHS, URL, document, ld, read

_STORY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def _page(above: str = "", below: str = "", story: str = _STORY, after: str = "") -> str:
    return (
        f"<!doctype html><html lang='en'><head><title>{HEADLINE}</title></head><body>"
        f'<nav><a href="/">Home</a></nav><div class="page">{above}<h1>{HEADLINE}</h1>{below}'
        f'<div class="story">{story}</div>{after}</div><footer>Harbour Post</footer></body></html>'
    )


def _day(html: str, url: str = URL) -> str | None:
    at = read(html, url=url).published_at
    return at.date().isoformat() if at else None


def test_the_date_below_the_headline_beats_todays_above_it() -> None:
    today = "<p>Monday, 2 March 2026</p>"
    assert _day(_page(today, "<p>By Ada Byron | 24 March 2025</p>")) == "2025-03-24"
    assert _day(_page("<p>24 March 2025</p>")) == "2025-03-24"


def test_a_plain_line_beats_a_caption_and_a_marked_date_among_other_stories() -> None:
    caption = "<p>Workers on the old pier at Brackwater, 11 June 2019</p>"
    assert _day(_page(below=caption + "<p>24 March 2025</p>")) == "2025-03-24"
    teaser = "<hr>" * 50 + '<div class="date">3 January 2026</div>'
    assert _day(_page(below="<p>24 March 2025</p>", after=teaser)) == "2025-03-24"


def test_a_caption_says_less_than_the_title() -> None:
    caption = "<p>Workers on the old pier at Brackwater, 11 June 2019</p>"
    page = _page(below=caption).replace("</title>", " | 24 March 2025</title>")
    assert _day(page) == "2025-03-24"


def test_a_line_beside_the_story_dates_it_if_it_is_plain() -> None:
    def found(line: str) -> bool:
        around = Surroundings(opening=("The northern pier",), beside=(line,))
        return date_line(around, "en", month_first=False) is not None

    assert found("Publiziert: 24.03.2025, 11:16")
    assert found("24 March 2025")
    assert not found("— Harbour Watch (@harbourwatch) March 11, 2025")


@pytest.mark.parametrize(
    "line",
    [
        "Erstellt am: 24.03.2025",
        "Pubblicato il: 24 marzo 2025",
        "Datum: 24.03.2025",
        "24 March 2025",
        "First published on Mar 24, 2025 04:25 pm",
    ],
)
def test_the_line_below_the_story_dates_it(line: str) -> None:
    assert _day(_page(after=f"<div>{line}</div>")) == "2025-03-24"


@pytest.mark.parametrize(
    "lines",
    [
        "<div>More from the harbour</div><div>24 March 2025</div>",
        "<div>The next meeting of the council is on 24 March 2025</div>",
        "<div>Updated: 24 March 2025</div>",
    ],
)
def test_what_stands_further_down_or_says_more_does_not(lines: str) -> None:
    assert _day(_page(after=lines)) is None


def test_the_day_in_the_address_beats_a_line() -> None:
    page = _page(below="<p>25 March 2025 00:05</p>")
    assert _day(page, "https://www.harbourpost.example/2025/03/24/pier") == "2025-03-24"


def test_when_a_video_was_uploaded_says_less_than_what_the_page_shows() -> None:
    data = ld("NewsArticle", uploadDate="2019-01-02", dateCreated="2019-01-03")
    assert _day(document(data, "<p>24 March 2025</p>")) == "2025-03-24"


@pytest.mark.parametrize(
    ("start", "language"),
    [
        ("24.03.25 - Der Hafenrat", "de"),
        ("LONDON, March 24, 2025 (Newswire) - The council", "en"),
        ("Brackwater, 24. März 2025 – Der Hafenrat", "de"),
        ("(Brackwater, 24.03.2025) – Der Hafenrat", "de"),
        ("BRACKWATER, March 24, 2025 /PRWire/ -- The council", "en"),
        ("24/03/2025 | Il consiglio", "it"),
    ],
)
def test_a_paragraph_that_opens_with_a_date_tells_it(start: str, language: str) -> None:
    found = date_line(Surroundings(starts=(start,)), language, month_first=False)
    assert found is not None
    assert found.value.wall.date().isoformat() == "2025-03-24"


@pytest.mark.parametrize(
    "start",
    [
        "Am Montag, 24. März 2025, kam es im Hafen zu einem Unfall",
        "Sie suchen seit dem 24. März 2025: der Hafenrat",
        "24 March 2025 was the day on which the pier fell",
        "On 24 March 2025 - a rainy Sunday - the pier fell",
        "24 March 2025 - a rainy Sunday - was the day on which the pier fell",
        "Brackwater, 24 March 2025. The pier lay in the water when the sun rose",
    ],
)
def test_a_date_in_its_first_sentence_does_not(start: str) -> None:
    assert date_line(Surroundings(starts=(start,)), None, month_first=False) is None


def test_words_of_publication_may_stand_behind_the_date() -> None:
    line = (
        "Dieser Beitrag wurde am Montag, 24. März 2025 um 14:05 Uhr veröffentlicht und steht unter"
    )
    found = date_line(Surroundings(closing=("Hafen", line)), "de", month_first=False)
    assert found is not None
    assert found.value.wall.isoformat() == "2025-03-24T14:05:00"
    law = "Am 24. März 2025 veröffentlichte der Hafenrat die Pläne"
    assert date_line(Surroundings(closing=("Hafen", law)), "de", month_first=False) is None


def test_marked_dates_of_many_days_are_those_of_other_stories() -> None:
    def teasers(*days: str) -> str:
        return "<hr>" * 50 + "".join(f'<p class="date">{day}</p>' for day in days)

    assert _day(document(bottom=teasers("24 March 2025"))) == "2025-03-24"
    many = teasers("24 March 2025", "21 March 2025", "3 January 2025")
    assert _day(document(bottom=many)) is None


@pytest.mark.parametrize("attribute", [' class="entry-date"', ""])
def test_of_two_dates_with_nothing_between_the_earlier_is_the_publication(attribute: str) -> None:
    line = f"<p{attribute}><span>May 21, 2025</span><span>March 24, 2025</span> by Ada Byron</p>"
    assert _day(_page(below=line)) == "2025-03-24"
    line = f"<p{attribute}>May 21, 2025 – March 24, 2025</p>"
    assert _day(_page(below=line)) == "2025-05-21"


def test_a_line_below_the_story_tells_the_day_where_the_data_says_its_last_change_twice() -> None:
    data = ld("NewsArticle", datePublished="2025-11-29", dateModified="2025-11-29")
    line = "<div>Published March 24, 2025</div>"
    assert _day(data + _page(after=line)) == "2025-03-24"
    caption = "<p>Workers on the old pier at Brackwater, 11 June 2019</p>"
    assert _day(data + _page(below=caption)) == "2025-11-29"


def test_a_meta_date_of_any_kind_says_less_than_the_line_below_the_headline() -> None:
    head = '<meta name="date" content="2025-03-27T11:52:23">'
    line = "<p>Stand: 24.03.2025 18:00 Uhr</p>"
    assert _day(head + _page(below=line)) == "2025-03-24"


@pytest.mark.parametrize(
    "lines",
    [
        ("3 comments", "Posted by Tom on 24 March 2025 at 10:15", "A fine pier."),
        ("1. Calder, I. The pier. Published 24 March 2025",),
        ("[1] Harbour Post, 24 March 2025",),
        ("Retrieved 24 March 2025",),
        ("© 24 March 2025 Harbour Post",),
        ("The Old Pier by Ines Calder, a novel of two harbours, was published on 24 March 2025",),
    ],
)
def test_comments_sources_and_rights_below_the_story_do_not_date_it(lines: tuple[str, ...]) -> None:
    assert date_line(Surroundings(closing=lines), "en", month_first=False) is None


def test_a_blogs_footer_of_many_words_dates_its_entry() -> None:
    line = (
        "This entry was posted on Monday, March 24th, 2025 at 10:15 am and is filed under Harbour. "
        "You can follow any responses to this entry through the feed."
    )
    found = date_line(Surroundings(closing=(line,)), "en", month_first=False)
    assert found is not None
    assert found.value.wall.date().isoformat() == "2025-03-24"
