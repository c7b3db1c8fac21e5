"""From runs and choices to typed blocks in page order, with offsets into the body text.

It knows what kinds of blocks there are, and nothing of how the story was told from the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.models import Block, BlockType, ForeignBlock, StoryBlock
from pipeline.parse.body.captions import split_credit
from pipeline.parse.body.elements import HEADINGS
from pipeline.parse.body.features import PageFacts
from pipeline.parse.body.kinds import foreign_kind
from pipeline.parse.body.layout import Layout, Run
from pipeline.parse.byline_words import AGENCY

SEPARATOR = "\n\n"
_KIND_OF_TAG: dict[str, StoryBlock] = {
    "li": "list",
    "dd": "list",
    "dt": "list",
    "tr": "table",
    "blockquote": "quote",
}
_TAGS_LOOKED_UP = 3
_MAX_FOREIGN = 100
_SIGNATURE_CHARS = 30
_FOREIGN_RUNS_BEFORE = 6
_FOREIGN_RUNS_AFTER = 120


@dataclass(slots=True)
class Draft:
    """A block before its offsets are known; ``group`` is equal for parts of one list or table."""

    type: BlockType
    text: str
    story: bool
    group: int = -1
    at: datetime | None = None


def story_kind(layout: Layout, run: Run) -> tuple[StoryBlock, int]:
    """What a run of the story is, and the element that groups it with its neighbours (or -1)."""
    if run.tag in HEADINGS:
        return "heading", -1
    element = run.container
    for _ in range(_TAGS_LOOKED_UP):
        kind = _KIND_OF_TAG.get(layout.tags[element])
        if kind:
            return kind, -1 if kind == "quote" else layout.parents[element]
        element = layout.parents[element]
        if element < 0:
            break
    return "paragraph", -1


def drafts(facts: PageFacts, story: list[bool], times: dict[int, datetime]) -> list[Draft]:
    """The story's runs and the foreign pieces around them, in page order."""
    chosen = [index for index, taken in enumerate(story) if taken]
    if not chosen:
        return []
    first = max(0, min(chosen[0], _headline(facts, chosen[0])) - _FOREIGN_RUNS_BEFORE)
    last = min(len(story), chosen[-1] + _FOREIGN_RUNS_AFTER)
    found: list[Draft] = []
    foreign = 0
    for index in range(first, last):
        run = facts.layout.runs[index]
        if story[index]:
            kind, group = story_kind(facts.layout, run)
            found.append(Draft(kind, run.text, True, group, times.get(index)))
        elif index == chosen[-1] + 1 and len(run.text) <= _SIGNATURE_CHARS and _signs(run.text):
            found.append(Draft("byline", run.text, False))
        elif foreign < _MAX_FOREIGN and (kind_of := foreign_kind(facts, index)):
            found.extend(_foreign(kind_of, run.text))
            foreign += 1
    return found


def _signs(text: str) -> bool:
    """Whether a line right below the story holds an agency's sign."""
    return AGENCY.search(text) is not None


def _foreign(kind: ForeignBlock, text: str) -> list[Draft]:
    """One block, or two where a caption ends with its credit."""
    if kind in ("caption", "credit"):
        caption, credit = split_credit(text)
        if credit and caption != text:
            return [Draft("caption", caption, False), Draft("credit", credit, False)]
    return [Draft(kind, text, False)]


def _headline(facts: PageFacts, default: int) -> int:
    return facts.places.headline_run if facts.places.headline_run >= 0 else default


def assemble(pieces: list[Draft]) -> tuple[tuple[Block, ...], str]:
    """Blocks with offsets, and the body text: the story's blocks joined by a blank line."""
    blocks: list[Block] = []
    texts: list[str] = []
    offset = 0
    for piece in _joined(pieces):
        if not piece.story:
            blocks.append(Block(piece.type, piece.text))
            continue
        if texts:
            offset += len(SEPARATOR)
        end = offset + len(piece.text)
        blocks.append(Block(piece.type, piece.text, offset, end, piece.at))
        texts.append(piece.text)
        offset = end
    return tuple(blocks), SEPARATOR.join(texts)


def story_end(blocks: Sequence[Block]) -> int:
    """The place behind the story's last block, 0 when there is none."""
    return max(
        (place for place, block in enumerate(blocks, 1) if block.start is not None), default=0
    )


def _joined(pieces: list[Draft]) -> list[Draft]:
    """Items of one list, and rows of one table, as one block of several lines."""
    joined: list[Draft] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and piece.story and 0 <= piece.group == last.group and piece.type == last.type:
            joined[-1] = replace(last, text=f"{last.text}\n{piece.text}")
        else:
            joined.append(piece)
    return joined
