"""``copydesk export --format FORMAT --to PLACE``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli import exit_codes
from workers.cli.failure import Failure, UsageFailure
from workers.cli.options import Json, open_services
from workers.cli.output import note, progress_bar, write_json
from workers.cli.search import ArticleType, Cites, Language, Publisher, Since, Until, filters_from

if TYPE_CHECKING:
    from pipeline.export import Manifest
    from workers.exporting import Order

FORMATS = ("jsonl", "csv", "parquet", "schema-org", "warc")
FILE_ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".parquet", ".warc")
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}


def command(
    to: Annotated[
        Path, typer.Option(help="A directory, or one file (by its ending: .csv, .jsonl.gz, ...).")
    ],
    format_: Annotated[
        str, typer.Option("--format", help="jsonl, csv, parquet, schema-org or warc (the pages).")
    ] = "jsonl",
    after: Annotated[
        int | None,
        typer.Option(min=0, help="What changed after this seq; without it all, or what is new."),
    ] = None,
    publisher: Publisher = "",
    language: Language = "",
    since: Since = "",
    until: Until = "",
    cites: Cites = "",
    article_type: ArticleType = "",
    compress: Annotated[str, typer.Option(help="none, gzip or zstd.")] = "",
    part_articles: Annotated[
        int, typer.Option(min=1, help="Most articles in a file of a directory.")
    ] = 50_000,
    part_mb: Annotated[int, typer.Option(min=1, help="Size from which a new file begins.")] = 1000,
    as_json: Json = False,
) -> None:
    """Write articles, each as it is now, to files with a manifest.

    The same command again goes on where it was killed, and otherwise adds what changed since.
    """
    from workers.exporting import Order

    filters = filters_from(publisher, language, since, until, cites, article_type)
    is_file = _without_compression(to.name).endswith(FILE_ENDINGS) and not to.is_dir()
    order = Order(
        format=_format(format_),
        target=to,
        is_file=is_file,
        compression=_compression(format_, compress, to.name if is_file else ""),
        after=after,
        filters=filters,
        part_articles=part_articles,
        part_bytes=part_mb * 1_000_000,
    )
    manifest = _export(order)
    if as_json:
        import msgspec

        write_json(msgspec.to_builtins(manifest))
    held = f"{manifest.count} articles in {len(manifest.files)} files"
    note(f"{to}: {held}; what changes from now on comes after {manifest.reached}")
    if lost := sum(manifest.skipped.values()):
        note(f"{lost} pages were left out: {manifest.skipped}; see `copydesk explain URL`")
        raise typer.Exit(exit_codes.ITEMS_FAILED)


def _export(order: Order) -> Manifest:
    from pipeline.export import MissingLibrary
    from workers.exporting import ExportRefused, export

    with open_services() as services, progress_bar() as bar:
        task = bar.add_task("exported", total=None) if bar else None

        def show(manifest: Manifest) -> None:
            if bar is not None and task is not None:
                total = manifest.through - manifest.after
                bar.update(task, total=total, completed=manifest.reached - manifest.after)

        try:
            return export(services, order, show)
        except ExportRefused as error:
            raise UsageFailure(str(error)) from error
        except MissingLibrary as error:
            raise Failure(str(error), exit_codes.CONFIGURATION) from error


def _format(name: str) -> str:
    if name not in FORMATS:
        raise UsageFailure(f"--format {name!r}: use one of {', '.join(FORMATS)}")
    return name


def _without_compression(name: str) -> str:
    return name.removesuffix(".gz").removesuffix(".zst").lower()


def _compression(format_: str, asked: str, file_name: str) -> str:
    """What was asked for, else what the file's name says, else the format's own."""
    by_name = COMPRESSIONS.get(Path(file_name).suffix, "none") if file_name else ""
    own = "gzip" if format_ == "warc" else "none"
    chosen = asked or by_name or own
    allowed = {"warc": ("none", "gzip"), "parquet": ("none",)}.get(
        format_, ("none", "gzip", "zstd")
    )
    if chosen not in allowed:
        inside = " (its columns are compressed)" if format_ == "parquet" else ""
        raise UsageFailure(f"--format {format_} is written with {' or '.join(allowed)}{inside}")
    if file_name and asked and asked != by_name:
        raise UsageFailure(f"--compress {asked} does not go with the name {file_name}")
    return chosen
