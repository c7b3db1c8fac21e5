"""The demo site as a real HTTP server on loopback, one address a publisher."""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from workers.demo.front_pages import home, section, sections_of
from workers.demo.listings import feed, robots, sitemap
from workers.demo.pages import HOSTS, Answer, Page, all_pages


class DemoSite:
    """Start and stop it as a context manager. Nothing is served beyond loopback."""

    def __init__(self) -> None:
        self.pages = all_pages()
        self.arrivals: list[tuple[float, str, str]] = []
        """``(monotonic seconds, publisher, path)`` of every request, in order."""
        self._asked: Counter[tuple[str, str]] = Counter()
        self._by_place = {(page.host, page.path): page for page in self.pages}
        self._lock = threading.Lock()
        self._servers = {name: self._listen(n, name) for n, name in enumerate(HOSTS)}

    def __enter__(self) -> DemoSite:
        for server in self._servers.values():
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()

    @property
    def base_urls(self) -> dict[str, str]:
        """Where each publisher is served, without a slash at the end."""
        places = {name: server.server_address for name, server in self._servers.items()}
        return {name: f"http://{place[0]!s}:{place[1]}" for name, place in places.items()}

    def url(self, page: Page) -> str:
        """The address of a page."""
        return self.base_urls[page.host] + page.path

    def spellings(self) -> list[str]:
        """Other spellings of pages that the site has: each must end as a duplicate."""
        pier = next(page for page in self.pages if page.path == "/local/northern-pier")
        return [self.url(pier) + "/?utm_source=newsletter&utm_medium=email"]

    def respond(self, host: str, path: str, etag: str | None) -> Answer:
        """The answer to a request, counted."""
        with self._lock:
            self.arrivals.append((time.monotonic(), host, path))
            times = self._asked[host, path]
            self._asked[host, path] += 1
        base = self.base_urls[host]
        listed = [self.url(page) for page in self.pages if page.listed and page.host == host]
        if path == "/robots.txt":
            return Answer(robots(base), content_type="text/plain")
        if path == "/feed.xml":
            return Answer(feed(base, listed), content_type="application/rss+xml")
        if path == "/sitemap.xml":
            return Answer(sitemap(listed), content_type="application/xml")
        place = path.partition("?")[0]
        page = self._by_place.get((host, place))
        front = self._front_page(host, place)
        if front is not None:
            answer = Answer(front)
        elif page is not None:
            answer = page.answer(times, self.url(page))
        else:
            return Answer(b"<h1>Not found</h1>", status=404)
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if etag == tag:
            return Answer(status=304, headers={"ETag": tag})
        return Answer(
            answer.body,
            answer.status,
            answer.content_type,
            {"ETag": tag, **answer.headers},
            answer.delay,
        )

    def _front_page(self, host: str, path: str) -> bytes | None:
        pages = [page for page in self.pages if page.host == host]
        if path == "/":
            return home(host, pages)
        return section(host, path, pages) if path in sections_of(pages) else None

    def _listen(self, number: int, host: str) -> ThreadingHTTPServer:
        site = self

        class Handler(BaseHTTPRequestHandler):
            server_version = "demo"

            def do_GET(self) -> None:
                answer = site.respond(host, self.path, self.headers.get("If-None-Match"))
                time.sleep(answer.delay.total_seconds())
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.body)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: Any) -> None:
                """Say nothing: the arrivals are recorded."""

        # All of 127/8 is loopback on Linux; macOS has 127.0.0.1 alone, so ports tell them apart.
        address = f"127.0.0.{number + 1}" if sys.platform == "linux" else "127.0.0.1"
        return ThreadingHTTPServer((address, 0), Handler)
