"""What went wrong below HTTP, as an outcome: try again, or never."""

from __future__ import annotations

import http.client
import ssl

import requests
import urllib3.exceptions as u3

from pipeline.errors import Drop, Outcome, TryLater

LIBRARY_ERRORS = (
    requests.RequestException,
    u3.HTTPError,
    http.client.HTTPException,
    OSError,
    UnicodeError,
)
"""What the libraries below raise for what a server or the network did; the rest are bugs."""


def outcome_of(error: Exception) -> Outcome:
    """The outcome that a library's error stands for. One that says nothing particular counts as
    a connection that failed: it is tried again, a bounded number of times."""
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, Outcome):
            return cause
    detail = f"{type(chain[-1]).__name__}: {chain[-1]}"[:300]
    if any(isinstance(cause, (ssl.SSLError, ssl.CertificateError)) for cause in chain):
        return Drop("tls_failed", detail)
    if any(isinstance(cause, http.client.RemoteDisconnected) for cause in chain):
        return TryLater("connection_failed", detail)  # for Python that is a bad status line
    if any(isinstance(cause, _UNREADABLE) for cause in chain) or _not_http(chain):
        return Drop("bad_response", detail)
    if any(isinstance(cause, (TimeoutError, u3.TimeoutError)) for cause in chain):
        return TryLater("deadline_exceeded", detail)
    return TryLater("connection_failed", detail)


_UNREADABLE = (
    http.client.BadStatusLine,
    http.client.LineTooLong,
    http.client.UnknownProtocol,
    u3.InvalidHeader,
    u3.InvalidChunkLength,
    u3.ResponseNotChunked,
    u3.LocationParseError,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidURL,
    UnicodeError,
)


def _not_http(chain: list[BaseException]) -> bool:
    # http.client has no class of its own for too many headers; its others are subclasses.
    return any(type(cause) is http.client.HTTPException for cause in chain)


def _causes(error: BaseException) -> list[BaseException]:
    """The error, and what it was made from, outermost first."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < 20:
        current = waiting.pop(0)
        if isinstance(current, BaseException) and current not in found:
            found.append(current)
            waiting += [getattr(current, "reason", None), current.__cause__, *current.args]
            waiting.append(current.__context__)
    return found
