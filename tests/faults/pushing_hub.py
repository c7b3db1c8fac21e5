"""A hub as they are outside: it comes back when it has answered, and repeats what got no answer."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.error import URLError

from tests.workers.hub import CHALLENGE, Hub

Told = TypeVar("Told")
PATIENCE_SECONDS = 120.0
_LOST = (URLError, http.client.HTTPException, ConnectionError, TimeoutError)


class PushingHub(Hub):
    """Start and stop it as a context manager; call it from threads."""

    def __init__(self) -> None:
        super().__init__()
        self.comes_back = False
        self.repeated = 0
        """How many requests got no answer and were sent again."""
        self._lock = threading.Lock()

    def confirm(self, topic: str) -> bool:
        """Whether the subscriber says that it wants this topic."""
        to = self.request_for(topic)["hub.callback"]
        return self._until_answered(lambda: self.come_back(topic=topic, to=to)) == (200, CHALLENGE)

    def deliver(self, topic: str, body: bytes) -> int:
        """Push until there is an answer; its status."""
        request = self.request_for(topic)
        to, secret = request["hub.callback"], request["hub.secret"]
        return self._until_answered(lambda: self.push(body, to=to, secret=secret))

    def _until_answered(self, send: Callable[[], Told]) -> Told:
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return send()
            except _LOST:
                assert time.monotonic() < give_up_at
                with self._lock:
                    self.repeated += 1
                time.sleep(0.05)
