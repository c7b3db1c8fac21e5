"""How an article's revisions look on a terminal: the list, and what one of them changed."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from workers.cli.output import data_console, moment, write_line

MOST_PAIRED_CHARACTERS = 5_000
"""Up to so long, a rewritten paragraph is shown word by word: aligning takes the square of it."""


def print_revisions(rows: Sequence[dict[str, Any]]) -> None:
    """One line a revision: when, why, what, and the page's own words."""
    from rich.table import Table
    from rich.text import Text

    table = Table("revision", "why", "stored (UTC)", "read by", "what changed", "note", box=None)
    for row in rows:
        table.add_row(
            str(row["revision"]),
            row["kind"],
            moment(row["created_at"]),
            Text(row["extractor"]),
            Text(_what(row["changes"])),
            Text(_short(row["note"] or "", 60)),
        )
    data_console().print(table)


def _what(changes: dict[str, Any] | None) -> str:
    """``+1 -0 ~2 paragraphs; headline, authors``"""
    if changes is None:
        return ""
    counts = [changes[f"paragraphs_{word}"] for word in ("added", "removed", "changed")]
    parts = ["+{} -{} ~{} paragraphs".format(*counts)] if any(counts) else []
    parts += [", ".join(changes["fields"])] if changes["fields"] else []
    return "; ".join(parts)


def print_diff(found: dict[str, Any]) -> None:
    """Fields old and new, then the paragraphs, changed words marked [-so-] {+and so+}."""
    stored = moment(found["created_at"])
    write_line(f"revision {found['revision']}, {found['kind']}, stored {stored} UTC")
    if found["note"]:
        write_line(f"the page says: {found['note']}")
    for name, (old, new) in found["fields"].items():
        write_line(f"{name}:")
        for sign, value, other in (("-", old, new), ("+", new, old)):
            for line in _lines(value, other):
                write_line(f"  {sign} {line}")
    for one in found["paragraphs"]:
        write_line(f"paragraph {one['at']} {one['change']}:")
        if one["change"] == "changed":
            write_line(f"  {_words(one['old'], one['new'])}")
        else:
            sign = "+" if one["change"] == "added" else "-"
            write_line(f"  {sign} {one['new'] or one['old']}")


def _lines(value: Any, other: Any) -> list[str]:
    """A value's lines; of a list only the entries that the other side lacks, if there are any."""
    if not isinstance(value, (list, tuple)):
        return [] if value is None else [str(value)]
    only = [one for one in value if not isinstance(other, (list, tuple)) or one not in other]
    both = isinstance(other, (list, tuple)) and sorted(map(str, value)) == sorted(map(str, other))
    return [str(one) for one in (value if both else only)]


def _words(old: str, new: str) -> str:
    if max(len(old), len(new)) > MOST_PAIRED_CHARACTERS:
        return f"[-{old}-] {{+{new}+}}"
    before, after = old.split(), new.split()
    parts = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            parts.append(" ".join(before[a:b]))
        else:
            parts += [f"[-{' '.join(before[a:b])}-]"] if a < b else []
            parts += [f"{{+{' '.join(after[c:d])}+}}"] if c < d else []
    return " ".join(parts)


def _short(text: str, width: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
