"""A site on loopback with as many stories as wanted, on several addresses."""

from __future__ import annotations

import random
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler

from tests.loopback import Answer, LoopbackServer

HOSTS = 8
_NOUNS = """harbour council budget river bridge school ferry market winter station museum forest
engine teacher doctor union factory garden library village strike election storm train bakery
mayor engineer farmer signal tunnel festival archive orchard cinema quarry lantern meadow
turbine harvest pavement glacier chapel workshop reservoir depot theatre clinic"""
_VERBS = "opens closes repairs paints moves sells visits counts measures welcomes refuses"
WORDS, VERBS = _NOUNS.split(), _VERBS.split()
OATH = (
    "The people who write this paper have lived beside the harbour all their lives, and they print "
    "what they have seen there with their own eyes and heard from those who were there."
)
OATH_KINDS = ("sworn", "held")
"""Kinds of pages that end in it, all of them."""


class Site(LoopbackServer):
    """Start and stop it as a context manager. ``/story/N`` is a story of its own for each N."""

    def __init__(self, delay_seconds: float = 0.0) -> None:
        self.delay_seconds = delay_seconds
        self.asked: Counter[str] = Counter()
        """How often each path was asked for."""
        super().__init__("")

    def url(self, number: int, kind: str = "story") -> str:
        """The address of a page; the hosts take turns."""
        return f"http://127.0.0.{2 + number % HOSTS}:{self.port}/{kind}/{number}"

    def _answer(self, request: BaseHTTPRequestHandler) -> Answer:
        self.asked[request.path] += 1
        if request.path == "/robots.txt":
            return Answer(404)
        time.sleep(self.delay_seconds)
        return Answer(200, story(request.path))


def story(path: str) -> bytes:
    """A news page whose text is the path's own."""
    chance = random.Random(path)
    name = " ".join(chance.choice(WORDS) for _ in range(3)).capitalize()
    paragraphs = "".join(f"<p>{_paragraph(chance)}</p>" for _ in range(4))
    if path.split("/")[1] in OATH_KINDS:
        paragraphs += f"<p>{OATH}</p>"
    return (
        "<!doctype html><html lang=en><head>"
        f"<title>{name}</title><meta property='og:type' content='article'>"
        f"<meta property='og:title' content='{name}'>"
        "<meta property='article:published_time' content='2026-02-25T07:15:00Z'></head>"
        f"<body><article><h1>{name}</h1>{paragraphs}</article></body></html>"
    ).encode()


def _paragraph(chance: random.Random) -> str:
    return " ".join(
        f"The {chance.choice(WORDS)} near the {chance.choice(WORDS)} {chance.choice(VERBS)} "
        f"{chance.randrange(2, 900)} old {chance.choice(WORDS)} signs before the "
        f"{chance.choice(WORDS)} of the {chance.choice(WORDS)}."
        for _ in range(4)
    )
