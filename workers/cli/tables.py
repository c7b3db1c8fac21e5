"""Tables that several commands print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workers.cli.output import data_console, moment, plain

if TYPE_CHECKING:
    from rich.table import Table

    from pipeline.store.ledger.accounting import Account

OUTCOMES = ("stored", "revised", "unchanged", "duplicate", "dropped", "dead", "pending")


def account_line(counted: Account) -> str:
    """The account as one equation."""
    parts = " + ".join(f"{getattr(counted, name)} {name}" for name in OUTCOMES)
    return f"{counted.accepted} accepted = {parts}" + ("" if counted.balances else "  WRONG")


def print_account(counted: Account) -> None:
    """Outcomes and their reasons, with counts."""
    from rich.table import Table

    table = Table("outcome", "reason", "count", box=None)
    for outcome in OUTCOMES:
        total = getattr(counted, outcome)
        named = [(r, n) for o, r, n in counted.reasons if o == outcome]
        if total:
            table.add_row(outcome, "", str(total))
        for reason, number in named:
            table.add_row("", reason, str(number))
    data_console().print(table)


def print_articles(rows: Sequence[dict[str, Any]]) -> None:
    """Title, authors, published, publisher, words: one article a line."""
    from rich.table import Table
    from rich.text import Text

    table = Table("title", "authors", "published (UTC)", "publisher", "words", box=None)
    for row in rows:
        table.add_row(
            Text(_cut(row["headline"] or "-", 60)),
            Text(_cut(", ".join(row["authors"]) or "-", 34)),
            moment(row["published_at"]),
            Text(_cut(row["publisher"], 24)),
            str(row["word_count"]),
        )
    data_console().print(table)


def consumers_table(found: Sequence[dict[str, Any]]) -> Table:
    """Readers of the change feed and their lag."""
    from rich.table import Table
    from rich.text import Text

    table = Table("consumer", "handled", "behind", "for", "last moved (UTC)", box=None)
    for one in found:
        waits = f"{one['behind_seconds']:.0f} s"
        moved = moment(one["moved_at"])
        table.add_row(Text(plain(one["name"])), str(one["seq"]), str(one["behind"]), waits, moved)
    return table


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
