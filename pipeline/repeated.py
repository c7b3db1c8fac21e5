"""What the articles of one host repeat: blocks that stand in many of them are furniture.

A newsletter's offer, a writer's portrait, a legal note: page by page they may read like the story.
That they come again in other stories is what no single page shows. Values only: the parse stage
looks blocks up, the store keeps one small row a host. It is a hint and never truth: what is
forgotten or not learned leaves a block where it is.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType

from pipeline.models import STORY_BLOCKS, Block, Evidence, ForeignBlock, ParsedArticle

LEAST_ARTICLES = 3
"""Other articles in which a block must have stood: a story and its copy are two."""
LEAST_SHARE = 0.25
"""The same as a share of the articles learned from. The background that a newsroom copies into
each story of one affair is story; it stands in fewer."""
LEAST_LETTERS = 40
"""Shorter blocks are never judged: list items, quotations, "Read more" repeat in honest text."""
MOST_OF_STORY = 0.5
"""What repeats more of a story than this is another printing of it. It is neither learned from
nor cut."""
SET_APART_AS: ForeignBlock = "promo"
"""The type of a block that was taken out of the story."""
ORIGIN = "repeated:"
"""Of its evidence; the number of articles follows."""
RAW_CHARS = 500

EAGER_ARTICLES = 32
"""So many articles of a host are all learned from, then one address in :data:`SAMPLED`."""
SAMPLED = 8
WINDOW = 64
"""With so many articles every count is halved, so that what is no longer printed is forgotten."""
MOST_BLOCKS = 400
"""Blocks remembered of a host: with all else about 5 kB."""
MOST_OF_ARTICLE = 50
"""Blocks learned of one article at its head and as many at its end."""

_NO_LETTERS = re.compile(r"[\W_]+")
_HEAD = struct.Struct("<BHHH")
_FORMAT = 1
_KEY = struct.Struct("<Q")
Key = int


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one article teaches. ``names`` are what it is known by: address, headline."""

    names: tuple[Key, ...]
    blocks: Mapping[Key, int]
    """Letters of each block that is long enough, in page order."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The memory of one host: blocks seen in its articles, each with the number of articles."""

    articles: int = 0
    names: tuple[Key, ...] = ()
    """Of the articles learned lately: none is counted twice."""
    counts: Mapping[Key, int] = field(default_factory=lambda: MappingProxyType({}))

    def furniture(self) -> dict[Key, int]:
        """The blocks seen in enough articles, each with their number; of most hosts none."""
        least = max(LEAST_ARTICLES, LEAST_SHARE * self.articles)
        return {key: seen for key, seen in self.counts.items() if seen >= least}

    def wants(self, address: int) -> bool:
        """Whether an article at the address with that number is to be learned from. It looks at
        the number alone, so that most articles of a busy host cost no write."""
        return self.articles < EAGER_ARTICLES or address % SAMPLED == 0

    def learned(self, lesson: Lesson) -> Repeated:
        """The memory with one more article; the same when it is none that counts."""
        if not lesson.blocks or not set(self.names).isdisjoint(lesson.names):
            return self
        letters = sum(lesson.blocks.values())
        known = sum(size for key, size in lesson.blocks.items() if key in self.counts)
        if known > MOST_OF_STORY * letters:
            return self
        counts = {key: self.counts.get(key, 0) + 1 for key in lesson.blocks}
        counts = {key: seen for key, seen in self.counts.items() if key not in counts} | counts
        articles = self.articles + 1
        if articles >= WINDOW:
            articles //= 2
            counts = {key: seen // 2 for key, seen in counts.items() if seen > 1}
        names = (*self.names, *lesson.names)[-2 * WINDOW :]
        return Repeated(articles, names, _most_seen(counts))

    def to_bytes(self) -> bytes:
        head = _HEAD.pack(_FORMAT, self.articles, len(self.names), len(self.counts))
        keys = struct.pack(f"<{len(self.names) + len(self.counts)}Q", *self.names, *self.counts)
        return head + keys + bytes(self.counts.values())


def times_seen(block: Block, furniture: Mapping[Key, int]) -> int:
    """In how many other articles a block of the story stands if that makes it furniture, else 0."""
    if block.at is not None or not _is_judged(block):
        return 0
    letters = _letters(block.text)
    return furniture.get(_key(letters), 0) if len(letters) >= LEAST_LETTERS else 0


def from_bytes(kept: bytes) -> Repeated:
    """The memory that :meth:`Repeated.to_bytes` wrote; an empty one for anything else."""
    try:
        version, articles, names, blocks = _HEAD.unpack_from(kept)
        if version != _FORMAT:
            return Repeated()
        keys = struct.unpack_from(f"<{names + blocks}Q", kept, _HEAD.size)
        counts = kept[_HEAD.size + _KEY.size * len(keys) :]
        return Repeated(articles, keys[:names], dict(zip(keys[names:], counts, strict=True)))
    except (struct.error, ValueError):
        return Repeated()


def lesson(address: int, article: ParsedArticle) -> Lesson:
    """What an article at the address with that number teaches. Blocks that were set apart before
    go on being counted."""
    names = [_key(f"address {address}")]
    if title := _letters(article.headline or ""):
        names.append(_key(f"headline {title}"))
    judged = [block for block in article.blocks if _is_judged(block)]
    if len(judged) > 2 * MOST_OF_ARTICLE:
        judged = [*judged[:MOST_OF_ARTICLE], *judged[-MOST_OF_ARTICLE:]]
    letters = [text for block in judged if len(text := _letters(block.text)) >= LEAST_LETTERS]
    return Lesson(tuple(names), {_key(text): len(text) for text in letters})


def evidence_of(found: Sequence[tuple[int, str]], articles: int) -> Evidence:
    """Evidence of blocks that were set apart: in how many articles each was seen, and its text."""
    first, *others = [
        Evidence(f"{ORIGIN}{seen}", text[:RAW_CHARS], seen / articles) for seen, text in found
    ]
    return Evidence(first.origin, first.raw, first.confidence, tuple(others))


def set_apart(article: ParsedArticle) -> frozenset[str]:
    """What the evidence says was set apart: each text's first :data:`RAW_CHARS` characters."""
    evidence = article.evidence.get("body_text")
    if evidence is None or not evidence.origin.startswith(ORIGIN):
        return frozenset()
    return frozenset(one.raw for one in (evidence, *evidence.others))


def _is_judged(block: Block) -> bool:
    return block.type == SET_APART_AS or (block.type in STORY_BLOCKS and block.type != "heading")


def _most_seen(counts: dict[Key, int]) -> dict[Key, int]:
    """At most :data:`MOST_BLOCKS`; the least seen go first, and of those the oldest."""
    surplus = len(counts) - MOST_BLOCKS
    if surplus <= 0:
        return counts
    gone = set(sorted(counts, key=counts.__getitem__)[:surplus])  # stable: oldest first
    return {key: seen for key, seen in counts.items() if key not in gone}


def _letters(text: str) -> str:
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _NO_LETTERS.sub("", folded.casefold())


def _key(text: str) -> Key:
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=_KEY.size).digest()
    return int(_KEY.unpack(digest)[0])
