"""Whether the whole article can be read without paying."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.models import Access, Block
from pipeline.parse.body.blocks import story_end
from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.parse.evidence import json_ld
from pipeline.parse.words import tokens

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


_OFFERS = re.compile(
    r"subscri|abonn|suscr[ií]|assin(?:e|ar|ante)|abbona|prenumer|tilaa|předplat|előfizet|подпис|підпис|"
    r"συνδρομ|abone ol|اشتراك|اشترك|구독|購読|会員|订阅|訂閱|langganan|premium|probemonat|"
    r"(?-i:(?<=\w )Plus\b)",
    re.I,
)
_READ_ON = re.compile(
    r"\b(?:continue|keep|go on) reading|\bread on\b|for subscribers|subscribers? only|"
    r"\bread the (?:full|rest of (?:the|this)|whole|entire) (?:article|story|text|report)|"
    r"(?:full|unlimited) (?:digital )?access|already (?:a (?:subscriber|member)|have an account)|"
    r"weiterlesen|(?:ganzen?|alle) artikel|bereits (?:abonnent|registriert)|jetzt testen|"
    r"lire la suite|suite de (?:l['’]|cet )article|réservé aux abonn|déjà abonn|"
    r"segui[r]? leyendo|continuar leyendo|solo para (?:suscrip|usuarios)|ya (?:eres|es) suscrip|"
    r"continu(?:a|e) (?:a legger|lendo)|riservat[oa] agli abbonati|sei già abbonato|"
    r"para assinantes|lees verder|läs vidare|les (?:videre|hele)|læs (?:videre|hele)|czytaj dalej|"
    r"pokračovat ve čtení|читать (?:далее|полностью)|για συνδρομητές|"
    r"続きを読む|会員限定|계속 읽|继续阅读|繼續閱讀",
    re.I,
)
_STUB_WORDS = 200
"""A longer story is whole, as a rule, and the offer stands below it for other stories."""
_OFFER_BLOCKS = 4


def decide_access(context: Context, blocks: Sequence[Block], body_text: str) -> Access:
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
    if offer := _offer_below(blocks, body_text):
        candidates.append(Candidate("paywalled", "dom:promo", offer, 0.5))
    winner = best(candidates)
    context.note("access", as_evidence(winner, candidates))
    return winner.value if winner else "unknown"


def _offer_below(blocks: Sequence[Block], body_text: str) -> str | None:
    """What stands right below a few lines of story and offers the rest of it for money."""
    end = story_end(blocks)
    below = blocks[end : end + _OFFER_BLOCKS]
    offer = " ".join(block.text for block in below if block.type == "promo")
    if not end or not (_OFFERS.search(offer) and _READ_ON.search(offer)):
        return None
    return offer if len(tokens(body_text)) <= _STUB_WORDS else None
