"""Find articles: feeds, sitemaps and pages as bytes in, entries out. Asks no server."""
