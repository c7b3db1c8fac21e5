"""The formats by name, and what each file of them needs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from pipeline.codec import to_json
from pipeline.export.columns import COLUMNS, cells
from pipeline.export.schema_org import news_article

Article = Mapping[str, Any]
"""An article's JSON, version 1, with what the database adds (``pipeline.store.reading``)."""


class MissingLibrary(Exception):
    """A format needs a package that is not installed; says which, and how to get it."""


class Writer(Protocol):
    """Writes articles to one file. Bounded memory, whatever their number."""

    def write(self, article: Article) -> None: ...

    def finish(self) -> None:
        """Write what is still held; the file stays open."""


@dataclass(frozen=True, slots=True)
class Format:
    """``open`` puts a writer on a file; ``check`` raises :class:`MissingLibrary` where that cannot
    be done, before there is a file."""

    suffix: str
    open: Callable[[BinaryIO], Writer]
    check: Callable[[], object] = bool


class Lines:
    """One JSON document a line."""

    def __init__(self, file: BinaryIO, shape: Callable[[Article], Any] = dict) -> None:
        self._file = file
        self._shape = shape

    def write(self, article: Article) -> None:
        self._file.write(to_json(self._shape(article)) + b"\n")

    def finish(self) -> None:
        pass


class Csv:
    """RFC 4180 in UTF-8: a header line, CR LF, lists joined by semicolons."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._row([name for name, _ in COLUMNS])

    def write(self, article: Article) -> None:
        self._row([as_cell(value) for value in cells(article)])

    def finish(self) -> None:
        pass

    def _row(self, values: list[str]) -> None:
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="\r\n").writerow(values)
        self._file.write(line.getvalue().encode("utf-8", "replace"))


def as_cell(value: Any) -> str:
    """A value as the text of a cell. What a spreadsheet would run as a formula gets an apostrophe
    in front (OWASP, CSV injection); numbers keep their sign."""
    if value is None:
        return ""
    if isinstance(value, list):
        value = "; ".join(value)
    if not isinstance(value, str):
        return value.isoformat() if hasattr(value, "isoformat") else str(value)
    return (
        "'" + value
        if value.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
        else value
    )


def _parquet() -> Callable[[BinaryIO], Writer]:
    try:
        from pipeline.export.parquet import Parquet
    except ImportError as error:
        hint = "pip install 'pyarrow>=17'"
        raise MissingLibrary(
            f"the format parquet needs pyarrow, which is missing: {hint}"
        ) from error
    return Parquet


FORMATS: dict[str, Format] = {
    "jsonl": Format(".jsonl", Lines),
    "schema-org": Format(".jsonl", lambda file: Lines(file, news_article)),
    "csv": Format(".csv", Csv),
    "parquet": Format(".parquet", lambda file: _parquet()(file), check=_parquet),
}
"""What articles are written as. The archive of their pages (``warc``) is another thing."""
