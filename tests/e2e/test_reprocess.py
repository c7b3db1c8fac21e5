"""`copydesk reprocess` with the real stack: announced, cut off by kill -9, finished, once."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select

from pipeline.models import SourceProfile
from pipeline.store.engine import open_engine
from pipeline.store.ledger.accounting import faults
from pipeline.store.ledger.sources import save_source
from pipeline.store.tables.articles import article_revisions
from pipeline.store.tables.ledger import runs
from tests.e2e.processes import command, descendants, environment, left_of, started
from tests.e2e.test_embedded_stack import QUICK
from tests.faults.site import Site, story
from workers.wiring import utc_now

PAGES = 16
WAIT_SECONDS = 120.0


def test_reading_again_survives_its_own_death_and_asks_nobody(tmp_path: Path) -> None:
    with Site() as site:
        _reprocess(tmp_path, site)
        assert site.asked == {}


def _reprocess(directory: Path, site: Site) -> None:
    database = f"sqlite:///{directory / 'copydesk.db'}"
    env = environment(**QUICK, data_dir=directory, database_url=database)
    _hand_in(directory, site, env)
    engine = open_engine(database)
    with engine.begin() as connection:
        domains = tuple(f"127.0.0.{n}" for n in range(2, 10))
        profile = SourceProfile("port", domains=domains, timezone="Europe/Berlin")
        save_source(connection, profile, utc_now())

    announced = _run(directory, env, "reprocess", "--source", "port", "--dry-run", "--json")
    assert (announced["pages"], announced["revised"]) == (PAGES, PAGES)
    changed = {field["field"]: field["changed"] for field in announced["fields"]}
    assert changed == {"published_at": PAGES, "published_zone": PAGES}

    arguments = ("reprocess", "--source", "port", "--run-key", "zones", "--wait", "--json")
    again = (
        select(func.count())
        .select_from(article_revisions)
        .where(article_revisions.c.kind == "extractor")
    )
    with started(*arguments, directory=directory, env=env) as cut_off:
        give_up_at = time.monotonic() + WAIT_SECONDS
        while not _ask(engine, select(func.count()).select_from(runs).where(runs.c.id > 1)):
            assert time.monotonic() < give_up_at and cut_off.poll() is None
            time.sleep(0.05)
        family = [psutil.Process(cut_off.pid), *descendants(cut_off.pid)]
        cut_off.kill()
        assert left_of(family[1:]) == []
    ended = _run(directory, env, *arguments)
    assert (ended["accepted"], ended["revised"], ended["balances"]) == (PAGES, PAGES, True)
    assert _ask(engine, again) == PAGES
    assert _run(directory, env, *arguments)["run"] == ended["run"]
    shown = _run(directory, env, "reprocess", "--dry-run", "--json")
    assert (shown["revised"], shown["unchanged"]) == (0, PAGES)
    with engine.begin() as connection:
        assert faults(connection) == []
    engine.dispose()


def _hand_in(directory: Path, site: Site, env: dict[str, str]) -> None:
    lines = []
    for number in range(PAGES):
        url = site.url(number)
        page = story(f"/story/{number}").replace(b"07:15:00Z", b"07:15:00")
        (directory / f"{number}.html").write_bytes(page)
        lines.append(json.dumps({"url": url, "file": f"{number}.html"}))
    (directory / "pages.jsonl").write_text("\n".join(lines), encoding="utf-8")
    stored = _run(directory, env, "ingest", "--from", "pages.jsonl", "--wait", "--json")
    assert stored["stored"] == PAGES


def _run(directory: Path, env: dict[str, str], *arguments: str) -> Any:
    done = subprocess.run(
        command(*arguments),
        cwd=directory,
        env={**env, "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _ask(engine: Any, question: Any) -> int:
    with engine.connect() as connection:
        return int(connection.execute(question).scalar_one())
