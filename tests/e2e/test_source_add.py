"""A site's address is all that is given: what it offers is found, kept, and crawled."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from config.settings import Settings
from pipeline.store.engine import open_engine
from pipeline.store.ledger.source_states import known_source, outcomes_of
from pipeline.store.reading import newest_articles
from tests.e2e.processes import copydesk, environment
from workers.demo.crawl import demo_settings
from workers.demo.server import DemoSite


def typed(settings: Settings, directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = environment(
        data_dir=settings.data_dir,
        database_url=settings.database_url,
        contact=settings.contact,
        fetch_allowed_networks="127.0.0.0/8",
        host_interval_seconds=0.02,
        dispatch_interval_seconds=0.05,
        cpu_concurrency=2,
        retry_base_seconds=0.5,
    )
    return copydesk(*arguments, directory=directory, env=env)


def test_a_site_is_added_by_its_address_and_run_wait_stores_its_stories_with_a_stack_of_its_own(
    place: Path,
) -> None:
    settings = demo_settings(replace(Settings(), data_dir=str(place / "var")))
    with DemoSite() as site:
        base = site.base_urls["harbour"]
        added = typed(settings, place, "source", "add", base, "--name", "harbour", "--json")
        assert added.returncode == 0, added.stderr
        found: dict[str, Any] = json.loads(added.stdout.splitlines()[-1])
        assert {(one["kind"], one["url"].removeprefix(base)) for one in found["found"]} == {
            ("feed", "/feed.xml"),
            ("sitemap", "/sitemap.xml"),
            *(("page", f"/{name}") for name in SECTIONS),
        }
        assert (found["profile"]["publisher"], found["profile"]["language"]) == (
            "Harbour Post",
            "en",
        )
        well = typed(settings, place, "source", "check", "harbour")
        assert well.returncode == 0, well.stdout + well.stderr
        wanted = {
            page.story.headline
            for page in site.pages
            if page.host == "harbour" and page.listed and page.story and page.outcome == "stored"
        }
        due = ("run", "--due", "--wait", "--timeout", "110", "--json")
        ran = typed(settings, place, *due)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.count("\n") == 1, "one JSON line, as a scheduler takes it"
        summary = json.loads(ran.stdout)
        assert summary["ended"] is True
        assert summary["lists"]["fresh"] >= summary["stored"] >= len(wanted)
        again = json.loads(typed(settings, place, *due).stdout)
        assert again["lists"]["polls"] == 0, "nothing is due now"
    engine = open_engine(settings.database_url)
    with engine.begin() as connection:
        stored = {row["headline"] for row in newest_articles(connection, 100)}
    assert wanted <= stored
    with engine.begin() as connection:
        source = known_source(connection, "harbour")
        assert source is not None
        ended = outcomes_of(connection, source.source_id)
    engine.dispose()
    assert ended["stored"] >= len(wanted), "each belongs to the source that named it"


SECTIONS = ("local", "culture", "business", "politics", "transport")
