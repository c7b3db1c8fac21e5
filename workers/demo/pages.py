"""Every page of the demo site: where it lies, what it answers, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from workers.demo import layouts
from workers.demo.layouts import Layout
from workers.demo.stories import Story, load_story

HOSTS = ("harbour", "nordstern", "delta", "wire", "gazette")
"""The publishers, each on an address of its own."""

LAYOUTS: dict[str, Layout] = {
    "harbour": layouts.json_ld,
    "nordstern": layouts.open_graph,
    "delta": layouts.microdata,
    "wire": layouts.graph,
    "gazette": layouts.bare,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    delay: timedelta = timedelta(0)


Answering = Callable[[int, str], Answer]
"""From how often the path was asked before, and the page's URL, to the answer."""


@dataclass(frozen=True, slots=True)
class Page:
    """``outcome`` and ``reason`` are what the first crawl must end with; ``story`` is what must
    be found on it; ``listed`` says whether feed and sitemap name it."""

    host: str
    path: str
    answer: Answering
    outcome: str = "stored"
    reason: str | None = None
    story: Story | None = None
    listed: bool = True
    second: bool = False
    """Whether it is asked for only when everything else has ended."""


def all_pages() -> list[Page]:
    """The whole site, harmless pages first."""
    return [*_articles(), *_special_articles(), *_refusals()]


def _story_page(host: str, name: str, path: str, **expected: object) -> Page:
    story = load_story(host, name)

    def answer(times: int, url: str) -> Answer:
        return Answer(LAYOUTS[host](story, url).encode())

    return Page(host, path, answer, story=story, **expected)  # type: ignore[arg-type]


def _articles() -> list[Page]:
    named = [
        ("harbour", "pier", "/local/northern-pier"),
        ("harbour", "library", "/culture/last-catalogue-card"),
        ("harbour", "tide-clock", "/culture/tide-clock"),
        ("harbour", "premium", "/business/ferry-sale"),
        ("nordstern", "moor", "/umwelt/moor-wird-wieder-nass.html"),
        ("nordstern", "bahnhof", "/wirtschaft/markthalle.html"),
        ("delta", "marais", "/economie/paludiers"),
        ("delta", "faro", "/cultura/ultimo-farero"),
        ("wire", "visnyk", "/uk/pishokhidnyi-mist"),
        ("wire", "gharb", "/ar/floating-library"),
        ("wire", "chadian", "/zh/chadian"),
        ("wire", "kawara", "/ja/kawara"),
        ("wire", "kheti", "/hi/talab"),
        ("wire", "elies", "/el/elies"),
        ("gazette", "capture", "/grain-ships"),
        ("gazette", "bare", "/bakers-strike"),
    ]
    pages = [_story_page(host, name, path) for host, name, path in named]
    # The same text with another dateline and headline: an article of its own, in one cluster.
    return [*pages, _story_page("wire", "pier-copy", "/regions/harbour-pier")]


def _special_articles() -> list[Page]:
    return [
        _corrected(),
        _slow(),
        _busy_once(),
        _cyrillic_in_its_old_charset(),
        _malformed(),
        _live_blog(),
        Page("harbour", "/s/7731", _redirect("/s/7731/"), "duplicate", "same_text", listed=False,
             second=True),
        Page("harbour", "/s/7731/", _redirect("/culture/tide-clock"), "duplicate", "same_url",
             listed=False, second=True),
    ]  # fmt: skip


def _corrected() -> Page:
    first, second = load_story("harbour", "budget-v1"), load_story("harbour", "budget-v2")

    def answer(times: int, url: str) -> Answer:
        return Answer(layouts.json_ld(second if times else first, url).encode())

    return Page("harbour", "/politics/school-budget", answer, story=first)


def _slow() -> Page:
    story = load_story("harbour", "slow-train")

    def answer(times: int, url: str) -> Answer:
        return Answer(layouts.json_ld(story, url).encode(), delay=timedelta(seconds=1.5))

    return Page("harbour", "/transport/night-train", answer, story=story)


def _busy_once() -> Page:
    story = load_story("harbour", "busy-server")

    def answer(times: int, url: str) -> Answer:
        if times == 0:
            return Answer(b"busy", status=503, headers={"Retry-After": "1"})
        return Answer(layouts.json_ld(story, url).encode())

    return Page("harbour", "/local/seal-pup", answer, story=story)


def _cyrillic_in_its_old_charset() -> Page:
    text = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251">
