"""The page's own address, believed only within its own site."""

from __future__ import annotations

from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.urls import absolute, trusted_canonical

_UNTRUSTED = 0.05


def decide_canonical(context: Context) -> str | None:
    """The address the page calls its own, or None; addresses off the site lose and are kept."""
    document = context.document
    raws = [
        ("dom:link@canonical", link.get("href"), 0.9)
        for link in document.relations.get("canonical", ())
        if link.tag == "link"
    ]
    raws += [("meta:og:url", url, 0.7) for url in document.meta.get("og:url", ())]
    candidates = []
    for origin, raw, confidence in raws:
        url = absolute(document.base_url, raw) if raw else None
        if url:
            trusted = trusted_canonical(document.final_url, url)
            candidates.append(Candidate(url, origin, raw, confidence if trusted else _UNTRUSTED))
    winner = best(c for c in candidates if c.confidence > _UNTRUSTED)
    context.note("canonical_url", as_evidence(winner, candidates))
    return winner.value if winner else None


def find_amp(context: Context) -> str | None:
    """The address of the page's AMP form on its own site; it is another name of this page."""
    document = context.document
    for link in document.relations.get("amphtml", ()):
        if link.tag == "link":
            url = absolute(document.base_url, link.get("href") or "")
            if url and trusted_canonical(document.final_url, url):
                return url
    return None
