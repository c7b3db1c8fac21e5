"""Where hubs come to (W3C WebSub): to ask whether we asked them, and with what is new.

The last part of the address is what a caller has to know; a push counts by its signature alone.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from pipeline.errors import Drop, TryLater
from pipeline.fetch import with_charset
from pipeline.models import FetchedPage
from pipeline.store.engine import Connection
from pipeline.store.fetches import was_pushed
from pipeline.store.ledger.pushes import Subscription, accept_push, hint, ignore, subscription_of
from pipeline.store.ledger.subscriptions import denied, verified
from pipeline.store.raw_pages import RawPage
from pipeline.store.transactions import transact
from pipeline.urls import normalize_url
from workers.web.exchange import Answer, Call, HttpError
from workers.wiring import Services

log = logging.getLogger(__name__)
Result = TypeVar("Result")
MOST_PUSH_BYTES = 10 * 2**20
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
"""32 random bytes; what has another form is no question to the database."""
METHODS = ("sha1", "sha256", "sha384", "sha512")
"""Of a signature (WebSub section 8)."""
KEPT_HEADERS = ("content-type", "link")
"""Of a push. It has no validators: they would be the hub's, and not those of the list."""
TEXT = "text/plain; charset=utf-8"


class Websub:
    """The handlers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def confirm(self, call: Call) -> Answer:
        """The challenge for what was asked for; 404 for everything else."""
        mode = call.query.get("hub.mode")
        challenge = call.query.get("hub.challenge", "")
        lease = _lease(call.query.get("hub.lease_seconds", ""))
        token, now = call.parts["token"], self._services.now()
        topic = self._find(token).topic
        if not is_same_address(call.query.get("hub.topic", ""), topic):
            raise _not_asked_for()
        if mode == "denied":
            reason = call.query.get("hub.reason", "").replace(token, "…") or "no reason given"
            if self._do(lambda c: denied(c, token, topic, reason, now)):
                log.warning("a hub refuses to push %s: %.200r", topic, reason)
                return Answer(200, b"", TEXT)
        elif (
            mode == "subscribe"
            and challenge
            and self._is_on
            and self._do(lambda c: verified(c, token, topic, lease, now))
        ):
            log.info("a hub pushes %s from now on", topic)
            return Answer(200, challenge.encode(), TEXT)
        raise _not_asked_for()

    def push(self, call: Call) -> Answer:
        """202, also for what is wrongly signed: who tries signatures learns nothing. 410 where
        nobody wants it any more, so that the hub stops. Nothing is read of who knows no token."""
        to = self._find(call.parts["token"])
        if not (to.is_wanted and self._is_on):
            raise HttpError(410, "gone", "this is not wanted any more")
        body = call.read()
        if not is_signed(body, call.headers.get("x-hub-signature", ""), to.secret):
            self._do(lambda c: ignore(c, to))
            log.warning("a push for %s is not signed as it must be", to.topic)
        elif to.is_polled and not self._is_repeated(body, to):
            self._take(body, call.headers, to)
        return Answer(202, b"", TEXT)

    def _find(self, token: str) -> Subscription:
        """Who that is. Strangers cost a look, and never the lock of those who write."""
        if TOKEN.fullmatch(token) is None:
            raise _not_asked_for()
        found = transact(self._services.engine, lambda c: subscription_of(c, token), read_only=True)
        if found is None:
            raise _not_asked_for()
        return found

    def _is_repeated(self, body: bytes, to: Subscription) -> bool:
        """Signatures have no time: whoever has seen a push may send it again for ever, and what it
        names is known. A look and no more, so that it costs no job and counts as no push."""
        sha256 = hashlib.sha256(body).hexdigest()
        engine = self._services.engine
        return transact(engine, lambda c: was_pushed(c, to.list_id, sha256), read_only=True)

    def _take(self, body: bytes, headers: Mapping[str, str], to: Subscription) -> None:
        now, interval = self._services.now(), self._services.settings.host_interval_seconds
        page = None if to.is_busy else _page(body, headers, to, now)
        raw = self._keep(body) if page is not None else None
        if page is None or raw is None:
            self._do(lambda c: hint(c, to, now))
            return

        def accept(connection: Connection) -> bool:
            return accept_push(connection, to, page, raw, now, host_interval_seconds=interval)

        self._do(accept)

    def _keep(self, body: bytes) -> RawPage | None:
        """The body on disk; None where this process cannot keep one: then the list is polled."""
        try:
            return self._services.raw_pages.put(body)
        except (OSError, TryLater) as error:
            log.warning("a push cannot be kept, its list is polled instead: %s", error)
            return None

    @property
    def _is_on(self) -> bool:
        return bool(self._services.settings.websub_callback_url)

    def _do(self, work: Callable[[Connection], Result]) -> Result:
        return transact(self._services.engine, work)


def _not_asked_for() -> HttpError:
    return HttpError(404, "not_asked_for", "nothing like that was asked for")


class HidesTokens(logging.Filter):
    """For the server's log, which names the path when a caller hangs up."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = re.sub(r"/websub/[^/?\s]+", "/websub/…", record.getMessage()), ()
        return True


HIDES_TOKENS = HidesTokens()


def is_same_address(named: str, topic: str) -> bool:
    """Whether a hub means our topic. Some say it as they ask for it: with a path where there was
    none, bytes in hexadecimal, plain where that was not needed (WebSub section 5.1.1)."""
    with suppress(Drop):
        return named == topic or normalize_url(named) == normalize_url(topic)
    return False


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether ``METHOD=HEX`` is the body's with this secret; without a secret nothing is."""
    method, _, given = signature.strip().partition("=")
    if not secret or method.lower() not in METHODS:
        return False
    right = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(right.encode(), given.strip().lower().encode())


def _page(
    body: bytes, headers: Mapping[str, str], to: Subscription, now: datetime
) -> FetchedPage | None:
    """What was pushed, as if it had been fetched from the list's address; None for nothing."""
    kept = tuple((name, headers[name]) for name in KEPT_HEADERS if name in headers)
    page = FetchedPage(to.url, to.url, 200, kept, body, now, wire_bytes=len(body))
    if to.kind != "page":  # lists say themselves how they are written
        return page if body.strip() else None
    try:
        return with_charset(page)
    except Drop:
        return None


def _lease(text: str) -> timedelta | None:
    """A lease as a hub names it; None when it names none that lasts."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return timedelta(seconds=min(seconds, 1e9)) if math.isfinite(seconds) and seconds > 0 else None
