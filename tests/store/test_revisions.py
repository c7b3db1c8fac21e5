"""What counts as a change of an article, why it came about, and whose address may say what."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from pipeline.enrich import enrich
from pipeline.models import Author, Block, EnricherRun, Image, Notice
from pipeline.store.articles import save_articles
from pipeline.store.events import changes_after
from pipeline.store.items import Saved
from pipeline.store.tables import articles as t
from pipeline.store.tables.ledger import urls
from pipeline.store.transactions import transact
from pipeline.store.withdrawals import found_again, withdraw
from tests.store.articles_fixture import BODY, NOW, article, to_store
from tests.store.test_articles import URL, save

LATER = NOW + timedelta(days=1)
LOOKED = (EnricherRun("language", 1), EnricherRun("notices", 1))


def newest(engine: Engine) -> Any:
    with engine.begin() as connection:
        order = t.article_revisions.c.id.desc()
        return connection.execute(select(t.article_revisions).order_by(order)).first()


def kinds(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        return [event.kind for event in changes_after(connection, 0)]


def read_again(engine: Engine, **changes: object) -> Saved:
    """The first fetch parsed once more, in a job of its own."""

    def work(connection):  # type: ignore[no-untyped-def]
        first = select(t.article_revisions.c.fetch_id).order_by(t.article_revisions.c.id)
        fetch_id = connection.execute(first).scalars().first()
        item = to_store(connection, URL, **changes)
        return save_articles(connection, [replace(item, fetch_id=fetch_id, reread=True)], LATER)

    [saved] = transact(engine, work)
    return saved


def gone(engine: Engine, url: str, answered: str | None = None) -> bool:
    def work(connection):  # type: ignore[no-untyped-def]
        url_id = connection.execute(select(urls.c.id).where(urls.c.url == url)).scalar_one()
        return withdraw(connection, url_id, "gone", LATER, answered)

    return bool(transact(engine, work))


@pytest.mark.parametrize(
    ("changes", "field", "pair"),
    [
        ({"authors": (Author("Tom Reed", "Tom Reed"),)}, "authors", [["Ines Calder"], []]),
        ({"section": "Politics"}, "section", ["Local", "Politics"]),
        ({"tags": ("harbour", "pier")}, "tags", [["council"], ["pier"]]),
        ({"access": "paywalled"}, "access", ["unknown", "paywalled"]),
        (
            {"published_at": NOW, "published_raw": "1 March 2026, 13:00"},
            "published_at",
            ["2026-02-28T09:30:00Z", "2026-03-01T12:00:00Z"],
        ),
    ],
)
def test_the_same_text_with_another_value_of_a_field_is_a_revision_of_the_metadata(
    engine: Engine, changes: dict[str, object], field: str, pair: list[object]
) -> None:
    save(engine)
    saved = save(engine, **changes)
    assert (saved.stored.outcome, saved.stored.revision) == ("revised", 2)
    row = newest(engine)
    assert row.kind == "metadata"
    assert json.loads(row.changes)["fields"] == {field: pair}
    assert kinds(engine) == ["stored", "revised"]


@pytest.mark.parametrize(
    "changes",
    [
        {"modified_at": LATER},
        {"images": (Image("https://img.example/pier.jpg?w=320", "The pier", "T. Reed", "lead"),)},
        {"tags": ("council", "harbour")},
        {"published_at": NOW},
        {"links": ()},
        {"body_text": BODY.replace("winter", "winter,")},
    ],
    ids=["stamp", "image size", "order of tags", "same words of a date", "links", "a comma"],
)
def test_a_page_that_only_prints_itself_anew_is_unchanged(
    engine: Engine, changes: dict[str, object]
) -> None:
    save(engine)
    assert save(engine, **changes).stored.outcome == "unchanged"
    assert kinds(engine) == ["stored"]


def test_a_page_that_says_it_was_corrected_is_a_correction_with_its_words(engine: Engine) -> None:
    note = "Correction, 2 March: An earlier version of this article named another dock."
    save(engine, enrichers=LOOKED)
    save(
        engine,
        body_text=BODY.replace("dry dock", "fish dock"),
        notices=(Notice("correction", note),),
        enrichers=LOOKED,
    )
    row = newest(engine)
    assert (row.kind, row.note) == ("correction", note)
    [changed] = json.loads(row.changes)["paragraphs"]
    assert (changed["change"], changed["at"]) == ("changed", 3)
    assert "dry dock" in changed["old"] and "fish dock" in changed["new"]


def test_an_update_that_the_page_announces_is_an_edit_with_its_words(engine: Engine) -> None:
    save(engine, enrichers=LOOKED)
    notice = Notice("update", "Update, 14:20: The vote is over.")
    save(engine, body_text=BODY + "\n\nThe vote is over.", notices=(notice,), enrichers=LOOKED)
    assert (newest(engine).kind, newest(engine).note) == ("edit", notice.text)


def test_a_note_that_no_older_version_looked_for_is_not_taken_for_new(engine: Engine) -> None:
    save(engine)
    assert save(engine, notices=(Notice("correction", "Correction: …"),)).stored.revision == 1


def test_notices_are_found_by_label_and_sentence_in_many_languages() -> None:
    said = [
        "Correction, March 3, 2026: An earlier report gave another sum.",
        "• This article was amended on 3 March 2026 to name the dock.",
        "(Este artículo ha sido corregido el 3 de marzo.)",
        "Korrektur (3. März 2026, 14:20 Uhr): In einer früheren Fassung stand anderes.",
        "更正：本报昨日有误。",
        "Précision : le vote a eu lieu mardi.",
        "Update, 14:20: Police said the road is open.",
    ]
    plain = [
        "Update der Software – was die neue Version kann.",
        "Correction of the market – analysts say – will take months.",
        "The maker said an earlier version of this drug was weaker.",
        "Corrections officers: a day at the harbour prison.",
    ]
    blocks = tuple(Block("paragraph", text) for text in (*said, *plain))
    found = enrich(replace(article(URL), blocks=blocks)).notices
    assert [notice.text for notice in found] == said
    assert [notice.kind for notice in found] == [*["correction"] * 5, "clarification", "update"]


def test_the_same_bytes_read_to_something_else_are_the_extractors_revision(engine: Engine) -> None:
    save(engine)
    with engine.begin() as connection:
        before = connection.execute(select(t.articles)).one()
    saved = read_again(engine, extractor="copydesk 2", topics=("politics", "economy"))
    assert saved.stored.outcome == "revised"
    row = newest(engine)
    changes = json.loads(row.changes)
    assert (row.kind, changes["fields"]) == ("extractor", {"topics": [[], ["economy"]]})
    assert changes["extractor"] == ["copydesk 1", "copydesk 2"]
    with engine.begin() as connection:
        after = connection.execute(select(t.articles)).one()
    assert after.last_seen_at == before.last_seen_at  # nobody looked at the page


def test_reading_again_to_the_same_remembers_who_read_and_adds_no_revision(engine: Engine) -> None:
    save(engine)
    runs = (EnricherRun("language", 2),)
    assert read_again(engine, extractor="copydesk 2", enrichers=runs).stored.revision == 1
    with engine.begin() as connection:
        assert connection.execute(select(t.articles.c.extractor)).scalar_one() == "copydesk 2"
        assert connection.execute(select(t.enricher_runs.c.version)).scalar_one() == 2
    assert kinds(engine) == ["stored"]


def test_reading_a_withdrawn_page_again_does_not_bring_it_back(engine: Engine) -> None:
    save(engine)
    assert gone(engine, URL)
    assert read_again(engine, extractor="copydesk 2", section="Coast").stored.outcome == "revised"
    with engine.begin() as connection:
        assert connection.execute(select(t.articles.c.withdrawn_at)).scalar_one() == LATER


def test_only_the_articles_own_address_can_withdraw_it(engine: Engine) -> None:
    short = "https://harbourpost.example/s/12"
    save(engine, short, final_url=URL)
    assert not gone(engine, short)  # the short link was taken down
    assert not gone(engine, URL, "https://parked.example/nothing")
    assert gone(engine, URL, "https://www.harbourpost.example/gone")
    assert not gone(engine, URL)
    assert kinds(engine) == ["stored", "withdrawn"]


def test_a_withdrawn_article_that_is_there_again_unchanged_is_restored(engine: Engine) -> None:
    save(engine)
    assert gone(engine, URL)
    assert save(engine).stored.outcome == "unchanged"
    with engine.begin() as connection:
        row = connection.execute(select(t.articles)).one()
    assert (row.withdrawn_at, row.withdrawn_reason) == (None, None)
    assert kinds(engine) == ["stored", "withdrawn", "restored"]


def test_a_server_that_says_not_modified_restores_a_withdrawn_article(engine: Engine) -> None:
    save(engine)
    gone(engine, URL)
    with engine.begin() as connection:
        url_id = connection.execute(select(urls.c.id)).scalar_one()
        found_again(connection, url_id, URL, LATER)
        found_again(connection, url_id, URL, LATER)
        assert connection.execute(select(t.articles.c.last_seen_at)).scalar_one() == LATER
    assert kinds(engine) == ["stored", "withdrawn", "restored"]


def test_an_address_that_leads_to_another_articles_page_leaves_its_own_article_alone(
    engine: Engine,
) -> None:
    other_url = "https://harbourpost.example/local/ferry"
    first, other = save(engine), save(engine, other_url, body_text="The ferry sails again.")
    led = save(engine, URL, final_url=other_url, body_text="The ferry sails again.")
    assert (led.stored.outcome, led.article_id) == ("duplicate", other.article_id)
    led = save(engine, URL, final_url=other_url, body_text="The ferry sails again, at noon.")
    assert (led.stored.outcome, led.article_id) == ("revised", other.article_id)
    with engine.begin() as connection:
        texts = select(t.articles.c.body_text).where(t.articles.c.id == first.article_id)
        assert connection.execute(texts).scalar_one() == BODY


def test_an_address_that_leads_to_a_page_never_seen_is_the_same_article_only_by_its_text(
    engine: Engine,
) -> None:
    first = save(engine)
    renamed = "https://harbourpost.example/local/pier-to-be-rebuilt"
    moved = save(engine, URL, final_url=renamed, body_text=BODY + "\n\nWork begins in May.")
    assert (moved.stored.outcome, moved.article_id) == ("revised", first.article_id)
    hub = "https://harbourpost.example/local/all-about-piers"
    text = (
        "Everything about piers: how they are built, who pays, and which of them you may fish on."
    )
    elsewhere = save(engine, URL, final_url=hub, body_text=text)
    assert (elsewhere.stored.outcome, elsewhere.stored.revision) == ("stored", 1)
    assert elsewhere.article_id != first.article_id
    assert save(engine, URL, final_url=renamed, section="Coast").article_id == first.article_id


def test_a_difference_of_huge_texts_is_bounded(engine: Engine) -> None:
    save(engine, body_text="\n\n".join(f"Paragraph {n}." for n in range(20_000)))
    save(engine, body_text="\n\n".join(f"Absatz {n}." for n in range(20_000)), headline="x" * 5_000)
    changes = newest(engine).changes
    assert len(changes) < 20_000
    assert json.loads(changes)["paragraphs_added"] == 20_000
