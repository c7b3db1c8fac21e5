"""Pages written for these tests: one story, dressed as sites dress theirs."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.models import FetchedPage, ParsedArticle
from pipeline.parse import ParseLimits, parse

URL = "https://news.example/local/crane"
HEADLINE = "Old crane leaves the eastern quay after ninety years"
PARAGRAPHS = (
    "The old crane at the eastern quay was taken down on Monday after ninety years of service, the "
    "harbour office said. It had not lifted anything since 1987.",
    "Two hundred people watched as the jib was lowered onto a barge. Some had brought folding "
    "chairs, and a brass band from the rowing club played until the rain began.",
    '"My father worked up there for thirty winters," said Greta Holm, who runs the kiosk at the '
    'gate. "He could see both churches and the weather of the next day."',
    "The steel will be melted down at the yard across the river. The driver's cabin goes to the "
    "town museum, where it can be seen from spring, the museum's director said.",
    "What will stand in its place is not decided. The council wants benches and trees; the port "
    "would rather keep the rails, in case the ferries ever come back.",
)
FOREIGN = {
    "caption": "The jib of the crane hangs above the barge on Monday morning.",
    "credit": "Photo: Ines Brandt",
    "promo": "Read everything for four weeks, then pay eight euros a month.",
    "newsletter": "The morning tide: our newsletter, every day at six in your inbox.",
    "teaser": "Harbour swimmers want their ladder back before the summer begins",
    "comment": "Old salt: they said the very same thing about the lighthouse in 1998.",
    "bio": "Tom Reed has reported from the harbour for twenty years and sails a small boat.",
}


def paragraphs(*texts: str) -> str:
    return "\n".join(f"<p>{text}</p>" for text in texts or PARAGRAPHS)


def dressed(story: str = "") -> str:
    """A page with everything that stands around a story; ``story`` is its markup."""
    return f"""<!doctype html><html lang="en"><head><title>{HEADLINE} - The Quay</title>
<meta property="og:title" content="{HEADLINE}"></head><body>
<nav class="main"><a href="/">Home</a> <a href="/local">Local</a></nav>
<main><article><h1>{HEADLINE}</h1><p class="byline">By Tom Reed</p>
<figure><img src="/crane.jpg" width="800"><figcaption>{FOREIGN["caption"]}
<span class="credit">{FOREIGN["credit"]}</span></figcaption></figure>
<div class="article-body">{story or paragraphs()}</div>
<div class="author-bio"><p>{FOREIGN["bio"]}</p></div></article>
<aside class="house-promo"><p>{FOREIGN["promo"]}</p></aside>
<div class="newsletter-signup"><p>{FOREIGN["newsletter"]}</p></div>
<section class="related-articles"><h3><a href="/ladder">{FOREIGN["teaser"]}</a></h3></section>
<section id="comments"><p>{FOREIGN["comment"]}</p></section></main>
<footer><p>Copyright The Quay</p></footer></body></html>"""


def parsed(
    markup: str, content_type: str = "text/html", limits: ParseLimits | None = None
) -> ParsedArticle:
    page = FetchedPage(
        url=URL,
        final_url=URL,
        status=200,
        headers=(("content-type", content_type),),
        body=markup.encode("utf-8", "surrogatepass"),
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    return parse(page, limits=limits)
