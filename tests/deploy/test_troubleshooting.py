"""Whoever looks a message up in docs/operations.md finds it as the program prints it."""

from __future__ import annotations

import re

import pytest

from pipeline.errors import REASONS
from tests.deploy.composition import ROOT
from tests.workers.conftest import Run

ROWS = [
    line.split(" | ")[0].removeprefix("| ")
    for line in (ROOT / "docs" / "operations.md").read_text("utf-8").splitlines()
    if line.startswith("| `")
]
NOWHERE = "postgresql://copydesk@127.0.0.1:1/copydesk"

CASES: dict[str, tuple[int, list[str], dict[str, str]]] = {
    "misspelt": (4, ["status"], {"fetch_concurency": "1"}),
    "wrong kind": (4, ["status"], {"window": "many"}),
    "wrong order": (4, ["config", "check"], {"stop_grace_seconds": "10"}),
    "no settings file": (4, ["status"], {"config": "nope.toml"}),
    "no broker named": (4, ["worker"], {}),
    "no contact": (4, ["ingest", "https://a.example/1"], {}),
    "broker away": (
        5,
        ["dispatcher"],
        {"broker_url": "redis://127.0.0.1:1/0", "start_patience_seconds": "0"},
    ),
    "database away": (5, ["db", "check"], {"database_url": NOWHERE}),
    "not healthy": (5, ["health", "--role", "fetch"], {}),
}
"""Exit code, arguments and settings; each gives a message that the document has a row for."""


def listed(printed: str) -> list[str]:
    """The rows whose quoted pieces all stand in what was printed, in their order."""
    found = []
    for row in ROWS:
        pieces = [re.escape(piece) for piece in re.findall(r"`([^`]+)`", row)]
        if re.search(".*".join(pieces), printed, re.S):
            found.append(row)
    return found


@pytest.mark.parametrize("case", CASES)
def test_a_message_is_in_the_table_as_it_is_printed(case: str, run: Run) -> None:
    code, arguments, settings = CASES[case]
    ran = run(*arguments, **settings)
    assert ran.code == code
    assert len(listed(ran.out + ran.err)) == 1, ran.out + ran.err


def test_a_message_that_is_not_in_the_table_would_be_noticed() -> None:
    assert listed("copydesk: something new") == []


def test_every_reason_that_the_table_explains_exists() -> None:
    bare = {word for row in ROWS for word in re.findall(r"`([a-z]+_[a-z_]+|challenge)`", row)}
    assert {"rate_limited", "challenge"} <= bare
    assert bare - set(REASONS) == set()
