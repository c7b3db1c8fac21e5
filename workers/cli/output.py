"""Where output goes: data on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

UNSTEERED = {code: " " for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
"""Characters that steer a terminal: much of what is told here was written by others."""


class ReaderGone(Exception):
    """Whoever reads standard output has seen enough (``| head``). No ``OSError``: of those the
    library that reads our arguments makes an exit code of its own."""


def data_console() -> Console:
    """For results. Rich looks at NO_COLOR, and at whether this is a terminal."""
    from rich.console import Console

    class Data(Console):
        def on_broken_pipe(self) -> None:
            raise ReaderGone

    # A pipe has no width; 80 columns would cut tables that nobody looks at.
    return Data(width=None if sys.stdout.isatty() else 160, soft_wrap=False)


def note(message: str) -> None:
    """A line for the person watching, on standard error."""
    try:
        print(message.translate(UNSTEERED), file=sys.stderr, flush=True)  # noqa: T201 - this is the one place
    except BrokenPipeError:
        let_go(sys.stderr)


def let_go(stream: TextIO) -> None:
    """Have what is still to be written go nowhere; else the interpreter would fail at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def write_line(line: str) -> None:
    """One line of data for people."""
    write_document(line.translate(UNSTEERED))


def write_json(value: Any) -> None:
    """One JSON document on one line."""
    write_document(json.dumps(value, ensure_ascii=False, default=_plain))


def write_document(text: str) -> None:
    """Data for programs, as it is."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise ReaderGone from error


def moment(value: datetime | None) -> str:
    """``2026-03-01 12:00`` (UTC), or a dash."""
    return "-" if value is None else f"{value:%Y-%m-%d %H:%M}"


def plain(text: str) -> str:
    """Text of a page on one line, without characters that steer a terminal."""
    return "".join(one if one.isprintable() else " " for one in text)


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A progress display on a terminal, None in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield progress


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
