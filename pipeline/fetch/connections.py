"""Connections that go to a vetted address and nowhere else, under one deadline.

The check is made where the socket is opened: the name is resolved once, every answer is looked
at, and the connection goes to the very address that was looked at, so that a second answer of
the name server changes nothing. Host header, SNI and certificate still go by the name.
"""

from __future__ import annotations

import http.client
import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager
from urllib3.util.timeout import _DEFAULT_TIMEOUT

from pipeline.fetch.addresses import Resolver, vet
from pipeline.fetch.deadline import Deadline
from pipeline.fetch.policy import FetchPolicy

MOST_LINE_BYTES = 65536
"""As http.client reads at most of one line."""


class _FinalResponse(http.client.HTTPResponse):
    """One answer, the only one of its connection.

    Skips every interim answer (RFC 9110 section 15.2), not only ``100 Continue``, and never reads
    a negative number of bytes: a chunk of length -1 would be all that the server sends.
    """

    def begin(self) -> None:
        super().begin()
        # We asked for it, so the server closes, whether it says so or not (RFC 9112 section 9.6).
        self.will_close = True

    def _safe_read(self, amt: int) -> bytes:
        if amt < 0:
            raise http.client.HTTPException(f"a chunk of {amt} bytes")
        read: bytes = super()._safe_read(amt)  # type: ignore[misc]
        return read

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 102 <= status <= 199:
                return version, status, reason
            while self.fp.readline(MOST_LINE_BYTES) not in (b"\r\n", b"\n", b""):
                pass


class _Guarded:
    """Mixed into both connection classes: opens the socket to the vetted address."""

    response_class = _FinalResponse
    guard: GuardedAdapter
    host: str
    port: int
    timeout: Any

    def _new_conn(self) -> socket.socket:
        policy, resolver = self.guard.policy, self.guard.resolver
        address = vet(self.host, self.port, policy, resolver)
        timeout = policy.connect_timeout_seconds
        if self.timeout is not _DEFAULT_TIMEOUT and self.timeout is not None:
            timeout = min(timeout, float(self.timeout))
        opened = socket.create_connection((address, self.port), timeout)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.guard.deadline is not None:
            self.guard.deadline.watch(opened)
        return opened


class GuardedAdapter(HTTPAdapter):
    """The transport of one thread's session. Connections are not kept: each fetch opens its own.

    ``deadline`` is that of the current fetch; it shuts the sockets that are opened.
    """

    def __init__(self, policy: FetchPolicy, resolver: Resolver) -> None:
        self.policy = policy
        self.resolver = resolver
        self.deadline: Deadline | None = None
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **options: Any
    ) -> None:
        guard = {"guard": self}
        plain = type("GuardedHTTP", (_Guarded, HTTPConnection), guard)
        secure = type("GuardedHTTPS", (_Guarded, HTTPSConnection), guard)
        self.poolmanager = PoolManager(
            num_pools=connections, maxsize=maxsize, block=block, **options
        )
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("HTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("HTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }
