"""The run that is being collected: its text, and how much of it is linked, bold or italic.

It is told when inline elements begin and end; where a run begins and ends is the walk's business.
"""

from __future__ import annotations

from pipeline.parse.body.layout import Run

CELL = "\x01"  # neither can occur in the text of a tree
_BREAK = "\x00"
_SOFT_HYPHEN = "\u00ad"
_BOLD = frozenset(("b", "strong"))
_ITALIC = frozenset(("i", "em", "cite"))


class RunText:
    """Text since the last block boundary. Open links, bold and italics go on in the next run."""

    __slots__ = (
        "_bold_chars",
        "_bold_from",
        "_break_at",
        "_hrefs",
        "_italic_chars",
        "_italic_from",
        "_link_chars",
        "_link_from",
        "_links",
        "parts",
        "time",
        "traits",
    )

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.traits = 0
        self.time: str | None = None
        self._hrefs: list[str] = []
        self._link_from = 0
        self._link_chars = 0
        self._links: list[tuple[str, str]] = []
        self._bold_from: int | None = None
        self._bold_chars = 0
        self._italic_from: int | None = None
        self._italic_chars = 0
        self._break_at: int | None = None

    def begin_link(self, href: str | None) -> None:
        """An ``a`` begins."""
        if not self._hrefs:
            self._link_from = len(self.parts)
        self._hrefs.append(href or "")

    def begin_emphasis(self, tag: str) -> bool:
        """An inline element begins; whether it is one of those whose end is to be told."""
        if tag in _BOLD:
            if self._bold_from is None:
                self._bold_from = len(self.parts)
        elif tag in _ITALIC:
            if self._italic_from is None:
                self._italic_from = len(self.parts)
        else:
            return False
        return True

    def leave(self, tag: str) -> None:
        """A link, or an emphasis, ends."""
        if tag == "a":
            hrefs = self._hrefs
            if hrefs:
                text = " ".join("".join(self.parts[self._link_from :]).split())
                if text:
                    self._link_chars += len(text)
                    self._links.append((hrefs[-1], text))
                hrefs.pop()
                self._link_from = len(self.parts)
        elif tag in _BOLD:
            if self._bold_from is not None:
                self._bold_chars += self._chars_from(self._bold_from)
                self._bold_from = None
        elif tag in _ITALIC and self._italic_from is not None:
            self._italic_chars += self._chars_from(self._italic_from)
            self._italic_from = None

    def breaks_twice(self) -> bool:
        """A line ends here; True when the one before was empty, and the run ends too."""
        at = self._break_at
        if at is not None and not "".join(self.parts[at:]).strip():
            return True
        self.parts.append(_BREAK)
        self._break_at = len(self.parts)
        return False

    def take(self, tag: str, container: int, at_break: bool) -> Run | None:
        """The run, None when it has no text; collecting begins anew."""
        text = _clean("".join(self.parts))
        run = None
        if text:
            if self._hrefs or self._bold_from is not None or self._italic_from is not None:
                self._count_open()
            length = len(text)
            linked, bold, italic = self._link_chars, self._bold_chars, self._italic_chars
            run = Run(
                text,
                tag,
                container,
                linked if linked < length else length,
                self._links,
                bold if bold < length else length,
                italic if italic < length else length,
                self.traits,
                self.time,
                at_break,
            )
        self.parts.clear()
        self.traits = 0
        self.time = self._break_at = None
        self._link_from = self._link_chars = self._bold_chars = self._italic_chars = 0
        self._links = []
        if self._bold_from is not None:
            self._bold_from = 0
        if self._italic_from is not None:
            self._italic_from = 0
        return run

    def _count_open(self) -> None:
        """What goes on in the next run counts in this one too."""
        if self._hrefs:
            open_text = " ".join("".join(self.parts[self._link_from :]).split())
            self._link_chars += len(open_text)
            self._links.append((self._hrefs[-1], open_text))
        if self._bold_from is not None:
            self._bold_chars += self._chars_from(self._bold_from)
        if self._italic_from is not None:
            self._italic_chars += self._chars_from(self._italic_from)

    def _chars_from(self, part: int) -> int:
        return sum(map(len, self.parts[part:]))


def _clean(text: str) -> str:
    """White space squeezed; breaks become line ends and table cells are set apart by `` | ``."""
    if _SOFT_HYPHEN in text:
        text = text.replace(_SOFT_HYPHEN, "")
    if _BREAK not in text and CELL not in text:
        return " ".join(text.split())
    cells = (" ".join(cell.split(" ")) for cell in text.split(CELL))
    lines = " | ".join(cell for cell in cells if cell.strip()).split(_BREAK)
    return "\n".join(line for line in (" ".join(part.split()) for part in lines) if line)
