"""Links that lead to articles are told from those that do not, in every script and any scheme."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from pipeline.discover.page_links import find_article_links

HOME = "https://paper.example/"
MENU = (
    "/politics", "/local-news", "/about-us", "/tag/harbour", "/author/ines-calder-and-friends",
    "/category/a-very-long-name-of-category", "/login", "/search?q=pier", "/page/2", "/rss.xml",
    "/report-of-the-year-2025.pdf", "/newsletter", "/de", "/sport/", "/contact", "/2026/",
    "/e-paper",
)  # fmt: skip
ARTICLES = {
    "slug": [f"/local/council-votes-to-rebuild-pier-{n}" for n in "abcd"],
    "dated": ["/2026/03/01/rain", "/2026/3/02/snow", "/news/2026-03-03/hail", "/20260304/wind"],
    "numbers": [f"/a/{10234560 + n}.html" for n in range(4)],
    "number first": [f"/story/{898680 + n}/flood" for n in range(4)],
    "query": [f"/news/view.php?idxno={310 + n}" for n in range(4)],
    "short slugs": [f"/local/pier-{word}" for word in ("opens", "closes", "burns", "stands")],
    "one word": [f"/n/{word}" for word in ("umbrella", "harvest", "ferry", "lantern")],
    "ids": [f"/articles/ASM2Q5HKNM2QUCVL0{n}D" for n in range(4)],
    "chinese": [
        "/新闻/百年茶店重新开张了",
        "/新闻/老桥今天关闭检修",
        "/新闻/渔船回港避台风",
        "/新闻/博物馆夜间开放",
    ],
    "arabic": [
        "/أخبار/افتتاح-أول-مكتبة-عائمة",
        "/أخبار/إغلاق-الجسر-القديم-غدا",
        "/أخبار/عودة-قوارب-الصيد-مساء",
        "/أخبار/معرض-جديد-في-الميناء",
    ],
    "cyrillic": [
        "/novosti/паром-снова-ходит-по-реке",
        "/novosti/мост-закрыт-на-ремонт",
        "/novosti/рынок-открыт-до-ночи",
        "/novosti/школа-ждёт-новых-книг",
    ],
    "encoded": [
        quote("/समाचार/गाँव-का-तालाब-फिर-भरा"),
        quote("/समाचार/पुल-आज-से-बंद-रहेगा"),
        quote("/समाचार/मेला-कल-से-शुरू-होगा"),
        quote("/समाचार/नई-बस-सेवा-शुरू-हुई"),
    ],
}  # fmt: skip
HEADLINES = {
    "chinese": "百年茶店重新开张老师傅把手艺传给三名学徒",
    "arabic": "افتتاح أول مكتبة عائمة في الميناء القديم",
    "cyrillic": "Паром через реку снова заработал в пятницу",
    "encoded": "गाँव का तालाब बरसों बाद फिर भर गया",
}


def page(paths: list[str], headline: str, words_of_menu: str = "Menu") -> bytes:
    """A home page: a menu, a list of teasers, a footer."""
    menu = "".join(f"<li><a href='{path}'>{words_of_menu}</a></li>" for path in MENU)
    teasers = "".join(
        f"<div class='teaser'><a href='{path}'><img src=/x.jpg></a>"
        f"<h3><a href='{path}'>{headline} {n}</a></h3></div>"
        for n, path in enumerate(paths)
    )
    foot = "<footer><a href='/imprint'>Imprint</a> <a href='/'>Home</a></footer>"
    return f"<html><meta charset=utf-8><nav><ul>{menu}</ul></nav>{teasers}{foot}".encode()


@pytest.mark.parametrize("kind", ARTICLES)
def test_a_pages_articles_are_found_and_its_menu_is_not(kind: str) -> None:
    headline = HEADLINES.get(kind, "Council votes to rebuild the northern pier")
    found = find_article_links(page(ARTICLES[kind], headline), HOME)
    paths = [
        quote(entry.url.removeprefix("https://paper.example"), safe="/%?=&")
        for entry in found.entries
    ]
    assert paths == [quote(path, safe="/%?=&") for path in ARTICLES[kind]]
    assert found.entries[0].title == f"{headline} 0"


def test_where_the_links_have_pictures_only_the_address_decides() -> None:
    html = "".join(f"<a href='{path}'><img></a>" for path in (*ARTICLES["slug"], "/politics"))
    found = find_article_links(html.encode(), HOME)
    assert [entry.url.partition("example")[2] for entry in found.entries] == ARTICLES["slug"]


def test_menu_entries_with_many_words_are_not_lifted_by_their_kin() -> None:
    words = "All that is new about our harbour"
    found = find_article_links(page(ARTICLES["numbers"], "Ferry is late again today", words), HOME)
    taken = {entry.url.partition("example")[2] for entry in found.entries}
    assert taken == set(ARTICLES["numbers"])


def test_sections_of_few_words_beside_headlines_of_the_same_scheme_are_left_out() -> None:
    sections = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("a", "bb", "ccc", "d"))
    teasers = "".join(
        f"<article><a href='/{word}-x'>{word.title()} is said to have been seen again</a></article>"
        for word in ("eel", "owl", "elk", "fox")
    )
    found = find_article_links(f"<ul>{sections}</ul>{teasers}".encode(), HOME)
    assert [entry.url.rpartition("/")[2] for entry in found.entries] == [
        "eel-x", "owl-x", "elk-x", "fox-x",
    ]  # fmt: skip


def test_the_sites_other_spellings_count_and_other_sites_do_not() -> None:
    path = "/storm-closes-the-harbour"
    hosts = ("www.paper.example", "m.paper.example", "paper.example:80", "shop.example")
    html = "".join(f"<a href='https://{host}{path}'>x</a>" for host in hosts)
    found = find_article_links(html.encode(), HOME)
    assert [entry.url for entry in found.entries] == [
        f"https://www.paper.example{path}",
        f"https://m.paper.example{path}",
    ]


def test_the_given_charset_is_how_words_are_read() -> None:
    html = "<a href='/storm-closes-the-harbour'>Größe</a>".encode("cp1252")
    assert find_article_links(html, HOME, "cp1252").entries[0].title == "Größe"
    assert find_article_links(html, HOME, "no-such").entries != ()
