"""Outcomes are named by stable reasons, each explained to a person."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import REASONS, Drop, Outcome, Quarantine, TryLater

ROOT = Path(__file__).parent.parent.parent
KINDS = ("Drop", "TryLater", "Quarantine")


def raised_reasons() -> set[str]:
    """The literal reasons with which our code makes an outcome."""
    found = set()
    for package in ("pipeline", "workers"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in KINDS
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                ):
                    found.add(str(node.args[0].value))
    return found


def test_every_reason_the_code_gives_is_in_the_table() -> None:
    assert raised_reasons() - set(REASONS) == set()


def test_every_reason_is_one_lower_case_word_with_a_sentence() -> None:
    for reason, sentence in REASONS.items():
        assert reason.replace("_", "").isalpha() and reason.islower()
        assert len(sentence.split()) >= 3
        assert len(reason) <= 32, "the column that holds it"


@pytest.mark.parametrize("kind", [Drop, TryLater, Quarantine])
def test_an_outcome_with_an_unknown_reason_cannot_be_made(kind: type[Outcome]) -> None:
    with pytest.raises(ValueError, match="add it to"):
        kind("misspelt")


def test_an_outcome_says_its_reason_and_detail() -> None:
    assert str(Drop("not_found", "https://example.org/x")) == "not_found: https://example.org/x"
    assert REASONS["not_found"] in str(Drop("not_found"))


def test_try_later_carries_the_servers_own_wait() -> None:
    later = TryLater("rate_limited", after=timedelta(minutes=2), host_wide=True)
    assert (later.after, later.host_wide) == (timedelta(minutes=2), True)
