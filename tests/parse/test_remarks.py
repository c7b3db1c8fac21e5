"""What stands beside the story and says something of the page itself; pages that are another's."""

from __future__ import annotations

import pytest

from pipeline.enrich import enrich
from pipeline.errors import Drop
from pipeline.fetch.pages import page_from_bytes
from pipeline.parse import parse, refuse
from tests.parse.pages import FETCHED, URL, document

NOTE = "Correction, 3 March 2026: An earlier version of this article named another dock."


@pytest.mark.parametrize(
    "markup",
    [
        "<p>{}</p>",
        '<div class="correction"><p>{}</p></div>',
        '<aside class="editors-note"><em>{}</em></aside>',
        '<footer><ul id="Corrections"><li>{}</li></ul></footer>',
    ],
)
def test_a_correction_is_found_wherever_the_page_puts_it(markup: str) -> None:
    html = document().replace("</article>", markup.format(NOTE) + "</article>")
    page = page_from_bytes(URL, html.encode(), content_type="text/html", fetched_at=FETCHED)
    assert [(n.kind, n.text) for n in enrich(parse(page)).notices] == [("correction", NOTE)]


def test_an_invitation_to_report_errors_is_no_correction() -> None:
    html = document(bottom='<a class="correction-link" href="/errors">Report a correction</a>')
    page = page_from_bytes(URL, html.encode(), content_type="text/html", fetched_at=FETCHED)
    assert enrich(parse(page)).notices == ()


@pytest.mark.parametrize("home", ["/", "/en/", "/index.html"])
def test_a_front_page_given_for_an_article_is_refused_by_name(home: str) -> None:
    front = f"https://www.harbourpost.example{home}"
    page = page_from_bytes(
        URL, document().encode(), content_type="text/html", fetched_at=FETCHED, final_url=front
    )
    with pytest.raises(Drop) as refused:
        refuse(parse(page))
    assert refused.value.reason == "moved_elsewhere"


def test_an_article_may_live_at_a_query_of_the_front_page() -> None:
    page = page_from_bytes(
        URL,
        document().encode(),
        content_type="text/html",
        fetched_at=FETCHED,
        final_url="https://www.harbourpost.example/?p=12",
    )
    refuse(parse(page))
