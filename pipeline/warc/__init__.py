"""WARC 1.0 and 1.1 (ISO 28500): archives of pages, read with suspicion and written plainly.

Knows nothing of articles, HTTP clients or databases.
"""

from __future__ import annotations

from pipeline.warc.reader import Damage, WarcRecord, read_warc
from pipeline.warc.writer import WarcWriter

__all__ = ["Damage", "WarcRecord", "WarcWriter", "read_warc"]
