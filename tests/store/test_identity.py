"""What a page calls itself is believed only when the texts agree: claims, shared by many or not."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, func, select

from pipeline.models import Fingerprint
from pipeline.overlap import Overlap, compare
from pipeline.store import identity
from pipeline.store.articles import save_articles
from pipeline.store.items import Saved
from pipeline.store.tables.articles import articles
from pipeline.store.tables.ledger import urls
from pipeline.store.transactions import transact
from tests.store.articles_fixture import NOW, to_store
from tests.store.test_articles import save
from tests.store.test_clusters import edited, story

SECTION = "https://post.example/news/latest"


def page(number: int) -> str:
    return f"https://post.example/{number}/story-{number}"


def claims_section(engine: Engine, number: int, **changes: object) -> Saved:
    """A story of a site on which every page names one section as its own address."""
    changes = {"body_text": story(number), "canonical_url": SECTION} | changes
    return save(engine, page(number), **changes)


def stored(engine: Engine) -> int:
    with engine.begin() as connection:
        return int(connection.execute(select(func.count()).select_from(articles)).scalar_one())


def test_pages_that_all_name_one_section_as_their_own_stay_apart(engine: Engine) -> None:
    saved = [claims_section(engine, number) for number in range(6)]
    assert [one.stored.outcome for one in saved] == ["stored"] * 6
    assert len({one.article_id for one in saved}) == 6
    again = [claims_section(engine, number) for number in range(6)]
    assert [one.stored.outcome for one in again] == ["unchanged"] * 6
    assert [one.article_id for one in again] == [one.article_id for one in saved]


def test_pages_of_one_batch_that_name_one_section_stay_apart(engine: Engine) -> None:
    saved = transact(
        engine,
        lambda c: save_articles(
            c,
            [
                to_store(c, page(n), body_text=story(n), canonical_url=SECTION, headline=f"{n}")
                for n in range(5)
            ],
            NOW,
        ),
    )
    assert len({one.article_id for one in saved}) == stored(engine) == 5


def test_the_section_itself_is_no_revision_of_a_story_that_named_it(engine: Engine) -> None:
    first = claims_section(engine, 1)
    section = save(engine, SECTION, body_text=story(900))
    assert section.stored.outcome == "stored"
    assert section.article_id != first.article_id
    assert claims_section(engine, 1).stored.outcome == "unchanged"
    edited_story = claims_section(engine, 1, body_text=edited(story(1), 1))
    assert (edited_story.stored.outcome, edited_story.article_id) == ("revised", first.article_id)
    with engine.begin() as connection:
        row = connection.execute(select(urls).where(urls.c.url == SECTION)).one()
    assert (row.article_id, row.article_claimed) == (section.article_id, False)


@pytest.mark.parametrize("field", ["canonical_url", "amp_url"])
def test_an_address_that_a_page_names_is_its_own_when_the_text_is(
    engine: Engine, field: str
) -> None:
    first = save(engine, page(1), body_text=story(1), **{field: "https://post.example/s/1"})
    same = save(engine, "https://post.example/s/1", body_text=edited(story(1), 1))
    assert (same.stored.outcome, same.article_id) == ("revised", first.article_id)
    with engine.begin() as connection:
        row = connection.execute(select(urls).where(urls.c.url.endswith("/s/1"))).one()
    assert not row.article_claimed, "it has been seen there now"


def test_a_form_of_a_known_page_that_names_it_is_a_copy_of_it(engine: Engine) -> None:
    first = save(engine, page(1), body_text=story(1))
    form = save(engine, "https://post.example/reader/1", body_text=story(1), canonical_url=page(1))
    assert (form.stored.outcome, form.article_id) == ("duplicate", first.article_id)


def test_another_text_at_the_address_that_was_asked_for_is_a_revision_whatever_it_says(
    engine: Engine,
) -> None:
    first = save(engine, page(1), body_text=story(1))
    later = save(engine, page(1), body_text=story(2))
    assert (later.stored.outcome, later.article_id) == ("revised", first.article_id)


def test_pages_without_text_are_never_one_for_a_shared_claim(engine: Engine) -> None:
    saved = [claims_section(engine, number, body_text="") for number in range(3)]
    assert len({one.article_id for one in saved}) == 3


def test_writers_at_once_neither_merge_claims_nor_split_a_page(engine: Engine) -> None:
    """Eight stories under one claim, each stored at the same time under two of its addresses."""
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def writer(own: int) -> None:
        try:
            start.wait(10)
            for number in range(8):
                other = f"https://post.example/amp-form/{number}/{own}"
                claims_section(engine, number)
                save(engine, other, body_text=story(number), canonical_url=page(number))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=writer, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert stored(engine) == 8


def test_an_item_is_compared_only_with_texts_that_its_addresses_name(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[Fingerprint] = []

    def counted(item: Fingerprint, text: Fingerprint) -> Overlap:
        compared.append(text)
        return compare(item, text)

    monkeypatch.setattr(identity, "compare", counted)
    item = transact(engine, lambda c: to_store(c, "https://n.example/a"))
    rows = {one: identity._Pointer(one, True) for one in range(1, 9)}
    texts: dict[int | None, Fingerprint] = dict.fromkeys(rows, item.fingerprint)
    assert identity._find(item, rows, (1,), (2,), texts) == 1
    assert len(compared) == 2
