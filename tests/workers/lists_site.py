"""A site on loopback whose lists a test rewrites as it goes."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.faults.site import story
from tests.loopback import Answer, LoopbackServer


@dataclass
class Document:
    """What a path answers. With ``validated`` it has an ETag and is not sent twice."""

    body: bytes
    content_type: str = "application/xml"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    validated: bool = True
    held: threading.Event | None = None
    """Not answered before this is set."""


class ListsSite(LoopbackServer):
    """Start and stop it as a context manager. ``/story/N`` is a story of its own for each N."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.asked: Counter[tuple[str, int]] = Counter()
        """How often each path was answered with which status."""
        super().__init__()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def feed(self, path: str, numbers: Sequence[int], **document: object) -> str:
        """Let an RSS feed name these stories; its address."""
        items = "".join(
            f"<item><title>Story {n}</title><link>{self.url(f'/story/{n}')}</link>"
            "<pubDate>Sun, 01 Mar 2026 08:30:00 GMT</pubDate></item>"
            for n in numbers
        )
        body = f"<rss version='2.0'><channel><title>P</title>{items}</channel></rss>"
        return self.put(path, body.encode(), **document)

    def sitemap(self, path: str, numbers: Sequence[int | str], **document: object) -> str:
        """Let a sitemap name these stories; its address."""
        locs = "".join(f"<url><loc>{self.url(f'/story/{n}')}</loc></url>" for n in numbers)
        return self.put(path, f"<urlset>{locs}</urlset>".encode(), **document)

    def index(self, path: str, paths: Sequence[str]) -> str:
        """Let a sitemap index name these sitemaps; its address."""
        locs = "".join(f"<sitemap><loc>{self.url(p)}</loc></sitemap>" for p in paths)
        return self.put(path, f"<sitemapindex>{locs}</sitemapindex>".encode())

    def put(self, path: str, body: bytes, **document: object) -> str:
        """Let the path answer with this; its address."""
        self.documents[path] = Document(body, **document)  # type: ignore[arg-type]
        return self.url(path)

    def _answer(self, request: BaseHTTPRequestHandler) -> Answer:
        path = request.path
        if path.startswith("/story/"):
            document = Document(story(path), "text/html; charset=utf-8", validated=False)
        else:
            document = self.documents.get(path, Document(b"no", status=404, validated=False))
        headers = {"Content-Type": document.content_type}
        if document.validated:
            headers["ETag"] = f'"{hashlib.sha256(document.body).hexdigest()[:16]}"'
        known = document.validated and request.headers.get("If-None-Match") == headers["ETag"]
        unchanged = known and document.status == 200
        status = 304 if unchanged else document.status
        self.asked[path, status] += 1
        if document.held is not None:
            document.held.wait(30)
        return Answer(status, b"" if unchanged else document.body, headers | document.headers)
