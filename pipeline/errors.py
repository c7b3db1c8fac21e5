"""How a step can end besides success. None of these is a bug.

    Outcome
    ├── TryLater(reason, after)   the world is not ready: the same step again, not before `after`
    ├── Drop(reason)              rightly not an article of ours: recorded, never tried again
    └── Quarantine(reason)        we cannot handle it: parked with its input until someone looks

Anything else that a step raises is a bug: it is recorded with its input, tried a bounded number
of times, and then dead. What an outcome means for the queue is decided in ``workers/`` alone.
"""

from __future__ import annotations

from datetime import timedelta

REASONS: dict[str, str] = {
    # --- URL
    "bad_url": "the text is not an http(s) URL that can be asked for",
    # --- fetch: try later
    "connection_failed": "no connection, or it broke before the page was complete",
    "dns_failed": "the host's name could not be resolved for now",
    "deadline_exceeded": "the page did not arrive within the fetch deadline",
    "rate_limited": "the server answered 429, or 503 with Retry-After",
    "server_error": "the server answered 5xx",
    "robots_unreachable": "robots.txt could not be read, so nothing is allowed for now",
    "host_busy": "the host's turn is not yet come",
    "contact_missing": "nobody is named whom site owners could write to: set COPYDESK_CONTACT",
    # --- fetch: drop
    "address_forbidden": "the address is not public, or not one this source may reach",
    "port_forbidden": "the port is not one this source may reach",
    "scheme_forbidden": "a redirect left http(s), or went from https to http",
    "robots_forbidden": "robots.txt does not allow the page",
    "not_found": "the server answered 404",
    "gone": "the server answered 410",
    "legally_unavailable": "the server answered 451",
    "access_denied": "the server answered 401, 402, 403 or 407",
    "client_error": "the server answered another 4xx",
    "too_many_redirects": "more redirects than allowed, or a loop",
    "bad_redirect": "a redirect without a usable target",
    "too_large": "the page is larger than the limit, on the wire or decoded",
    "bad_encoding": "the content encoding is unknown, nested too deep, or does not decode",
    "bad_response": "the server's answer is not HTTP that can be read",
    "tls_failed": "the server's certificate could not be verified",
    "not_text": "the media type or the bytes are not those of a page",
    "empty": "the page has no bytes, or no text",
    "challenge": "the server wants proof of a human; never bypassed",
    "consent_wall": "the server wants consent before it shows the page; never given",
    "login_required": "the server shows the page to its users only",
    # --- parse
    "not_an_article": "the page is no article (a listing, an index, a search page)",
    "moved_elsewhere": "the address leads to a home page now",
    "no_body": "the page has no story text",
    "parse_timeout": "parsing did not end within its time limit",
    # --- discover
    "not_a_list": "the document is no feed, no sitemap, or cannot be read as one",
    "bad_gzip": "the list's gzip stream does not unpack",
    "entities": "the list declares entities that are more than short text; none is resolved",
    # --- store
    "storage_full": "no room left on the disk, for raw pages or in the database",
    "raw_page_lost": "the raw page's file is gone or damaged",
    "raw_page_pruned": "the raw page was kept as long as pages are kept, and then deleted",
    # --- the engine
    "same_url": "another spelling of a URL accepted in the same run",
    "in_flight": "the URL is already on its way in another run",
    "same_text": "the text is already stored from another address",
    "not_modified": "the server says that nothing changed since the last fetch",
    "crashed": "the process died each time it worked on this item",
    "bug": "our own code failed on it",
    "given_up": "it was dead, and a person dropped it",
}
"""Every reason there is: a stable word for metrics and rows, and what it says to a person."""


class Outcome(Exception):
    """A step's end that is not a result. ``reason`` is a key of :data:`REASONS`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        if reason not in REASONS:
            raise ValueError(f"unknown reason {reason!r}: add it to pipeline.errors.REASONS")
        super().__init__(f"{reason}: {detail or REASONS[reason]}")
        self.reason = reason
        self.detail = detail
        self.answered: str | None = None
        """The address whose answer it is, at the end of any redirects; set where one is known."""


class TryLater(Outcome):
    """The same step again, not before ``after`` when the server named a time.

    ``host_wide`` says that the whole host asked for it (429, 503), not only this page.
    """

    def __init__(
        self,
        reason: str,
        detail: str = "",
        *,
        after: timedelta | None = None,
        host_wide: bool = False,
    ) -> None:
        super().__init__(reason, detail)
        self.after = after
        self.host_wide = host_wide


class Drop(Outcome):
    """Rightly not stored."""


class Quarantine(Outcome):
    """Kept aside with its input until a person or a newer version can handle it."""
