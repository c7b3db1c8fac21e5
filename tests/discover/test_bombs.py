"""Documents made to burst, to read files or to make us ask servers: they end by name."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.discover import bombs
from tests.fetch.server import Server, response

SECRET = "the-safe-is-behind-the-picture"
NAMES = ("entities", "not_xml", "too_large", "not_json")
PROC = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server(response(200, b"<!ENTITY b 'told'>", content_type="text/xml"))
    yield server
    server.close()


@pytest.fixture(scope="module")
def told(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """What came of each document, in one process with 400 MiB and a minute of CPU for all."""
    secret = tmp_path_factory.mktemp("house") / "secret"
    secret.write_text(SECRET)
    command = [sys.executable, "-m", "tests.discover.bombs", server.url("/x"), secret.as_uri()]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr[-2_000:]
    assert SECRET not in ended.stdout
    return {name: (feed, opml) for name, feed, opml in map(json.loads, ended.stdout.splitlines())}


@PROC
@pytest.mark.parametrize("packed", ["", ", gzipped"])
@pytest.mark.parametrize("name", bombs.of_entities("", ""))
def test_a_document_of_entities_is_refused_by_name(
    name: str, packed: str, told: dict[str, tuple[str, str]]
) -> None:
    as_list, as_opml = told[name + packed]
    assert as_list in ("entities", "not_xml")
    assert as_opml in ("entities", "not_xml") or (packed and as_opml == "unknown_format")


@PROC
@pytest.mark.parametrize("packed", ["", ", gzipped"])
@pytest.mark.parametrize("name", bombs.of_size())
def test_a_document_of_more_than_is_kept_is_refused_by_name(
    name: str, packed: str, told: dict[str, tuple[str, str]]
) -> None:
    assert told[name + packed][0] in NAMES


@PROC
@pytest.mark.parametrize("packed", ["", ", gzipped"])
@pytest.mark.parametrize("name", bombs.readable("", ""))
def test_what_can_be_read_of_a_hostile_document_is_read(
    name: str, packed: str, told: dict[str, tuple[str, str]]
) -> None:
    as_list, _ = told[name + packed]
    assert "Entry(url='https://paper.example/a', title='Rain', dated=None," in as_list


@PROC
def test_no_document_makes_us_ask_a_server(
    told: dict[str, tuple[str, str]], server: Server
) -> None:
    assert len(told) > 80
    assert server.asked == []