<title>На реке заработал паром</title></head><body><div class="menu"><a href="/">Главная</a></div>
<h1>На реке заработал паром</h1><div class="date">20.02.2026 10:15</div>
<p>Паром через реку снова заработал в пятницу после двухмесячного ремонта, сообщили в городской
администрации. За зиму на нём заменили двигатель и настил.</p>
<p>Первыми на другой берег переправились школьники из заречных деревень. До этого им приходилось
ехать в объезд почти сорок километров.</p>
<p>«Мы успели до ледохода, и это главное», — сказал капитан парома Игорь Савельев. По его словам,
летом число рейсов увеличат до двенадцати в день.</p>
<p>Проезд для жителей останется бесплатным, а за автомобиль придётся заплатить как раньше.</p>
</body></html>"""

    def answer(times: int, url: str) -> Answer:
        return Answer(text.encode("cp1251"), content_type="text/html")

    return Page("gazette", "/parom", answer)


def _malformed() -> Page:
    text = """<html><head><title>Storm tears roof off boat shed - The Gazette</title
<meta charset="utf-8"<meta name=author content=Nora Feldt></head><body>
<div class=nav><a href=/>Home</a>
<h1>Storm tears roof off boat shed</h2><span><b><p>A storm tore the roof off the rowing club's boat
shed on Thursday night and carried it across the river, where it came to rest on a football field.
<p>Nobody was hurt. Eleven boats were damaged, among them an eight that had been christened only the
week before, the club's chairwoman said.<p align=<i>The wind reached a speed of 130 kilometres an
hour, according to the weather service.<div><p>Insurance assessors are expected on Monday. Until
then the remaining boats lie under tarpaulins, held down by every brick the club could find.
</b></div></span></body>"""

    def answer(times: int, url: str) -> Answer:
        return Answer(text.encode(), content_type="text/html")

    return Page("gazette", "/boat-shed", answer)


def _live_blog() -> Page:
    entries = (
        ("12:40", "The last ferry has left. The harbour is now closed to all traffic."),
        ("12:05", "Water has reached the first step of the fish hall. Stallholders are carrying "
                  "their goods upstairs."),
        ("11:30", "The weather service has raised its warning to the second highest level and "
                  "expects the peak of the surge at about two in the afternoon."),
        ("11:00", "Good morning. We report here on the storm surge as long as it lasts."),
    )  # fmt: skip
    items = "".join(
        f'<div class="live-entry" itemprop="liveBlogUpdate" itemscope '
        f'itemtype="https://schema.org/BlogPosting"><time itemprop="datePublished" '
        f'datetime="2026-02-19T{at}:00+00:00">{at}</time><div itemprop="articleBody"><p>{text}</p>'
        f"</div></div>"
        for at, text in entries
    )
    text = f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Storm surge: live</title><meta property="og:site_name" content="Harbour Post">
<script type="application/ld+json">{{"@context":"https://schema.org","@type":"LiveBlogPosting",
"headline":"Storm surge in the harbour: live","datePublished":"2026-02-19T11:00:00+00:00",
"author":{{"@type":"Person","name":"Tom Reed"}}}}</script></head>
<body><main><h1>Storm surge in the harbour: live</h1><div class="live-blog">{items}</div></main>
</body></html>"""

    def answer(times: int, url: str) -> Answer:
        return Answer(text.encode())

    return Page("harbour", "/local/storm-surge-live", answer)


def _refusals() -> list[Page]:
    return [
        # A section page, made by front_pages.
        Page("harbour", "/local", _fixed(Answer()), "dropped", "not_an_article", listed=False),
        Page("harbour", "/local/lost", _fixed(Answer(status=404)), "dropped", "not_found"),
        Page("harbour", "/local/removed", _fixed(Answer(status=410)), "dropped", "gone"),
        Page("harbour", "/members/letters", _fixed(Answer(b"secret")), "dropped",
             "robots_forbidden"),
        Page("gazette", "/empty", _fixed(Answer()), "dropped", "empty"),
        Page("gazette", "/photo.html", _fixed(Answer(b"\x89PNG\r\n\x1a\n" + bytes(200))), "dropped",
             "not_text"),
    ]  # fmt: skip


def _fixed(answer: Answer) -> Answering:
    return lambda times, url: answer


def _redirect(path: str) -> Answering:
    return _fixed(Answer(status=301, headers={"Location": path}))
