"""A desk without workers: pages are accepted as the command line does, and worked off in place."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, update

from config.settings import Settings
from pipeline.dedup import fingerprint
from pipeline.errors import Drop
from pipeline.ingest import read
from pipeline.store.articles import save_articles
from pipeline.store.engine import Connection, open_engine
from pipeline.store.fetches import load_page
from pipeline.store.items import ToStore
from pipeline.store.raw_pages import RawPages
from pipeline.store.tables.ledger import jobs
from pipeline.store.transactions import transact
from workers.intake import accept_lines, read_lines
from workers.wiring import Services

SENTENCES = (
    "The harbour council voted on Tuesday to rebuild the northern pier before winter sets in.",
    "Engineers told the council that the old piles had rotted below the water line for years.",
    "Fishermen, who moor there from October on, were promised a temporary berth at the dry dock.",
)


def open_desk(database_url: str, directory: Path) -> Services:
    """Services on a migrated database."""
    settings = Settings(database_url=database_url, data_dir=str(directory))
    return Services(settings, open_engine(database_url), RawPages(settings.raw_pages_dir))


def html(n: int, words: str = "") -> str:
    """A page of a story of its own."""
    paragraphs = "".join(f"<p>{s} It was report {n} {words}.</p>" for s in SENTENCES)
    return (
        f"<html lang='en'><head><title>Report {n}: pier to be rebuilt</title>"
        f"<meta property='article:published_time' content='2026-02-{n % 27 + 1:02}T09:30:00+01:00'>"
        f"<meta name='author' content='Ines Calder'></head><body><article>"
        f"<h1>Report {n}: pier to be rebuilt</h1>{paragraphs}</article></body></html>"
    )


def store_pages(desk: Services, directory: Path, pages: dict[str, str]) -> None:
    """Accept these pages (address, text) and work them off."""
    directory.mkdir(parents=True, exist_ok=True)
    lines = []
    for n, (url, text) in enumerate(pages.items()):
        (directory / f"{n}.html").write_text(text, encoding="utf-8")
        lines.append(f'{{"url": "{url}", "file": "{n}.html", "content_type": "text/html"}}')
    (directory / "list.jsonl").write_text("\n".join(lines))
    accept_lines(desk, read_lines(str(directory / "list.jsonl")))
    work_off(desk)


def work_off(desk: Services) -> None:
    """What parse, enrich and store do with every job that stands at parse."""

    def work(connection: Connection) -> None:
        waiting = select(jobs).where(jobs.c.stage == "parse", jobs.c.state == "waiting")
        for job in connection.execute(waiting.order_by(jobs.c.id)).all():
            done = update(jobs).where(jobs.c.id == job.id)
            page = load_page(connection, desk.raw_pages, job.fetch_id)
            try:
                article = read(page)
            except Drop as refusal:
                ended = {"outcome": "dropped", "reason": refusal.reason}
            else:
                item = ToStore(
                    job.id,
                    job.url_id,
                    job.fetch_id,
                    article,
                    fingerprint(article.body_text),
                    page.fetched_at,
                )
                [saved] = save_articles(connection, [item], desk.now())
                ended = {"outcome": saved.stored.outcome, "article_id": saved.article_id}
            connection.execute(done.values(state="ended", ended_at=desk.now(), **ended))

    transact(desk.engine, work)
