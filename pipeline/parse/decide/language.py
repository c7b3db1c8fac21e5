"""The language that the page says it is in."""

from __future__ import annotations

import re

from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.parse.evidence import json_ld
from pipeline.parse.words import clean

_TAG = re.compile(r"([a-z]{2,3})(?:[-_][A-Za-z]{4})?(?:[-_]([A-Za-z]{2}))?(?:$|[-_,;\s.])", re.I)
_SAME = {"iw": "he", "in": "id", "ji": "yi", "nb": "no", "nn": "no", "cz": "cs", "jp": "ja"}
_META = (
    "og:locale",
    "content-language",
    "dc.language",
    "dcterms.language",
    "inlanguage",
    "language",
)


def decide_language(context: Context) -> str | None:
    """ISO 639 code in lower case, or None; also fills the region ("GB" of "en-GB")."""
    candidates = [c for c in _candidates(context) if _TAG.match(c.raw)]
    winner = best(candidates)
    context.note("language", as_evidence(winner, candidates))
    if winner is None:
        return None
    regions = [m[2].upper() for c in candidates if (m := _TAG.match(c.raw)) and m[2]]
    context.region = next(iter(regions), None)
    context.language = winner.value
    return winner.value


def _candidates(context: Context) -> list[Candidate[str]]:
    document = context.document
    raws = [("dom:html@lang", document.root.get("lang") or document.root.get("xml:lang"), 0.8)]
    raws += [
        (f"meta:{name}", value, 0.6) for name in _META for value in document.meta.get(name, ())
    ]
    raws += [
        ("json-ld:inLanguage", text, 0.7)
        for node in context.nodes[:2]
        for text in json_ld.strings(node.get("inLanguage"))
    ]
    if document.source and document.source.language:
        raws.append(("source:language", document.source.language, 0.5))
    return [
        Candidate(_code(clean(raw)), origin, clean(raw), confidence)
        for origin, raw, confidence in raws
        if raw and _code(clean(raw))
    ]


def _code(tag: str) -> str:
    match = _TAG.match(tag)
    code = match[1].lower() if match else ""
    return _SAME.get(code, code)
