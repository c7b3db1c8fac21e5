"""URLs: the form that is fetched, the key that says which page it is, the domains in it.

Pure functions on text; nothing is ever asked of the network.
"""

from __future__ import annotations

from pipeline.urls.domains import host_of, registrable_domain
from pipeline.urls.key import explain_url_key, url_key
from pipeline.urls.normalize import (
    absolute,
    is_home,
    normalize_url,
    resolve_url,
    trusted_canonical,
)
from pipeline.urls.resolve import scheme_of

__all__ = [
    "absolute",
    "explain_url_key",
    "host_of",
    "is_home",
    "normalize_url",
    "registrable_domain",
    "resolve_url",
    "scheme_of",
    "trusted_canonical",
    "url_key",
]
