"""``copydesk try URL|FILE``: one page through fetch, parse and enrich, nothing stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli import exit_codes
from workers.cli.failure import UsageFailure
from workers.cli.options import Json, load_settings
from workers.cli.output import data_console, note, write_document

if TYPE_CHECKING:
    from config.settings import Settings
    from pipeline.models import EnrichedArticle, FetchedPage, SourceProfile

PLACEHOLDER_URL = "http://file.invalid/"
"""The address of a file given without one: a reserved name (RFC 2606) that nobody answers to."""
CUT = 100


def command(
    what: Annotated[str, typer.Argument(metavar="URL|FILE", help="A page, or a stored one.")],
    url: Annotated[str, typer.Option(help="The address that a stored page came from.")] = "",
    source: Annotated[
        Path | None, typer.Option(help="A source's TOML file, to try its selectors and the rest.")
    ] = None,
    explain: Annotated[bool, typer.Option(help="Show where every value came from.")] = False,
    as_json: Json = False,
) -> None:
    """Read one page and show the article; nothing is stored."""
    from pipeline.codec import to_json
    from pipeline.errors import Outcome
    from pipeline.ingest import read

    settings = load_settings()
    profile = _profile(source)
    try:
        article = read(_page(what, url, settings, profile), profile)
    except Outcome as outcome:
        from pipeline.errors import REASONS

        sentence = REASONS[outcome.reason]
        note(f"{what}: {outcome.reason}: {sentence} ({outcome.detail or 'no details'})")
        raise typer.Exit(exit_codes.ITEMS_FAILED) from outcome
    if as_json:
        write_document(to_json(article).decode())
    elif explain:
        _explain(article)
    else:
        _show(article)


def _profile(path: Path | None) -> SourceProfile | None:
    from pipeline.sources import SourceError, read_toml

    if path is None:
        return None
    try:
        return read_toml(path.read_text(encoding="utf-8"), str(path)).profile
    except (SourceError, UnicodeDecodeError) as error:
        raise UsageFailure(str(error)) from error


def _page(what: str, url: str, settings: Settings, source: SourceProfile | None) -> FetchedPage:
    from pipeline.fetch import Client, page_from_bytes
    from pipeline.models import FetchRequest
    from workers.intake import read_body
    from workers.wiring import fetch_policy

    if what.startswith(("http://", "https://")):
        return Client(fetch_policy(settings)).fetch(FetchRequest(what, source=source))
    path = Path(what)
    if not path.is_file():
        raise UsageFailure(f"{what} is neither a URL (http://, https://) nor a file")
    plain = path.name.removesuffix(".gz").endswith(".txt")
    return page_from_bytes(
        url or PLACEHOLDER_URL + path.name,
        read_body(path, settings.fetch_max_decoded_bytes),
        content_type="text/plain" if plain else "text/html",
        max_bytes=settings.fetch_max_decoded_bytes,
    )


def _show(article: EnrichedArticle) -> None:
    from rich.table import Table
    from rich.text import Text

    console = data_console()
    table = Table(show_header=False, box=None)
    for name, value in (
        ("headline", article.headline),
        ("authors", ", ".join(author.name for author in article.authors)),
        ("published", _published(article)),
        ("publisher", article.publisher),
        ("language", article.language),
        ("section", article.section),
        ("tags", ", ".join(article.tags[:10])),
        ("type", f"{article.article_type}, {article.access}"),
        ("words", f"{article.word_count}, {article.reading_minutes} min"),
        ("cites", ", ".join(dict.fromkeys(c.outlet for c in article.citations))),
        ("images", str(len(article.images))),
    ):
        table.add_row(name, Text(str(value or "-")))
    console.print(table)
    for paragraph in article.body_text.split("\n\n"):
        console.print()
        console.print(paragraph, markup=False, highlight=False)


def _published(article: EnrichedArticle) -> str:
    if article.published_at is None:
        return ""
    zone = "zone unknown" if article.published_zone == "unknown" else "UTC"
    return f"{article.published_at:%Y-%m-%d %H:%M} {zone} ({article.published_precision})"


def _explain(article: EnrichedArticle) -> None:
    from rich.table import Table
    from rich.text import Text

    console = data_console()
    table = Table("field", "value", "from", "raw", "confidence", box=None)
    for field, evidence in article.evidence.items():
        value = getattr(article, field, "")
        told = (_cut(value), evidence.origin, _cut(evidence.raw), _sure(evidence))
        table.add_row(field, *map(Text, told))
        for other in evidence.others:
            told = ("", f"  not {other.origin}", _cut(other.raw), _sure(other))
            table.add_row("", *map(Text, told))
    console.print(table)
    blocks = Table("block", "offsets", "text", box=None)
    for block in article.blocks:
        offsets = "-" if block.start is None else f"{block.start}-{block.end}"
        blocks.add_row(block.type, offsets, Text(_cut(block.text)))
    console.print(blocks)
    for limit in article.limits:
        note(f"limit: {limit}")


def _sure(evidence: object) -> str:
    return f"{getattr(evidence, 'confidence', 0.0):.2f}"


def _cut(value: object) -> str:
    if isinstance(value, tuple):
        value = ", ".join(str(getattr(item, "name", getattr(item, "url", item))) for item in value)
    text = " ".join(str(value).split())
    return text if len(text) <= CUT else text[: CUT - 1] + "…"
