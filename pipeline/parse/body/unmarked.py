"""Bodies of pages without markup: their lines go by role, not by the elements around them.

Glue between the walk's runs and :mod:`pipeline.parse.flat`; it decides only whether a page is
unmarked, and what a role is called as a block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate, islice
from statistics import median

from pipeline.models import BlockType
from pipeline.parse.body.blocks import Draft
from pipeline.parse.body.captions import split_credit
from pipeline.parse.body.layout import Layout, Run
from pipeline.parse.body.result import RoleTexts
from pipeline.parse.flat import Labelled, Line, Piece, Role, label_lines, read_line

_TELLING_TAGS = frozenset(
    [
        "article",
        "main",
        "aside",
        "section",
        "header",
        "figure",
        "figcaption",
        "table",
        "ul",
        "ol",
        "dl",
        "blockquote",
        "details",
    ]
)
_MAX_LINK_SHARE = 0.1
_NEARLY_ALL = 0.9
_WRAPPED_CHARS = range(40, 101)
_MIN_WRAPPED_LINES = 6
_BLOCK_OF_ROLE: dict[Role, BlockType] = {
    "paragraph": "paragraph",
    "heading": "heading",
    "caption": "caption",
    "promo": "promo",
    "teaser": "teaser",
    "bio": "bio",
    "byline": "byline",
}
_STORY_ROLES = frozenset(("paragraph", "heading"))


def is_unmarked(layout: Layout) -> bool:
    """Whether no markup tells one part of the page's text from another, and hardly a link.

    An element around (nearly) all of the text tells nothing, whatever it is called; nor does one
    without text.
    """
    lengths = [len(run.text) for run in layout.runs]
    if sum([run.link_chars for run in layout.runs]) > _MAX_LINK_SHARE * sum(lengths):
        return False
    chars = [0, *accumulate(lengths)]
    for element, (first, end) in enumerate(zip(layout.first_runs, layout.end_runs, strict=True)):
        held = chars[end] - chars[first]
        if 0 < held < _NEARLY_ALL * chars[-1] and (
            layout.names[element] or layout.tags[element] in _TELLING_TAGS
        ):
            return False
    return True


def label_runs(
    runs: list[Run], headline: str | None, most_lines: int, cut: list[str]
) -> tuple[list[Draft], RoleTexts]:
    """The page's pieces in order, headline left out, and the texts of the roles in its head;
    ``cut`` is told when there are more lines than the most."""
    lines = list(islice((line for run in _unwrapped(runs) for line in _lines(run)), most_lines + 1))
    if len(lines) > most_lines:
        cut.append("max_blocks")
    labelled = label_lines(lines, headline)
    drafts = [
        draft
        for piece in labelled.pieces
        if piece.role in _BLOCK_OF_ROLE
        for draft in _drafts(piece, _text(lines, piece))
    ]
    return drafts, _role_texts(lines, labelled)


def _drafts(piece: Piece, text: str) -> list[Draft]:
    """One block, or two where a caption ends with its credit."""
    if piece.role == "caption":
        caption, credit = split_credit(text)
        drafts = [Draft("caption", caption, False)]
        return [*drafts, Draft("credit", credit, False)] if credit else drafts
    return [Draft(_BLOCK_OF_ROLE[piece.role], text, piece.role in _STORY_ROLES)]


def _lines(run: Run) -> Iterator[Line]:
    level = int(run.tag[1]) if run.tag in ("h1", "h2", "h3", "h4", "h5", "h6") else 0
    lines = (read_line(text, level) for text in run.text.split("\n"))
    if level or 2 * run.link_chars <= len(run.text):
        return lines
    # What is mostly link leads elsewhere, if it does not name the author.
    return (replace(line, related=not (line.names_author or line.date)) for line in lines)


def _text(lines: list[Line], piece: Piece) -> str:
    return "\n".join(line.text for line in lines[piece.first : piece.last + 1])


def _role_texts(lines: list[Line], labelled: Labelled) -> RoleTexts:
    head = labelled.head
    return RoleTexts(
        headline=lines[head.headline].text if head.headline >= 0 else None,
        subheadline=lines[head.subheadline].text if head.subheadline >= 0 else None,
        byline=head.byline,
        date=head.date,
        reading_time=head.reading_time,
    )


def _unwrapped(runs: list[Run]) -> list[Run]:
    """Runs whose lines were broken at a fixed width, each as one line; others as they are.

    A text is wrapped when the inner lines of its runs all have about the same length, and none
    is longer than a terminal or an e-mail is wide.
    """
    inner = [len(line) for run in runs for line in run.text.split("\n")[:-1]]
    longest = max((len(line) for run in runs for line in run.text.split("\n")), default=0)
    if len(inner) < _MIN_WRAPPED_LINES or longest not in _WRAPPED_CHARS:
        return runs
    if median(inner) < 0.8 * longest:
        return runs
    for run in runs:
        run.text = " ".join(run.text.split("\n"))
    return runs
