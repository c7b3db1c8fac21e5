"""``copydesk source``: what people type, what they see, how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.conftest import Run
from workers.demo.server import DemoSite

ALLOWED = {"fetch_allowed_networks": "127.0.0.0/8", "host_interval_seconds": "0"}
EXAMPLE = Path(__file__).parent.parent.parent / "config" / "sources"


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """The home page of a publisher of the demo site."""
    with DemoSite() as site:
        yield site.base_urls["harbour"] + "/"


def test_a_site_is_added_shown_and_listed(run: Run, demo: str) -> None:
    added = run("source", "add", demo, "--name", "harbour", **ALLOWED)
    assert added.code == 0
    for words in ("Harbour Post", "feed.xml", "sitemap.xml", "/local", "Council votes to rebuild"):
        assert words in added.out
    [listed] = run("source", "list", "--json").json
    assert (listed["name"], listed["state"], listed["lists"]) == ("harbour", "active", 7)
    shown = run("source", "show", "harbour")
    assert 'publisher = "Harbour Post"' in shown.out
    assert "articles: none yet" in shown.out
    assert run("source", "show", "harbour", "--json").json["lists"][0]["kind"] == "feed"


def test_a_dry_run_keeps_nothing(run: Run, demo: str) -> None:
    tried = run("source", "add", demo, "--dry-run", "--json", **ALLOWED)
    assert (tried.code, tried.json["stored"]) == (0, False)
    assert tried.json["profile"]["feeds"] == [demo + "feed.xml"]
    assert run("source", "list", "--json").json == []


def test_a_name_that_is_taken_is_refused_with_what_to_do(run: Run, demo: str) -> None:
    run("source", "add", demo + "feed.xml", "--name", "harbour", **ALLOWED)
    again = run("source", "add", demo, "--name", "harbour", **ALLOWED)
    assert again.code == 2
    assert "known already" in again.err
    assert "--name" in again.err


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("harbour.example", 2, "no URL that can be asked for"),
        ("http://127.0.0.1:1/", 3, "connection_failed"),
    ],
)
def test_an_address_that_leads_nowhere_ends_with_its_code(
    run: Run, url: str, code: int, words: str
) -> None:
    ended = run("source", "add", url, **ALLOWED)
    assert (ended.code, words in ended.err) == (code, True)


def test_the_open_web_is_not_asked_without_a_contact(run: Run) -> None:
    for command in (("add", "https://paper.example/"), ("check",)):
        ended = run("source", *command)
        assert (ended.code, "COPYDESK_CONTACT" in ended.err) == (4, True)


def test_a_check_says_what_is_wrong_and_ends_with_3(run: Run, demo: str, directory: Path) -> None:
    run("source", "add", demo, "--name", "harbour", **ALLOWED)
    well = run("source", "check", "--json", **ALLOWED)
    assert (well.code, well.json[0]["well"]) == (0, True)
    text = run("source", "export", "harbour").out.replace("feed.xml", "moved.xml")
    (directory / "harbour.toml").write_text(text)
    assert run("source", "import", "harbour.toml").code == 0
    ill = run("source", "check", "harbour", **ALLOWED)
    assert ill.code == 3
    assert "not_found" in ill.out
    assert "new address" in ill.out


def test_a_person_pauses_resumes_and_removes(run: Run, directory: Path) -> None:
    (directory / "quay.toml").write_text('name = "quay"\nfeeds = ["https://quay.example/f"]')
    run("source", "import", "quay.toml")

    def state() -> str:
        return str(run("source", "show", "quay", "--json").json["state"])

    for command, after in (
        ("pause", "paused"),
        ("pause", "paused"),
        ("resume", "active"),
        ("remove", "removed"),
        ("resume", "active"),
    ):
        assert run("source", command, "quay").code == 0
        assert state() == after
    run("source", "pause", "quay")
    run("source", "import", "quay.toml")
    assert state() == "paused", "a new description wakes nobody"
    run("source", "remove", "quay")
    assert run("source", "list", "--json").json == []
    assert run("source", "list", "--all", "--json").json[0]["state"] == "removed"
    run("source", "import", "quay.toml")
    assert state() == "paused"


def test_a_name_that_nobody_has_names_the_nearest(run: Run, directory: Path) -> None:
    (directory / "quay.toml").write_text('name = "quay"')
    run("source", "import", "quay.toml")
    for command in ("show", "pause", "resume", "remove", "export"):
        ended = run("source", command, "quai")
        assert (ended.code, "did you mean 'quay'?" in ended.err) == (2, True)


def test_the_example_directory_is_imported_paused(run: Run) -> None:
    done = run("source", "import", str(EXAMPLE), "--json")
    assert (done.code, done.json) == (0, {"stored": True, "added": ["example"], "changed": []})
    again = run("source", "import", str(EXAMPLE), "--json")
    assert again.json["changed"] == ["example"]
    assert run("source", "show", "example", "--json").json["state"] == "paused"


def test_one_fault_keeps_everything_out(run: Run, directory: Path) -> None:
    (directory / "a.toml").write_text('name = "a"')
    (directory / "b.toml").write_text('name = "b"\ntimezone = "Europe/Berln"')
    ended = run("source", "import", str(directory))
    assert ended.code == 2
    assert "did you mean 'Europe/Berlin'?" in ended.err
    assert run("source", "list", "--json").json == []
    assert run("source", "import", "nowhere.toml").code == 2


def test_a_description_is_shown_as_it_can_be_copied_however_long_its_lines(
    run: Run, directory: Path
) -> None:
    text = (
        f'name = "quay"\ndomains = ["quay.example"]\nfeeds = ["https://quay.example/{"a" * 300}"]\n'
    )
    (directory / "quay.toml").write_text(text)
    run("source", "import", "quay.toml")
    assert run("source", "show", "quay").out.startswith(text)


def test_export_and_import_give_the_same_sources(run: Run, directory: Path) -> None:
    run("source", "import", str(EXAMPLE))
    assert run("source", "export", "--to", "out").code == 0
    first = (directory / "out" / "example.toml").read_text()
    assert run("source", "export", "example").out == first
    before = run("source", "show", "example", "--json").json["profile"]
    run("source", "import", "out")
    assert run("source", "show", "example", "--json").json["profile"] == before


def test_raw_pages_are_pruned_by_hand(run: Run) -> None:
    done = run("db", "prune", "--json", raw_days="1")
    assert (done.code, done.json) == (
        0,
        json.loads('{"pages": 0, "bytes": 0, "missing": 0, "leftovers": 0}'),
    )
