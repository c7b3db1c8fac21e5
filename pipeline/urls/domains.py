"""Hosts and the domains that somebody registered."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from functools import lru_cache
from urllib.parse import urlsplit

import tldextract

# The public suffix list as the package carries it: no request, no cache directory.
_extract = tldextract.TLDExtract(
    suffix_list_urls=(),
    cache_dir=None,
    fallback_to_snapshot=True,
    include_psl_private_domains=False,
)


@lru_cache(maxsize=2_000)  # a page's own address is asked about again and again
def host_of(url: str) -> str:
    """The lower-case host of a URL without a trailing dot; ``""`` when there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


@lru_cache(maxsize=10_000)
def registrable_domain(host: str) -> str:
    """``news.example.co.uk`` -> ``example.co.uk``; an address or an unknown suffix as it is."""
    host = host.strip("[]").rstrip(".").lower()
    if ":" in host or host[-1:].isdigit():  # as no name does: to try each as an address costs more
        with suppress(ValueError):
            return str(ipaddress.ip_address(host))
    return _extract(host).top_domain_under_public_suffix or host


@lru_cache(maxsize=10_000)
def is_public_suffix(name: str) -> bool:
    """Whether sites are registered right below this name: ``co.uk``, not ``example.co.uk``."""
    return bool(name) and _extract(name).suffix == name
