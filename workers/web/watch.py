"""Health and metrics over HTTP."""

from __future__ import annotations

import threading
import time
from typing import Any

from celery import Celery

from workers.health import check_all
from workers.web.exchange import Answer, Call, json_answer
from workers.web.metrics import CONTENT_TYPE, exposition
from workers.wiring import Services

FRESH_SECONDS = 5.0
"""Figures this old are given again: several scrapers cost the database one count."""


class Watch:
    """The handlers."""

    def __init__(self, services: Services, broker: Celery | None) -> None:
        self._services = services
        self._broker = broker
        self._lock = threading.Lock()
        self._text = ""
        self._counted_at = float("-inf")

    def health(self, call: Call) -> Answer:
        """200 while work is being done, 503 when it is not. What is wrong is told to those
        who have the token."""
        found = check_all(self._services)
        roles: dict[str, Any] = {one.role: {"healthy": one.healthy} for one in found}
        if call.authorized:
            for one in found:
                roles[one.role]["problems"] = list(one.problems)
        healthy = all(one.healthy for one in found)
        return json_answer({"healthy": healthy, "roles": roles}, 200 if healthy else 503)

    def metrics(self, call: Call) -> Answer:
        """Prometheus's text format."""
        with self._lock:
            if time.monotonic() - self._counted_at > FRESH_SECONDS:
                self._text = exposition(self._services, self._broker)
                self._counted_at = time.monotonic()
            return Answer(200, self._text.encode(), CONTENT_TYPE)
