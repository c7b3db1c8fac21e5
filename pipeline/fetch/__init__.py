"""Fetch: a URL to a page. The only part that talks to the outside, and the only one that may."""

from __future__ import annotations

from pipeline.fetch.archived import page_from_response, split_response
from pipeline.fetch.charset import Charset, detect_charset
from pipeline.fetch.client import Client
from pipeline.fetch.pages import page_from_bytes, with_charset
from pipeline.fetch.policy import FetchPolicy

__all__ = [
    "Charset",
    "Client",
    "FetchPolicy",
    "detect_charset",
    "page_from_bytes",
    "page_from_response",
    "split_response",
    "with_charset",
]
