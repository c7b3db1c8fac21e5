"""A check of a source: is every list there, is there something in it, is an article read well?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.discover.page_links import find_article_links
from pipeline.models import ParsedArticle, SourceProfile
from pipeline.parse import parse
from pipeline.parse.selectors import MISSED
from workers.sources.asking import Asker

_TO_DO = {
    "not_found": "it has moved: take its new address into the source, or leave it out",
    "gone": "it is gone: leave it out of the source",
    "robots_forbidden": "robots.txt forbids it: leave it out, or ask the site",
    "robots_unreachable": "try again later; the site's robots.txt does not answer",
    "access_denied": "the site wants a login there: leave it out",
    "challenge": "the site wants proof of a human there: look for a feed that it leaves open",
    "contact_missing": "set COPYDESK_CONTACT",
    "address_forbidden": "allow its network in COPYDESK_FETCH_ALLOWED_NETWORKS, if it is your own",
    "port_forbidden": "name the port in the source's ports",
    "deadline_exceeded": "try again later, or give the source a longer deadline_seconds",
    "too_large": "give the source a larger max_bytes, or leave the list out",
    "dns_failed": "see whether the address is spelt right",
    "not_a_list": "see whether the address is that of a feed or sitemap",
}
_LATER = "try again later; if it stays so, leave the list out"


@dataclass(frozen=True, slots=True)
class CheckedList:
    """One list as it is now. ``problem`` is None where nothing is wrong, ``todo`` goes with it."""

    kind: str
    url: str
    entries: int = 0
    problem: str | None = None
    todo: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A source as it is now. ``problems`` are those of the sample: what, and what to do."""

    profile: SourceProfile
    lists: tuple[CheckedList, ...]
    sample_url: str | None
    sample: ParsedArticle | None
    problems: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        return not self.problems and not any(one.problem for one in self.lists)


def check_source(asker: Asker, profile: SourceProfile) -> Checked:
    """Look once at every list, and at one article that they name. Nothing is stored."""
    checked: list[CheckedList] = []
    articles: list[str] = []
    for kind, url in _lists_of(profile):
        one, named = _check_list(asker, kind, url)
        checked.append(one)
        articles += named[:2]
    sample_url, sample = _sample(asker, profile, articles)
    problems = list(_problems(profile, sample_url, sample, asker))
    return Checked(profile, tuple(checked), sample_url, sample, tuple(problems))


def _lists_of(profile: SourceProfile) -> Iterator[tuple[str, str]]:
    yield from (("feed", url) for url in profile.feeds)
    yield from (("sitemap", url) for url in profile.sitemaps)
    yield from (("page", url) for url in profile.pages)
    if profile.home and not (profile.feeds or profile.sitemaps or profile.pages):
        yield "page", profile.home


def _check_list(asker: Asker, kind: str, url: str) -> tuple[CheckedList, list[str]]:
    """The list, and the articles that it names."""
    if kind == "page":
        page = asker.page(url)
        listing = page and find_article_links(page.body, page.final_url, page.charset)
    else:
        listing = asker.listing(url)
    if not listing:
        refusal = asker.last_refusal(url)
        reason = refusal.reason if refusal else "connection_failed"
        problem = f"{reason}: {refusal.detail}" if refusal else reason
        return CheckedList(kind, url, 0, problem, _TO_DO.get(reason, _LATER)), []
    entries = len(listing.entries)
    if not entries:
        todo = "see whether it still lists articles; if not, leave it out"
        return CheckedList(kind, url, 0, "it names no article", todo), []
    is_index = listing.kind == "sitemap_index"
    return CheckedList(kind, url, entries), [] if is_index else [e.url for e in listing.entries]


def _sample(
    asker: Asker, profile: SourceProfile, articles: list[str]
) -> tuple[str | None, ParsedArticle | None]:
    url = next(iter(articles), None)
    for url in list(dict.fromkeys(articles))[:3]:
        page = asker.page(url)
        if page is not None:
            return url, parse(page, profile)
    return url, None


def _problems(
    profile: SourceProfile, url: str | None, sample: ParsedArticle | None, asker: Asker
) -> Iterator[str]:
    if url is None:
        return
    if sample is None:
        yield f"no article could be fetched: {asker.last_refusal(url)}"
        return
    if not sample.body_text:
        yield (
            f"{url}: no story was found; look at `copydesk try {url} --explain`, "
            "and name its container with a selector for body_text"
        )
    if not sample.headline:
        yield f"{url}: no headline was found; name it with a selector"
    for limit in sample.limits:
        if limit.startswith(MISSED):
            field = limit.removeprefix(MISSED)
            yield (
                f"{url}: the selector for {field} finds nothing: give the old rule an `until`, "
                "and add one for the pages as they are now"
            )
    if sample.published_zone == "unknown" and not profile.timezone:
        yield f"{url}: its times have no zone; set the source's timezone"
