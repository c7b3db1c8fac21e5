"""A hub on loopback: takes subscriptions, comes back to the callback, pushes what it is given."""

from __future__ import annotations

import hmac
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.loopback import Answer, LoopbackServer

CHALLENGE = "a challenge & more: ü"


class Hub(LoopbackServer):
    """Start and stop it as a context manager. It comes back before it answers the request, which
    is as soon as a hub can."""

    def __init__(self) -> None:
        self.status = 202
        self.headers: dict[str, str] = {}
        self.lease = "864000"
        self.comes_back = True
        self.requests: list[dict[str, str]] = []
        self.came_back: list[tuple[int, str]] = []
        """Status and body of our callback's answers."""
        super().__init__()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hub"

    @property
    def callback(self) -> str:
        return self.requests[-1]["hub.callback"]

    def request_for(self, topic: str) -> dict[str, str]:
        """The last request for this topic."""
        return next(one for one in reversed(self.requests) if one["hub.topic"] == topic)

    def come_back(
        self, mode: str = "subscribe", *, to: str | None = None, **changes: str
    ) -> tuple[int, str]:
        """Ask the callback, of the last request or another, whether it made the last request, or
        something else."""
        values = {
            "hub.mode": mode,
            "hub.topic": self.requests[-1]["hub.topic"],
            "hub.challenge": CHALLENGE,
            "hub.lease_seconds": self.lease,
        }
        values |= {f"hub.{name}": value for name, value in changes.items()}
        query = urlencode({k: v for k, v in values.items() if v})
        told = ask(f"{to or self.callback}?{query}")
        self.came_back.append(told)
        return told

    def push(self, body: bytes, method: str = "sha256", **changes: str) -> int:
        """Send what is new, signed with the secret of the last request; the callback's status."""
        secret = changes.get("secret", self.requests[-1].get("hub.secret", "none"))
        signature = f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"
        kind = changes.get("content_type", "application/rss+xml")
        headers = {"Content-Type": kind, "ETag": '"the hub\'s"'}
        if signature := changes.get("signature", signature):
            headers["X-Hub-Signature"] = signature
        return ask(changes.get("to", self.callback), body, headers)[0]

    def _take(self, request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        self.requests.append(dict(parse_qsl(body.decode())))
        if self.status == 202 and self.comes_back:
            self.come_back()
        return Answer(self.status, headers=self.headers)


def ask(
    url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """One request to somebody on loopback: the status and the body of the answer."""
    assert urlsplit(url).hostname == "127.0.0.1"
    request = urllib.request.Request(url, body, headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
