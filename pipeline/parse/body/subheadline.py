"""The deck that stands above a story is not the story's first paragraph."""

from __future__ import annotations

from dataclasses import replace

from pipeline.models import Block

JOIN = len("\n\n")


def without_subheadline(
    blocks: tuple[Block, ...], body_text: str, subheadline: str | None
) -> tuple[tuple[Block, ...], str]:
    """Blocks and body text with a first story block that repeats the subheadline set apart.

    Only the first one: further down the same words are a heading or a quotation of the story.
    A story that has nothing else keeps it.
    """
    first = next((i for i, block in enumerate(blocks) if block.start is not None), None)
    if first is None or not subheadline or blocks[first].text != subheadline:
        return blocks, body_text
    cut = (blocks[first].end or 0) + JOIN
    if len(body_text) <= cut:
        return blocks, body_text
    deck = replace(blocks[first], type="subheadline", start=None, end=None)
    rest = tuple(_moved(block, cut) for block in blocks[first + 1 :])
    return (*blocks[:first], deck, *rest), body_text[cut:]


def _moved(block: Block, cut: int) -> Block:
    if block.start is None or block.end is None:
        return block
    return replace(block, start=block.start - cut, end=block.end - cut)
