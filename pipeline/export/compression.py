"""A file that compresses what is written to it."""

from __future__ import annotations

import gzip
from typing import BinaryIO, cast

import zstandard


def compressed(file: BinaryIO, kind: str) -> BinaryIO:
    """``file`` itself, or a gzip or zstd stream over it, which must be closed to be whole."""
    if kind == "gzip":
        # No name and no time: the same articles make the same bytes.
        return cast(BinaryIO, gzip.GzipFile("", "wb", 6, file, mtime=0))
    if kind == "zstd":
        return cast(BinaryIO, zstandard.ZstdCompressor(3).stream_writer(file, closefd=False))
    return file
