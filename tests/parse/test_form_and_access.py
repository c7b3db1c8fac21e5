"""What kind of page it is and whether all of it can be read, each with the reason."""

from __future__ import annotations

import pytest

from pipeline.errors import Drop
from pipeline.models import ParsedArticle
from pipeline.parse import refuse
from tests.parse.pages import HEADLINE, document, ld, read

_LINKS = "".join(f"<li><a href=/{n}>A headline of some length: {n}</a></li>" for n in range(12))
_SITE = "https://www.harbourpost.example"


def short(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body><h1>{HEADLINE}</h1>{body}</body></html>"


@pytest.mark.parametrize(
    ("head", "path", "form", "reason"),
    [
        ("", "/local/pier", "news", None),
        ("", "/meinung/pier", "opinion", "url:/meinung/"),
        ("", "/opini%C3%B3n/pier", "opinion", "url:/opinión/"),
        (ld(articleSection="Editorials"), "/pier", "opinion", "section:editorials"),
        (ld("OpinionNewsArticle"), "/pier", "opinion", "json-ld:@type=OpinionNewsArticle"),
        (ld("LiveBlogPosting"), "/pier", "live", "json-ld:@type=LiveBlogPosting"),
        ("", "/live/pier", "live", "url:/live/"),
    ],
)
def test_the_form_has_a_reason(head: str, path: str, form: str, reason: str | None) -> None:
    article = read(document(head), url=_SITE + path)
    assert (article.article_type, article.article_type_reason) == (form, reason)


@pytest.mark.parametrize(("part", "form"), [("fotostrecke", "gallery"), ("videos", "video")])
def test_a_page_of_pictures_is_named_so_where_it_has_little_text(part: str, form: str) -> None:
    html = short(f"<p>{'Waves over the pier, and gulls above them. ' * 4}</p>")
    assert read(html, url=f"{_SITE}/{part}/pier").article_type == form


@pytest.mark.parametrize("html", [short(f"<ul>{_LINKS}</ul>"), short("", ld("ProfilePage"))])
def test_what_is_no_article_is_dropped_with_the_reason(html: str) -> None:
    with pytest.raises(Drop) as dropped:
        refuse(read(html))
    assert dropped.value.reason == "not_an_article"


def paywalled(**more: object) -> ParsedArticle:
    return read(document(ld(isAccessibleForFree=False, **more)))


def test_a_paywalled_page_says_how_much_is_missing() -> None:
    article = paywalled(wordCount=900)
    assert article.access == "paywalled"
    assert article.missing is not None
    assert article.missing.endswith("of about 900 words are here")


def test_a_paywalled_page_names_the_part_that_is_not_there() -> None:
    part = {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".rest"}
    assert paywalled(hasPart=part).missing == "the part that the page calls .rest is not here"


def test_a_paywalled_page_that_holds_its_whole_text_misses_nothing() -> None:
    assert paywalled(wordCount=80).missing is None


def test_a_page_that_is_free_misses_nothing() -> None:
    assert read(document(ld(isAccessibleForFree=True, wordCount=900))).missing is None


@pytest.mark.parametrize(
    ("head", "top", "form"),
    [
        ("<title>Opinion | The pier is a folly | Post</title>", "", "opinion"),
        ("<title>Kommentar: Der Steg ist eine Torheit</title>", "", "opinion"),
        ("<title>【社説】桟橋の再建を急げ</title>", "", "opinion"),
        ("", '<p class="author">Eine Kolumne von Ines Calder</p>', "opinion"),
        ("<title>Opinion polls | Post</title>", "", "news"),
        ("<title>Opinion</title>", "", "news"),
        (
            "<title>Tribune | Council votes</title>"
            '<meta property="og:site_name" content="Tribune">',
            "",
            "news",
        ),
    ],
)
def test_the_title_or_the_byline_may_name_the_form(head: str, top: str, form: str) -> None:
    assert read(document(head, top)).article_type == form


def test_a_page_that_shares_itself_as_a_video_is_one_where_it_has_little_text() -> None:
    head = '<meta property="og:type" content="video.other">'
    assert (
        read(short("<p>Waves tore planks off the pier on Tuesday.</p>", head)).article_type
        == "video"
    )


_OFFER = '<div class="paywall"><h3>{}</h3><p>{}</p></div>'


@pytest.mark.parametrize(
    ("above", "offer"),
    [
        ("Subscribe to keep reading", "Get unlimited access from one pound a week."),
        ("Weiterlesen mit Harbour Plus", "Vier Wochen für einen Euro testen."),
        ("Cet article est réservé aux abonnés", "Abonnez-vous pour un euro par mois."),
        ("この記事は会員限定です", "購読の申し込みはこちらから。"),
    ],
)
def test_an_offer_right_below_a_stub_says_that_the_rest_costs(above: str, offer: str) -> None:
    page = document().replace("</article>", _OFFER.format(above, offer) + "</article>")
    article = read(page)
    assert article.access == "paywalled"
    assert article.evidence["access"].origin == "dom:promo"
    assert article.missing is not None


@pytest.mark.parametrize(
    ("above", "text"),
    [
        ("Our newsletter", "Subscribe, and read what the harbour does each day."),
        ("Our newsletter", "Subscribe to it, or read online what happened."),
        ("Stay up to date", "Subscribe to our letter. Read the full privacy notice."),
        ("Pour en savoir plus", "Lire la suite dans notre magazine."),
    ],
)
def test_an_offer_of_a_newsletter_costs_nothing(above: str, text: str) -> None:
    offer = _OFFER.format(above, text)
    assert read(document().replace("</article>", f"{offer}</article>")).access == "unknown"


def test_a_long_story_is_whole_and_no_video_whatever_stands_around_it() -> None:
    head = '<meta property="og:type" content="video.other">'
    offer = _OFFER.format("Subscribe to keep reading", "Get unlimited access.")
    page = document(head, "<p>Waves tore planks off the pier again on Tuesday night.</p>" * 30)
    article = read(page.replace("</article>", f"{offer}</article>"))
    assert (article.access, article.article_type) == ("unknown", "news")


def stub(below: str, top: str = "") -> ParsedArticle:
    """Two paragraphs of story, and below them what no class name tells anything of."""
    story = (
        "The harbour council voted on Tuesday night to rebuild the northern pier before winter.",
        "Engineers told the meeting that the old piles had rotted below the water line.",
    )
    text = "".join(f"<p>{paragraph}</p>" for paragraph in story)
    return read(
        f"<!doctype html><html><head><title>{HEADLINE}</title></head><body><nav>News</nav><main>"
        f"{top}<h1>{HEADLINE}</h1><article>{text}</article><div>{below}</div></main></body></html>"
    )


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to continue reading.",
        "This post is for paid subscribers",
        "Jetzt abonnieren und weiterlesen",
        "Il vous reste 70 % de cet article à lire.",
        "Suscríbete para seguir leyendo",
        "Conteúdo exclusivo para assinantes",
        "この記事は有料会員限定です",
    ],
)
def test_a_plain_line_below_a_stub_may_say_that_the_rest_costs(line: str) -> None:
    assert stub(f"<p>{line}</p>").access == "paywalled"


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to our newsletter.",
        "Sign in to comment.",
        "Already a subscriber? Log in",
        "Our subscribers read the paper on Sundays, too.",
    ],
)
def test_a_plain_line_below_a_stub_that_offers_something_else_says_nothing(line: str) -> None:
    assert stub(f"<p>{line}</p>").access == "unknown"


@pytest.mark.parametrize(
    ("top", "form"),
    [
        ("<div>Opinion</div>", "opinion"),
        ("<p>Kommentar</p>", "opinion"),
        ("<div>Harbour</div>", "news"),
        ("<nav><a href=/o>Opinion</a></nav>", "news"),
        ("<ul><li><a href=/o>Opinion</a></li></ul>", "news"),
    ],
)
def test_the_line_above_the_headline_names_the_form_where_it_is_in_no_menu(
    top: str, form: str
) -> None:
    assert stub("", top).article_type == form


@pytest.mark.parametrize(
    ("title", "form"),
    [("In pictures: the northern pier", "gallery"), ("The pictures of the pier", "news")],
)
def test_a_title_that_begins_with_pictures_names_a_gallery(title: str, form: str) -> None:
    head = f'<meta property="og:title" content="{title}">'
    text = f"<p>{'Waves over the pier, and gulls above them. ' * 4}</p>"
    assert read(short(text, head)).article_type == form
    assert read(document(head) if form == "news" else short(text * 5, head)).article_type == "news"
