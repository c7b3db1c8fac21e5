"""Take out of the story what the host's other articles repeat, and say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.models import Block, Evidence
from pipeline.parse.body import Body
from pipeline.parse.body.blocks import Draft, assemble
from pipeline.repeated import MOST_OF_STORY, SET_APART_AS, Repeated, evidence_of, times_seen


def without_repeated(body: Body, host: Repeated | None) -> tuple[Body, Evidence | None]:
    """The body without those blocks, which stay as foreign pieces, and the evidence:
    ``repeated:N`` for a block that stood in N other articles.

    A story that a person named the container of is left alone, as is one that would lose half.
    """
    furniture = host.furniture() if host and not body.contained else {}
    if host is None or not furniture:
        return body, None
    times = [0 if b.start is None else times_seen(b, furniture) for b in body.blocks]
    lost = sum(len(block.text) for block, n in zip(body.blocks, times, strict=True) if n)
    if not 0 < lost <= MOST_OF_STORY * len(body.body_text):
        return body, None
    gone = _with_last_headings(body.blocks, [n > 0 for n in times])
    blocks, body_text = assemble(
        [_draft(block, out) for block, out in zip(body.blocks, gone, strict=True)]
    )
    removed = "\n".join(b.text for b, out in zip(body.blocks, gone, strict=True) if out)
    links = tuple(link for link in body.links if link.text not in removed or link.text in body_text)
    found = sorted(
        ((n, block.text) for block, n in zip(body.blocks, times, strict=True) if n), reverse=True
    )
    return replace(body, blocks=blocks, body_text=body_text, links=links), evidence_of(
        found, host.articles
    )


def _draft(block: Block, out: bool) -> Draft:
    if out:
        return Draft(SET_APART_AS, block.text, False)
    return Draft(block.type, block.text, block.start is not None, at=block.at)


def _with_last_headings(blocks: Sequence[Block], gone: list[bool]) -> list[bool]:
    """Headings below which nothing of the story is left go too: it does not end in one."""
    taken = list(gone)
    for index in reversed(range(len(blocks))):
        if blocks[index].start is None or gone[index]:
            continue
        if blocks[index].type != "heading":
            break
        taken[index] = True
    return taken
