"""The pages of articles as a web archive.

We keep bodies decoded, so a record's payload is what the browser saw and not what crossed the
wire; the record says so: headers that spoke of the wire are kept under ``X-Archive-Orig-``, and
Content-Length is that of the payload.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http.client import responses
from typing import Any, BinaryIO

from pipeline.models import FetchedPage
from pipeline.warc import WarcWriter

OF_THE_WIRE = ("content-encoding", "transfer-encoding", "content-length")
FORMAT = [
    ("software", "copydesk"),
    ("format", "WARC File Format 1.1"),
    ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
    (
        "description",
        "Pages of stored articles. Payloads are decoded (no content or transfer encoding); status"
        " lines are rebuilt; headers that described the wire are named X-Archive-Orig-*.",
    ),
]  # fmt: skip


class Archive:
    """Writes, for each article, the page it was read from and what the article is."""

    def __init__(self, file: BinaryIO, filename: str, at: datetime, *, compress: bool) -> None:
        self._writer = WarcWriter(file, compress=compress)
        self._writer.warcinfo(filename, at, FORMAT)

    def write(self, article: Mapping[str, Any], page: FetchedPage) -> None:
        """A response record, and a metadata record that names the article."""
        length = ("Content-Length", str(len(page.body)))
        headers = [*(_of_the_payload(name, value) for name, value in page.headers), length]
        reason = responses.get(page.status, "")
        about = self._writer.response(
            page.final_url, page.fetched_at, page.status, reason, headers, page.body
        )
        fields = [
            ("article-id", article["id"]),
            ("revision", str(article["revision"])),
            ("change-seq", str(article["change_seq"])),
            ("requested-url", page.url),
            ("headline", article.get("headline") or ""),
        ]
        self._writer.metadata(page.final_url, page.fetched_at, about, fields)


def _of_the_payload(name: str, value: str) -> tuple[str, str]:
    return (f"X-Archive-Orig-{name}" if name.lower() in OF_THE_WIRE else name, value)
