"""What a new revision changed, in a few numbers and the two headlines."""

from __future__ import annotations

import difflib
import json

from pipeline.models import EnrichedArticle


def differences(old_headline: str | None, old_body: str, article: EnrichedArticle) -> str:
    """JSON: ``headline`` [old, new] when it changed, ``paragraphs_added``,
    ``paragraphs_removed``, ``characters_before`` and ``characters_after``."""
    before, after = old_body.split("\n\n"), article.body_text.split("\n\n")
    added = removed = 0
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        if kind != "equal":
            removed, added = removed + b - a, added + d - c
    found: dict[str, object] = {
        "paragraphs_added": added,
        "paragraphs_removed": removed,
        "characters_before": len(old_body),
        "characters_after": len(article.body_text),
    }
    if old_headline != article.headline:
        found["headline"] = [old_headline, article.headline]
    return json.dumps(found, ensure_ascii=False)
