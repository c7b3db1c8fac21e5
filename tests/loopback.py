"""An HTTP server on loopback for as long as a test needs it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self

HTML = {"Content-Type": "text/html; charset=utf-8"}


class Answer(NamedTuple):
    """What a request is answered with; its length is told besides the headers."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = HTML


class LoopbackServer:
    """Start and stop it as a context manager; it answers by :meth:`_answer` and :meth:`_take`. It
    listens from the beginning, so that addresses can be told before it is started."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._server = ThreadingHTTPServer((host, 0), self._handler())

    def _answer(self, request: BaseHTTPRequestHandler) -> Answer:
        """What the server says to a GET."""
        raise NotImplementedError

    def _take(self, request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        """What the server says to a POST."""
        return Answer(405)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(server._answer(self))

            def do_POST(self) -> None:
                self._say(server._take(self, self.rfile.read(int(self.headers["Content-Length"]))))

            def _say(self, answer: Answer) -> None:
                status, body, headers = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    @property
    def port(self) -> int:
        return self._server.server_port

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
