"""Parquet, by pyarrow: the only module that imports it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.export.columns import COLUMNS, cells

ROWS, CHARACTERS = 5_000, 16_000_000
"""A row group ends at either: readers want many rows, we hold few characters."""

_TYPES = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "integer": pa.int64(),
    "time": pa.timestamp("us", tz="UTC"),
}
SCHEMA = pa.schema(
    [(name, _TYPES[kind]) for name, kind in COLUMNS], metadata={"copydesk_article_version": "1"}
)


class Parquet:
    """Row groups of bounded size, compressed with zstd."""

    def __init__(self, file: BinaryIO) -> None:
        self._writer = pq.ParquetWriter(pa.PythonFile(file, mode="w"), SCHEMA, compression="zstd")
        self._rows: list[list[Any]] = []
        self._characters = 0

    def write(self, article: Mapping[str, Any]) -> None:
        self._rows.append([_encodable(value) for value in cells(article)])
        self._characters += len(article["body_text"])
        if len(self._rows) >= ROWS or self._characters >= CHARACTERS:
            self._flush()

    def finish(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            columns = [list(column) for column in zip(*self._rows, strict=True)]
            arrays = [
                pa.array(column, type=field.type)
                for column, field in zip(columns, SCHEMA, strict=True)
            ]
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA))
            self._rows, self._characters = [], 0


def _encodable(value: Any) -> Any:
    """Text without lone surrogates, which UTF-8 has not."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return [_encodable(one) for one in value] if isinstance(value, list) else value
