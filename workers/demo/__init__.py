"""A small news world on loopback: five invented publishers, thirty pages, and every difficulty a
crawl meets. Served by the standard library; knows nothing of queues or databases."""
