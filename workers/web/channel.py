"""One caller's connection: what it asks must have come whole within a time.

The server itself closes connections that say nothing. One that sends a byte now and then would stay
for ever, and a hundred of them are all that are served.
"""

from __future__ import annotations

import time

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

MOST_SECONDS = 120.0
"""From the first byte of a request to its last: a push of ten megabytes at 85 kB a second."""


class Channel(HTTPChannel):  # type: ignore[misc]  # the server has no types
    _arriving: HTTPRequestParser | None = None
    _begun_at = 0.0

    def received(self, data: bytes) -> bool:
        """Take in what has come; whether it was wanted."""
        taken = bool(super().received(data))
        if self.request is not self._arriving:
            self._arriving, self._begun_at = self.request, time.monotonic()
        return taken

    def readable(self) -> bool:
        """Asked by the server's loop, every second at least."""
        if self.request is not None and time.monotonic() - self._begun_at > MOST_SECONDS:
            self.will_close = True
        return bool(super().readable())
