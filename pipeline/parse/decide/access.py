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
    r"συνδρομ|abone ol|\babo\b|اشتراك|اشترك|구독|購読|会員|订阅|訂閱|langganan|premium|probemonat|"
    r"(?-i:(?<=\w )Plus\b)",
    re.I,
)
_READ_ON = re.compile(
    r"\b(?:continue|keep|go on) reading|\bread on\b|subscribers? only|"
    r"for (?:paid |paying |premium )?(?:subscribers|members)|"
    r"\bread the (?:full|rest of (?:the|this)|whole|entire) (?:article|story|text|report)|"
    r"(?:full|unlimited) (?:digital )?access|already (?:a (?:subscriber|member)|have an account)|"
    r"weiterlesen|(?:ganzen?|alle) artikel|bereits (?:abonnent|registriert)|jetzt testen|"
    r"lire la suite|suite de (?:l['’]|cet )article|réservée?s? (?:à nos|aux) abonn|déjà abonn|"
    r"segui[r]? leyendo|continuar leyendo|solo para (?:suscrip|usuarios)|ya (?:eres|es) suscrip|"
    r"continu(?:a|e) (?:a legger|lendo)|riservat[oa] agli abbonati|sei già abbonato|"
    r"para assinantes|lees verder|läs vidare|les (?:videre|hele)|læs (?:videre|hele)|czytaj dalej|"
    r"pokračovat ve čtení|читать (?:далее|полностью)|για συνδρομητές|"
    r"続きを読む|会員限定|계속 읽|继续阅读|繼續閱讀",
    re.I,
)
_CLOSED = re.compile(
    r"(?:subscribe|sign (?:in|up)|log in|register|become a member)(?: now| today)? to "
    r"(?:continue|keep|read)\b|\b(?:post|story|article|content) is (?:only )?(?:for|available to) "
    r"(?:paid |paying |premium )?(?:subscribers|members)|"
    r"(?:abonnieren|abo abschließen|registrieren|anmelden),? (?:und|um) weiter|weiterlesen mit|"
    r"il vous reste [\d.,]+ ?% de cet article|la suite est réservée|"
    r"réservée?s? (?:à nos|aux) abonn|"
    r"suscr[ií]b[a-z]+ para (?:seguir|continuar) leyendo|(?:exclusiv[oa]|solo) para suscriptores|"
    r"exclusivo para assinantes|abbonati per continuare|riservat[oa] agli abbonati|"
    r"(?:lees verder|läs vidare|les videre|læs videre) (?:met|med|som|–)|"
    r"чтобы (?:читать|прочитать) (?:далее|полностью|статью)|только для подписчиков|"
    r"μόνο για συνδρομητές|有料会員限定|会員限定(?:記事|です)|"
    r"订阅后(?:继续)?阅读|訂閱後繼續閱讀|구독하고 계속",
    re.I,
)
"""What says it alone, in a line that no markup calls an offer."""
_CLOSED_CHARS, _LINES_BELOW = 200, 4
_STUB_WORDS = 200
"""A longer story is whole, as a rule, and the offer stands below it for other stories."""
_OFFER_BLOCKS = 4


def decide_access(
    context: Context, blocks: Sequence[Block], body_text: str, below: Sequence[str] = ()
) -> Access:
    """``open``, ``metered``, ``paywalled``, or ``unknown`` where the page says nothing. ``below``
    are the lines that follow the story."""
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
    if offer := _offer_below(blocks, body_text, below):
        candidates.append(Candidate("paywalled", "dom:promo", offer, 0.5))
    winner = best(candidates)
    context.note("access", as_evidence(winner, candidates))
    return winner.value if winner else "unknown"


def _offer_below(blocks: Sequence[Block], body_text: str, below: Sequence[str]) -> str | None:
    """What stands right below a few lines of story and offers the rest of it for money."""
    end = story_end(blocks)
    if not end or len(tokens(body_text)) > _STUB_WORDS:
        return None
    offer = " ".join(b.text for b in blocks[end : end + _OFFER_BLOCKS] if b.type == "promo")
    if _OFFERS.search(offer) and _READ_ON.search(offer):
        return offer
    lines = (line for line in below[:_LINES_BELOW] if len(line) <= _CLOSED_CHARS)
    return next(filter(_CLOSED.search, lines), None)
