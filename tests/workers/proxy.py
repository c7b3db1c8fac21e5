"""A reverse proxy on loopback, as one stands before the web process."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

from tests.loopback import Answer, LoopbackServer

PIECE_BYTES = 4093
"""Of a body that is handed on in pieces: no letter, line or buffer ends with one."""
_ITS_OWN = frozenset(("connection", "keep-alive", "host", "content-length", "transfer-encoding"))


class Proxy(LoopbackServer):
    """Start and stop it as a context manager. It hands on what is below ``prefix`` and
    ``/websub/``, without the prefix and under another name, over one connection that it keeps;
    bodies as they are, or in chunks (``in_pieces``)."""

    def __init__(self, port: int, *, prefix: str = "", in_pieces: bool = False) -> None:
        self.prefix, self.in_pieces = prefix, in_pieces
        self.connected_from: set[int] = set()
        """Our ports of the connections that it made."""
        self._desk = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._one_at_a_time = threading.Lock()
        super().__init__()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def _answer(self, request: BaseHTTPRequestHandler) -> Answer:
        return self._hand_on(request, None)

    def _take(self, request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        return self._hand_on(request, body)

    def _hand_on(self, request: BaseHTTPRequestHandler, body: bytes | None) -> Answer:
        if not request.path.startswith(f"{self.prefix}/websub/"):
            return Answer(404, b"this stays inside")
        given = {n.lower(): v for n, v in request.headers.items() if n.lower() not in _ITS_OWN}
        headers = given | {
            "host": "desk.internal:8080",
            "forwarded": f'for=192.0.2.7;proto=https;host="{request.headers["Host"]}"',
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-proto": "https",
            "x-forwarded-host": request.headers["Host"],
            "x-forwarded-port": "443",
            "via": "1.1 proxy",
        }
        path = request.path.removeprefix(self.prefix)
        pieces = _pieces(body) if body is not None and self.in_pieces else None
        if pieces is not None:
            headers["transfer-encoding"] = "chunked"
        with self._one_at_a_time:
            desk = self._desk
            desk.request(
                request.command, path, pieces or body, headers, encode_chunked=pieces is not None
            )
            self.connected_from.add(desk.sock.getsockname()[1])
            got = desk.getresponse()
            kept = {n: v for n, v in got.headers.items() if n.lower() not in _ITS_OWN}
            return Answer(got.status, got.read(), kept)


def _pieces(body: bytes) -> Iterator[bytes]:
    return (body[at : at + PIECE_BYTES] for at in range(0, len(body), PIECE_BYTES))
