"""The pace that a source sets for its hosts is what the dispatcher keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from pipeline.models import SourceProfile
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.runs import open_run
from pipeline.store.ledger.sources import save_source
from pipeline.store.ledger.turns import due_turns, take_turns
from pipeline.store.tables.ledger import hosts
from tests.marking import mark_queued

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTING_SECONDS = 1.0
SETTING_IN_FLIGHT = 2


def save(engine: Engine, **profile: Any) -> None:
    with engine.begin() as connection:
        save_source(connection, SourceProfile("paper", domains=("paper.example",), **profile), NOW)


def take(engine: Engine, *urls: str) -> None:
    with engine.begin() as connection:
        run = open_run(connection, "ingest", NOW)
        accept(connection, run.id, urls, NOW, host_interval_seconds=SETTING_SECONDS)


def sent(engine: Engine, host: str, every_seconds: float, times: int) -> int:
    """How many of ``times`` passes of a dispatcher send a request to the host; none is answered."""
    count = 0
    for n in range(times):
        now = NOW + timedelta(seconds=n * every_seconds)
        with engine.begin() as connection:
            for due in take_turns(
                connection, due_turns(connection, now, 10, SETTING_IN_FLIGHT), now
            ):
                count += len(mark_queued(connection, [due.job_id], f"m{n}", now))
    return count


def rows(engine: Engine) -> dict[str, tuple[float, int | None]]:
    with engine.begin() as connection:
        found = connection.execute(select(hosts)).all()
    return {row.host: (row.interval_seconds, row.max_in_flight) for row in found}


def test_a_sources_interval_and_number_at_once_hold_for_its_hosts_alone(engine: Engine) -> None:
    save(engine, interval_seconds=7.5, max_in_flight=1)
    take(engine, "https://paper.example/a", "https://m.paper.example/b", "https://other.example/c")
    assert rows(engine) == {
        "paper.example": (7.5, 1),
        "m.paper.example": (7.5, 1),
        "other.example": (SETTING_SECONDS, None),
    }


def test_no_more_requests_are_under_way_than_the_source_bears(engine: Engine) -> None:
    save(engine, interval_seconds=0.0, max_in_flight=1)
    take(engine, *(f"https://paper.example/{n}" for n in range(5)))
    assert sent(engine, "paper.example", 1.0, 5) == 1


def test_more_than_the_setting_where_the_source_bears_more(engine: Engine) -> None:
    save(engine, interval_seconds=0.0, max_in_flight=4)
    take(engine, *(f"https://paper.example/{n}" for n in range(6)))
    assert sent(engine, "paper.example", 1.0, 6) == 4


def test_between_two_requests_lies_the_sources_interval(engine: Engine) -> None:
    save(engine, interval_seconds=10.0, max_in_flight=100)
    take(engine, *(f"https://paper.example/{n}" for n in range(9)))
    assert sent(engine, "paper.example", 1.0, 21) == 3


def test_a_number_at_once_that_changes_counts_from_the_next_acceptance(engine: Engine) -> None:
    take(engine, "https://paper.example/a")
    assert rows(engine)["paper.example"] == (SETTING_SECONDS, None)
    save(engine, max_in_flight=1)
    take(engine, "https://paper.example/b")
    assert rows(engine)["paper.example"][1] == 1
    save(engine)
    take(engine, "https://paper.example/c")
    assert rows(engine)["paper.example"][1] is None


def test_a_longer_interval_holds_for_a_known_host_from_the_next_acceptance_on(
    engine: Engine,
) -> None:
    take(engine, "https://paper.example/a")
    save(engine, interval_seconds=SETTING_SECONDS + 9.0)
    take(engine, "https://paper.example/b")
    assert rows(engine)["paper.example"][0] == SETTING_SECONDS + 9.0
    save(engine, interval_seconds=0.0)
    take(engine, "https://paper.example/c")
    assert rows(engine)["paper.example"][0] == SETTING_SECONDS + 9.0, "a shorter one by steps"
