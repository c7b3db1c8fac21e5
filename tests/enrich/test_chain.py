"""The promises of the chain itself, whatever the enrichers do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.enrich import ENRICHERS, enrich, entities, length, quotes, warm_up
from pipeline.enrich.enricher import Added
from pipeline.models import EnrichedArticle, EnricherRun, ParsedArticle
from tests.enrich.articles import article, enriched

BODY = "Anna Berg lives in Paris. “We will not go back there,” said Berg."


@dataclass(frozen=True)
class Breaking:
    name: str = "entities"
    version: int = 7
    owns: frozenset[str] = frozenset(("entities",))

    def run(self, article: ParsedArticle) -> Added:
        raise RuntimeError("no such word " + "x" * 1_000)

    def warm_up(self) -> None:
        """Nothing to load."""


@dataclass(frozen=True)
class Greedy(Breaking):
    def run(self, article: ParsedArticle) -> Added:
        return {"topics": ("sport",)}


def test_every_enricher_leaves_its_run_in_the_order_of_the_list() -> None:
    assert [run.name for run in enriched(BODY).enrichers] == [one.name for one in ENRICHERS]


def test_no_two_enrichers_own_one_field_and_every_field_exists() -> None:
    owned = [field for one in ENRICHERS for field in one.owns]
    assert len(owned) == len(set(owned))
    assert set(owned) <= set(EnrichedArticle.__dataclass_fields__)


def test_a_failing_enricher_marks_itself_failed_and_the_others_go_on() -> None:
    result = enrich(article(BODY), [Breaking(), length])
    failed, fine = result.enrichers
    assert (failed.name, failed.version) == ("entities", 7)
    assert failed.error is not None and failed.error.startswith("RuntimeError: no such word")
    assert len(failed.error) <= 300
    assert fine == EnricherRun("length", length.version)
    assert result.word_count == 13 and result.body_text == BODY


def test_a_field_that_an_enricher_does_not_own_is_refused() -> None:
    result = enrich(article(BODY), [Greedy()])
    assert result.topics == ()
    assert result.enrichers[0].error == "ValueError: entities does not own topics"


def test_a_rerun_replaces_only_its_own_values_and_its_own_run() -> None:
    before = enriched(BODY, section="Sport")
    stale = enrich(before, [quotes])
    assert stale == before
    emptied = EnrichedArticle(
        **{**{name: getattr(before, name) for name in before.__dataclass_fields__}, "entities": ()}
    )
    assert enrich(emptied, [entities]) == before


def test_a_failing_rerun_keeps_the_values_of_the_run_before() -> None:
    before = enriched(BODY)
    after = enrich(before, [Breaking()])
    assert after.entities == before.entities != ()
    assert [run.name for run in after.enrichers] == [run.name for run in before.enrichers]
    assert [run.name for run in after.enrichers if run.error] == ["entities"]


def test_no_file_is_read_after_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    warm_up()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("read a file after warm_up")

    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(Path, "read_text", refuse)
    for language in ("en", "de", "zh", "ar", None):
        assert enriched(BODY + " 北京大学教授王小明表示。", language=language).word_count > 0
