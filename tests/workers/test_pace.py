"""What a served page makes of its host's interval: its source's, or what robots.txt asks for."""

from __future__ import annotations

import pytest

from config.settings import Settings
from pipeline.models import FetchedPage, SourceProfile
from pipeline.store.raw_pages import RawPages
from tests.parse.pages import FETCHED
from workers.stages.fetch import Fetched, _floor_seconds, _interval_seconds
from workers.wiring import Services

OWN = SourceProfile("paper", domains=("paper.example",), interval_seconds=5.0)
QUICK = SourceProfile("paper", domains=("paper.example",), interval_seconds=0.0)
SILENT = SourceProfile("paper", domains=("paper.example",))


@pytest.mark.parametrize(
    ("source", "host", "crawl_delay", "seconds"),
    [
        (None, "paper.example", None, 1.0),
        (SILENT, "paper.example", None, 1.0),
        (OWN, "paper.example", None, 5.0),
        (OWN, "www.paper.example", None, 5.0),
        (OWN, "other.example", None, 1.0),
        (OWN, "paper.example", 3.0, 5.0),
        (OWN, "paper.example", 8.0, 8.0),
        (QUICK, "paper.example", None, 0.0),
        (QUICK, "paper.example", 2.0, 2.0),
        (OWN, "paper.example", 9999.0, 300.0),
    ],
)
def test_the_floor_of_a_hosts_interval(
    source: SourceProfile | None, host: str, crawl_delay: float | None, seconds: float
) -> None:
    services = Services(Settings(), None, RawPages(None))  # type: ignore[arg-type]
    page = FetchedPage("u", "u", 200, (), b"x", FETCHED, crawl_delay_seconds=crawl_delay)
    fetched = Fetched(page, None, _interval_seconds(services, source, host))
    assert _floor_seconds(fetched) == seconds
