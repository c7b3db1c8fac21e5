"""What the demo site offers to crawlers: robots.txt, a feed, a sitemap."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def robots(base: str) -> bytes:
    """One path is closed to everybody; the sitemap is named."""
    return f"User-agent: *\nDisallow: /members/\nSitemap: {base}/sitemap.xml\n".encode()


def feed(base: str, urls: Sequence[str]) -> bytes:
    """RSS 2.0 of these pages."""
    items = "".join(f"<item><link>{escape(url)}</link></item>" for url in urls)
    head = f"<title>Demo</title><link>{base}/</link><description>Demo</description>"
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()
    )


def sitemap(urls: Sequence[str]) -> bytes:
    """A sitemap of these pages."""
    rows = "".join(f"<url><loc>{escape(url)}</loc></url>" for url in urls)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><urlset xmlns="{namespace}">{rows}</urlset>'.encode()
