"""Times as instants: zone known, taken from the source, or said to be unknown; never guessed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.models import SourceProfile
from pipeline.parse.evidence.times import read_date
from tests.parse.pages import URL, document, ld, read


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("March 24, 2025 3:02 PM", "en", (2025, 3, 24, 15, 2)),
        ("24 Mar 2025", "en", (2025, 3, 24)),
        ("24. März 2025, 15:02 Uhr", "de", (2025, 3, 24, 15, 2)),
        ("24.03.2025", "de", (2025, 3, 24)),
        ("24 février 2025 à 15h02", "fr", (2025, 2, 24, 15, 2)),
        ("24 de febrero de 2025", "es", (2025, 2, 24)),
        ("24 марта 2025, 15:02", "ru", (2025, 3, 24, 15, 2)),
        ("24 березня 2025", "uk", (2025, 3, 24)),
        ("24 Μαρτίου 2025", "el", (2025, 3, 24)),
        ("2025年3月24日 15:02", "zh", (2025, 3, 24, 15, 2)),
        ("2025년 3월 24일", "ko", (2025, 3, 24)),
        ("24 مارس 2025", "ar", (2025, 3, 24)),
        ("٢٤ مارس ٢٠٢٥", "ar", (2025, 3, 24)),
        ("24 मार्च 2025", "hi", (2025, 3, 24)),
        ("24 Mart 2025", "tr", (2025, 3, 24)),
        ("24 marca 2025", "pl", (2025, 3, 24)),
        ("2025-03-24T15:02:00+02:00", None, (2025, 3, 24, 15, 2)),
        ("Mon, 24 Mar 2025 15:02:00 GMT", None, (2025, 3, 24, 15, 2)),
        ("24 במרץ 2025, 15:02", "he", (2025, 3, 24, 15, 2)),
        ("ב-24 במרס 2025", "he", (2025, 3, 24)),
        ("٢٤ مارس ٢٠٢٥ ٣:٠٢ م", "ar", (2025, 3, 24, 15, 2)),
        ("24 مارس 2025م ٠٣:٠٢", "ar", (2025, 3, 24, 3, 2)),
        ("24 มี.ค. 68 | 15:02 น.", "th", (2025, 3, 24, 15, 2)),
        ("2025.03.24. 15:02", "hu", (2025, 3, 24, 15, 2)),
        ("2025-03-24 (월) 15:02", "ko", (2025, 3, 24, 15, 2)),
        ("2025-03-24 15:02 UTC+3", "en", (2025, 3, 24, 15, 2)),
        ("2025-03-24T15:02:00 EST", "en", (2025, 3, 24, 15, 2)),
        ("24 / März / 2025", "de", (2025, 3, 24)),
        ("24/Mar/2025", "en", (2025, 3, 24)),
        ("24-Mar-25", "en", (2025, 3, 24)),
        ("24 มีนาคม 2568", "en", (2025, 3, 24)),
        ("24 Mar '25, 15:02", "en", (2025, 3, 24, 15, 2)),
        ("24.03.98", "de", (1998, 3, 24)),
        ("دوشنبه ۴ فروردين ۱۴۰۴", "fa", (2025, 3, 24)),
        ("١٥:٠٢ الاثنين ٢٤ / ٣ / ٢٠٢٥", "ar", (2025, 3, 24, 15, 2)),
    ],
)
def test_a_date_is_read_in_its_own_language(
    text: str, language: str | None, day: tuple[int, ...]
) -> None:
    moment = read_date(text, language)
    assert moment is not None
    wall = moment.utc.replace(tzinfo=None)
    if moment.offset_minutes:
        from datetime import timedelta

        wall += timedelta(minutes=moment.offset_minutes)
    assert wall.timetuple()[: len(day)] == day
    assert moment.precision == ("day" if len(day) == 3 else moment.precision)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "99.99.2025", "32 March 2025", "story 2025", "3 mai-15 juin"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    moment = read_date(text, "en")
    assert moment is None or moment.precision == "year"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2025-03-24 15:02 UTC+3", 180),
        ("2025-03-24T15:02:00 EST", -300),
        ("2025-03-24T15:02:00Z", 0),
        ("2025/3/24 15:02 (JST)", 540),
        ("2025-03-24T15:02:00", None),
    ],
)
def test_the_zone_behind_a_machine_date_counts(text: str, minutes: int | None) -> None:
    moment = read_date(text, "en")
    assert moment is not None
    assert moment.offset_minutes == minutes


def test_an_offset_makes_the_zone_known_and_the_instant_exact() -> None:
    article = read(
        document('<meta property="article:published_time" content="2026-02-28T09:30:00+01:00">')
    )
    assert article.published_at == datetime(2026, 2, 28, 8, 30, tzinfo=UTC)
    assert (article.published_zone, article.published_offset_minutes) == ("known", 60)
    assert article.published_raw == "2026-02-28T09:30:00+01:00"
    assert article.evidence["published_at"].origin == "meta:article:published_time"


def test_a_time_without_a_zone_is_the_pages_wall_clock_and_says_so() -> None:
    article = read(document(top='<div class="date">28 February 2026, 09:30</div>'))
    assert article.published_at == datetime(2026, 2, 28, 9, 30, tzinfo=UTC)
    assert (article.published_zone, article.published_offset_minutes) == ("unknown", None)


def test_a_time_without_a_zone_takes_its_sources_zone_and_says_that_too() -> None:
    source = SourceProfile("post", domains=("harbourpost.example",), timezone="Europe/Berlin")
    article = read(document(top='<div class="date">28 February 2026, 09:30</div>'), source=source)
    assert article.published_at == datetime(2026, 2, 28, 8, 30, tzinfo=UTC)
    assert (article.published_zone, article.published_offset_minutes) == ("source", 60)


@pytest.mark.parametrize(
    "text",
    [
        "21.10.2025",
        "05.04.2025 - Güncelleme : 06.04.2025",
        "Stand: 04.02.2022",
        "12.11.2025, 4 Min.",
    ],
)
def test_the_day_and_month_of_a_date_with_dots_are_no_time_of_day(text: str) -> None:
    moment = read_date(text, "de")
    assert moment is not None
    assert moment.precision == "day"


@pytest.mark.parametrize("text", ["12.11.2025, 14.30 Uhr", "12.11.2025 um 14.30."])
def test_a_time_with_a_dot_beside_a_date_with_dots_is_read(text: str) -> None:
    moment = read_date(text, "de")
    assert moment is not None
    assert (moment.wall.day, moment.wall.hour, moment.wall.minute) == (12, 14, 30)


def test_a_day_stays_a_day() -> None:
    article = read(document(top='<div class="date">28 February 2026</div>'))
    assert article.published_at == datetime(2026, 2, 28, tzinfo=UTC)
    assert article.published_precision == "day"


@pytest.mark.parametrize("year", ["1492", "2031", "0000", "99999"])
def test_a_time_that_cannot_be_is_not_believed(year: str) -> None:
    head = f'<meta property="article:published_time" content="{year}-02-28T09:30:00Z">'
    assert read(document(head)).published_at is None


def test_dates_of_teasers_are_not_the_articles() -> None:
    bottom = '<aside class="related"><time datetime="2026-03-01">1 March</time></aside>'
    top = '<time datetime="2026-02-28T09:30:00Z">28 February</time>'
    article = read(document(top=top, bottom=bottom))
    assert article.published_at == datetime(2026, 2, 28, 9, 30, tzinfo=UTC)


def test_the_last_change_is_kept_apart_from_the_publication() -> None:
    head = (
        '<meta property="article:published_time" content="2026-02-28T09:30:00Z">'
        '<meta property="article:modified_time" content="2026-03-01T10:00:00Z">'
    )
    article = read(document(head), url=URL)
    assert article.modified_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert article.published_at == datetime(2026, 2, 28, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "day"),
    [("03.02.2026", 3), ("3. Februar 2026", 3), ("Termine 03.02.2026", None), ("2026", None)],
)
def test_a_date_that_is_the_last_part_of_the_title_is_the_pages(end: str, day: int | None) -> None:
    page = document(f"<title>The pier | Politik | Post | {end}</title>", lang="de")
    found = read(page).published_at
    assert (found.day if found else None) == day


def test_the_date_in_the_title_gives_way_to_the_one_that_the_page_shows() -> None:
    head = '<title>The pier | Post | 03.02.2026</title><meta name="date" content="2026-02-05">'
    assert read(document(head, lang="de")).published_at == datetime(2026, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "Essay - Published: 2026.02.28 | artificial | pier | quay | tide | crane | rope | net",
        "Local (1 / 1) 28.02.2026 13:30 with pictures by our readers",
    ],
)
def test_a_line_that_says_published_or_says_little_dates_the_page(line: str) -> None:
    published = read(document(top=f"<div>{line}</div>")).published_at
    assert published is not None
    assert published.date().isoformat() == "2026-02-28"


def test_data_that_tells_of_several_days_is_that_of_teasers() -> None:
    """A page whose teasers bring their days along keeps its own, older one."""
    head = '<meta property="article:published_time" content="2024-04-12T18:33:59+02:00">'
    teasers = "".join(
        f'<div class="teaser"><meta itemprop="datePublished" content="{day}"></div>'
        for day in ("2026-02-12", "2026-02-28")
    )
    top = '<div class="date">28 February 2026</div>'
    article = read(document(head, top, teasers))
    assert article.published_at == datetime(2024, 4, 12, 16, 33, 59, tzinfo=UTC)


def test_an_older_day_that_is_shown_beats_data_that_tells_its_last_change_twice() -> None:
    """Builders of sites write the time of the last change into both properties."""
    head = ld(datePublished="2026-02-28T10:00:00Z", dateModified="2026-02-28T10:00:00Z")
    top = '<div class="date">January 31, 2024</div>'
    published = read(document(head, top)).published_at
    assert published == datetime(2024, 1, 31, tzinfo=UTC)
    other = ld(datePublished="2026-02-28T10:00:00Z", dateModified="2026-03-01T10:00:00Z")
    published = read(document(other, top)).published_at
    assert published == datetime(2026, 2, 28, 10, tzinfo=UTC)


def test_a_day_that_is_the_data_s_own_in_another_order_is_no_older_one() -> None:
    head = ld(datePublished="2026-02-01T10:00:00Z", dateModified="2026-02-01T10:00:00Z")
    published = read(document(head, '<div class="date">02/01/2026</div>', lang="de")).published_at
    assert published == datetime(2026, 2, 1, 10, tzinfo=UTC)


def test_a_line_below_the_headline_goes_before_a_teasers_stamp() -> None:
    teaser = (
        '<div class="most-read"><a href="/a">Library closes</a>'
        '<time datetime="2026-02-11">11 February</time></div>'
    )
    article = read(document("", "<p>28 February 2026</p>", teaser))
    assert str(article.published_at)[:10] == "2026-02-28"


@pytest.mark.parametrize("day", ["1970-01-01T00:00:00Z", "1900-01-01"])
def test_what_software_writes_for_no_date_is_none(day: str) -> None:
    head = f'<meta property="article:published_time" content="{day}">'
    assert read(document(head)).published_at is None


def test_a_readers_comment_dates_no_article() -> None:
    comment = (
        '<div class="comments"><div class="comment"><time datetime="2026-02-11T10:00:00Z">'
        "11 February</time><p>They said that of the lighthouse, too.</p></div></div>"
    )
    assert read(document(bottom=comment)).published_at is None


def test_an_impossible_offset_moves_no_instant() -> None:
    head = '<meta property="article:published_time" content="2026-02-28T10:00:00+99:99">'
    article = read(document(head))
    assert str(article.published_at)[:16] == "2026-02-28 10:00"
    assert article.published_zone == "unknown"


def test_a_date_read_the_wrong_way_round_is_turned_where_the_page_tells_it_plainly() -> None:
    head = '<meta name="date" content="04/03/2025 12:43:42">'
    plain = '<div class="foot">Erstellt am: 03.04.2025</div>'
    at = read(document(head, bottom=plain, lang="de")).published_at
    assert at == datetime(2025, 4, 3, 12, 43, 42, tzinfo=UTC)
    at = read(document(head, lang="de"), url=f"{URL}/2025/04/pier").published_at
    assert at == datetime(2025, 4, 3, 12, 43, 42, tzinfo=UTC)
    at = read(document(head, lang="de")).published_at
    assert at == datetime(2025, 3, 4, 12, 43, 42, tzinfo=UTC)


def test_a_date_with_the_year_first_is_never_turned() -> None:
    head = ld("NewsArticle", datePublished="2025-04-03T12:43:42Z")
    at = read(document(head, '<p class="date">04.03.2025</p>', lang="en")).published_at
    assert at == datetime(2025, 4, 3, 12, 43, 42, tzinfo=UTC)


def test_the_pages_other_dates_of_the_form_tell_its_order() -> None:
    own = '<p class="date">04.03.2025</p>'
    far = "<hr>" * 50 + '<p class="date">11.24.2024</p>'
    for bottom, month in ((far, 4), ("", 3)):
        at = read(document(top=own, bottom=bottom)).published_at
        assert at is not None
        assert at.month == month


@pytest.mark.parametrize(
    ("told", "shown", "url", "offset"),
    [
        ("2025-03-23T23:15:00Z", "24 marzo 2025", "https://posta.example.it/molo", 60),
        ("2025-03-25T00:25:00Z", "24 de marzo de 2025", "https://puerto.example.com.ar/m", -180),
        ("2025-03-23T23:15:00Z", "23 marzo 2025", "https://posta.example.it/molo", 0),
        ("2025-03-23T23:15:00Z", "24 March 2025", "https://harbour.example.com/pier", 0),
        ("2025-03-23T20:15:00Z", "24 marzo 2025", "https://posta.example.it/molo", 0),
    ],
)
def test_an_instant_in_utc_is_told_on_the_countrys_clock_if_the_page_shows_its_day(
    told: str, shown: str, url: str, offset: int
) -> None:
    head = ld("NewsArticle", datePublished=told)
    article = read(document(head, f'<p class="date">{shown}</p>', lang="it"), url=url)
    assert article.published_at == datetime.fromisoformat(told)
    assert article.published_offset_minutes == offset


@pytest.mark.parametrize(
    ("url", "month"),
    [
        ("https://www.harbourpost.example.co.uk/pier", 4),
        ("https://www.harbourpost.example.com.au/pier", 4),
        ("https://www.harbourpost.example.com/pier", 3),
        ("https://www.harbourpost.example.io/pier", 3),
    ],
)
def test_the_hosts_country_says_whether_the_month_comes_first(url: str, month: int) -> None:
    page = document(top='<p class="date">03/04/2025</p>', lang="en-US")
    at = read(page, url=url).published_at
    assert at is not None
    assert at.month == month


@pytest.mark.parametrize(
    "parts",
    [("24", "Mar", "2025"), ("Mar", "24", "2025"), ("Mar", "24,", "2025"), ("3", "24", "2025")],
)
@pytest.mark.parametrize("tag", ["span", "div"])
def test_a_marked_date_may_have_an_element_for_each_part(parts: tuple[str, ...], tag: str) -> None:
    inner = "".join(f"<{tag}>{part}</{tag}>" for part in parts)
    at = read(document(top=f'<div class="date">{inner}</div>')).published_at
    assert at is not None
    assert at.date().isoformat() == "2025-03-24"
