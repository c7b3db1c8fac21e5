"""Loopback servers that answer as badly as a test wants: raw bytes from a thread a connection."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

READ_SECONDS = 5.0
"""How long a connection's thread waits for its client at the most."""


@dataclass
class Asked:
    """One request as it came: the path, headers by lower-case name, the body of a form."""

    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Talk:
    """A connection in the hands of an answer. Every method ends quietly when the client left."""

    connection: socket.socket
    stopped: threading.Event
    asked: Asked

    def send(self, data: bytes) -> bool:
        """Whether the client is still there."""
        try:
            self.connection.sendall(data)
        except (OSError, ValueError):
            return False
        return not self.stopped.is_set()

    def drip(self, data: bytes, seconds: float = 0.02) -> None:
        """One byte after the other, again and again, until the client leaves."""
        while True:
            for value in data:
                if not self.send(bytes([value])) or self.stopped.wait(seconds):
                    return

    def flood(self, data: bytes) -> None:
        """The same bytes as fast as they are taken, until the client leaves."""
        while self.send(data):
            pass

    def wait(self) -> None:
        """Nothing, until the client leaves or the test ends."""
        with contextlib.suppress(OSError):
            while self.connection.recv(65536):
                pass

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


Answer = bytes | Callable[[Talk], None]


@dataclass
class Server:
    """Listens until it is closed. ``answer`` is what every request gets, or a table by path."""

    answer: Answer | dict[str, Answer]
    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None
    greet: bool = True
    """Whether a request is read first; without it the answer has the bare connection."""
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._listener = socket.create_server((self.host, self.port), backlog=256)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str = "/", host: str | None = None) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    def close(self) -> None:
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(READ_SECONDS)
        with contextlib.suppress(OSError):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            asked = _read(connection) if self.greet else Asked("", {})
            if asked is not None:
                self.asked.append(asked)
                self._say(Talk(connection, self._stopped, asked))
        with contextlib.suppress(OSError):
            connection.close()

    def _say(self, talk: Talk) -> None:
        answer = self.answer
        if isinstance(answer, dict):
            answer = answer.get(talk.asked.path.partition("?")[0], response(404, b"no such page"))
        if isinstance(answer, bytes):
            talk.send(answer)
        else:
            answer(talk)


def response(
    status: int = 200,
    body: bytes = b"",
    *headers: str,
    length: int | str | None = None,
    content_type: str | None = "text/html; charset=utf-8",
) -> bytes:
    """An answer with its true length, unless another one is given."""
    lines = [
        f"HTTP/1.1 {status} Told",
        f"Content-Length: {len(body) if length is None else length}",
    ]
    lines += [f"Content-Type: {content_type}"] if content_type else []
    return "\r\n".join([*lines, *headers, "", ""]).encode("latin-1") + body


def redirect(target: str, status: int = 302, *headers: str) -> bytes:
    return response(status, b"", f"Location: {target}", *headers)


def chunked(*pieces: bytes) -> bytes:
    """An answer in chunks, the last one included only when ``pieces`` ends with an empty one."""
    head = b"HTTP/1.1 200 Told\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(f"{len(p):x}\r\n".encode() + p + b"\r\n" for p in pieces)


def _read(connection: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    while len(body) < int(headers.get("content-length", 0)) and (piece := connection.recv(65536)):
        body += piece
    return Asked(first.split(" ")[1], headers, body)
