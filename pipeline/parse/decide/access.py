"""Whether the whole article can be read without paying."""

from __future__ import annotations

from pipeline.models import Access
from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.parse.evidence import json_ld

_TIERS: dict[str, Access] = {
    "free": "open",
    "open": "open",
    "metered": "metered",
    "locked": "paywalled",
    "premium": "paywalled",
    "paid": "paywalled",
    "subscription": "paywalled",
    "subscriber": "paywalled",
    "subscribers": "paywalled",
}
_META = ("article:content_tier", "content_tier", "og:content_tier", "cxenseparse:content_tier")


def decide_access(context: Context) -> Access:
    """``open``, ``metered``, ``paywalled``, or ``unknown`` where the page says nothing."""
    candidates: list[Candidate[Access]] = []
    for name in _META:
        candidates.extend(
            Candidate(tier, f"meta:{name}", raw, 0.9)
            for raw in context.document.meta.get(name, ())
            if (tier := _TIERS.get(raw.strip().lower()))
        )
    for rank, node in enumerate(context.nodes[:3]):
        free = json_ld.is_free(node)
        if free is not None:
            raw = str(node.get("isAccessibleForFree"))
            value: Access = "open" if free else "paywalled"
            candidates.append(
                Candidate(value, "json-ld:isAccessibleForFree", raw, 0.85 - 0.1 * rank)
            )
    winner = best(candidates)
    context.note("access", as_evidence(winner, candidates))
    return winner.value if winner else "unknown"
