"""The demo: raw pages of five publishers to rows, through the real stack, on both databases."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from pipeline.store.engine import open_engine
from pipeline.store.ledger.accounting import account
from pipeline.store.reading import find_article, newest_articles
from pipeline.store.transactions import transact
from tests.e2e.processes import copydesk, environment, started, wait_for_descendants
from workers.demo.crawl import DemoResult, crawl, demo_settings
from workers.demo.pages import Page, all_pages
from workers.demo.stories import load_story

CORRECTED = "/politics/school-budget"


@dataclass(frozen=True)
class Typed:
    """``copydesk demo`` as it is typed, and a second one while it ran."""

    directory: Path
    out: str
    err: str
    code: int
    second: subprocess.CompletedProcess[str]

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.directory}/var/demo/copydesk.db"

    def result(self) -> DemoResult:
        """What it came to, by its database and by what it said."""
        engine = open_engine(self.database_url)
        counted = transact(engine, account, read_only=True)
        found = transact(engine, lambda c: newest_articles(c, 100), read_only=True)
        engine.dispose()
        surprises = [line for line in self.err.splitlines() if "not as it must be" in line]
        return DemoResult(found, counted, surprises)


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Typed:
    directory = tmp_path_factory.mktemp("typed")
    with started("demo", directory=directory, env=environment()) as demo:
        wait_for_descendants(demo.pid, ("valkey-server", "main dispatcher"))
        second = copydesk("demo", directory=directory, env=environment())
        out, err = demo.communicate(timeout=270)
        return Typed(directory, out, err, demo.returncode, second)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DemoResult, dict[str, dict[str, Any]]]]:
    """One crawl of the demo site, by the command where that does it, and every article of it as
    stored, by headline."""
    if request.param == "sqlite":
        command = request.getfixturevalue("typed")
        result, database_url = command.result(), command.database_url
    else:
        database_url = request.getfixturevalue("module_postgres_url")
        own = replace(Settings(), data_dir=str(tmp_path_factory.mktemp("postgresql")))
        settings = replace(demo_settings(own), database_url=database_url)
        result = crawl(settings, lambda line: None, lambda counted: None)
    engine = open_engine(database_url)
    stored = transact(
        engine,
        lambda c: [find_article(c, row["id"]) for row in result.articles],
        read_only=True,
    )
    yield result, {article["headline"]: article for article in stored if article}
    engine.dispose()


STORIES = [page for page in all_pages() if page.story and page.path != CORRECTED]


def test_every_page_ends_as_it_must(demo: tuple[DemoResult, Any]) -> None:
    result, _ = demo
    assert result.surprises == []


def test_the_account_of_the_whole_crawl_balances(demo: tuple[DemoResult, Any]) -> None:
    counted = demo[0].account
    assert counted.balances
    assert counted.pending == counted.dead == 0
    assert counted.accepted == (
        counted.stored + counted.revised + counted.unchanged + counted.duplicate + counted.dropped
    )


@pytest.mark.parametrize("page", STORIES, ids=lambda page: page.path)
def test_a_stored_article_says_what_its_author_meant(
    demo: tuple[DemoResult, dict[str, dict[str, Any]]], page: Page
) -> None:
    story = page.story
    assert story is not None
    article = demo[1][story.headline]
    assert tuple(author["name"] for author in article["authors"]) == story.authors
    assert article["published_at"].startswith(f"{story.published:%Y-%m-%d}")
    assert article["language"].split("-")[0] == story.language.split("-")[0]
    for foreign in story.foreign:
        assert foreign not in article["body_text"]
    if not story.paywall:
        assert article["body_text"].split("\n\n") == list(story.paragraphs)


def test_a_correction_found_later_is_the_articles_second_revision(
    demo: tuple[DemoResult, dict[str, dict[str, Any]]],
) -> None:
    corrected = load_story("harbour", "budget-v2")
    article = demo[1][corrected.headline]
    assert article["revision"] == 2
    assert article["body_text"].split("\n\n") == list(corrected.paragraphs)


def test_a_paywalled_page_keeps_its_open_part_and_says_that_it_is_one(
    demo: tuple[DemoResult, dict[str, dict[str, Any]]],
) -> None:
    assert demo[1]["Inside the ferry company's quiet sale"]["access"] == "paywalled"


def test_a_zone_that_the_page_leaves_out_comes_from_its_source(
    demo: tuple[DemoResult, dict[str, dict[str, Any]]],
) -> None:
    article = demo[1]["Grain ships wait longer as strait talks drag on, traders say"]
    assert (article["published_zone"], article["published_offset_minutes"]) == ("source", 60)


def test_a_live_blog_is_named_as_one(
    demo: tuple[DemoResult, dict[str, dict[str, Any]]],
) -> None:
    assert demo[1]["Storm surge in the harbour: live"]["article_type"] == "live"


def test_a_syndicated_copy_is_an_article_of_its_own_in_one_cluster(
    demo: tuple[DemoResult, dict[str, dict[str, Any]]],
) -> None:
    first = demo[1]["Council votes to rebuild the northern pier before winter"]
    copy = demo[1]["Harbour town to replace rotten pier this year"]
    assert first["id"] != copy["id"]
    assert first["cluster_id"] == copy["cluster_id"] is not None


def test_the_command_shows_articles_account_and_next_steps_and_ends_with_0(typed: Typed) -> None:
    assert typed.code == 0, typed.err
    assert "Traceback" not in typed.err
    assert "Council votes to rebuild the northern pier" in typed.out
    assert " accepted = " in typed.out and " 0 pending" in typed.out
    assert "What next:" in typed.out
    assert "\x1b[" not in typed.out + typed.err, "no colour and no progress bar in a pipe"
    told = copydesk(
        "account", "--check", "--json",
        directory=typed.directory,
        env=environment(data_dir="var/demo", database_url=typed.database_url),
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["balances"] is True


def test_a_demo_does_not_sweep_away_the_data_of_one_that_runs(typed: Typed) -> None:
    assert typed.second.returncode == 4
    assert "another demo is running" in typed.second.stderr
    assert typed.code == 0, "the first one went on"
