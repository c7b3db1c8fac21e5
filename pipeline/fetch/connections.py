"""Connections that go to a vetted address and nowhere else, under one deadline.

The check is made where the socket is opened: the name is resolved once, every answer is looked
at, and the connection goes to the very address that was looked at, so that a second answer of
the name server changes nothing. Host header, SNI and certificate still go by the name.
"""

from __future__ import annotations

import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager
from urllib3.util.timeout import _DEFAULT_TIMEOUT

from pipeline.fetch.addresses import Resolver, vet
from pipeline.fetch.policy import FetchPolicy


class _Guarded:
    """Mixed into both connection classes: opens the socket to the vetted address."""

    guard_policy: FetchPolicy
    guard_resolver: Resolver
    guard_sockets: list[socket.socket]
    host: str
    port: int
    timeout: Any

    def _new_conn(self) -> socket.socket:
        address = vet(self.host, self.port, self.guard_policy, self.guard_resolver)
        timeout = self.guard_policy.connect_timeout_seconds
        if self.timeout is not _DEFAULT_TIMEOUT and self.timeout is not None:
            timeout = min(timeout, float(self.timeout))
        opened = socket.create_connection((address, self.port), timeout)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A second handle on the same connection: TLS takes the first one over, and shutting
        # either ends both.
        self.guard_sockets.append(opened.dup())
        return opened


class GuardedAdapter(HTTPAdapter):
    """The transport of one thread's session. Connections are not kept: each fetch opens its own.

    ``sockets`` are those that the current fetch has opened, for its deadline to shut.
    """

    def __init__(self, policy: FetchPolicy, resolver: Resolver) -> None:
        self._policy = policy
        self._resolver = resolver
        self.sockets: list[socket.socket] = []
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **options: Any
    ) -> None:
        guard = {
            "guard_policy": self._policy,
            "guard_resolver": staticmethod(self._resolver),
            "guard_sockets": self.sockets,
        }
        plain = type("GuardedHTTP", (_Guarded, HTTPConnection), guard)
        secure = type("GuardedHTTPS", (_Guarded, HTTPSConnection), guard)
        self.poolmanager = PoolManager(
            num_pools=connections, maxsize=maxsize, block=block, **options
        )
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("HTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("HTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }
