"""What readers are promised: names and types of every view, documented, on both databases."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect

from pipeline.store.views import VIEWS_V1
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


def test_the_documents_python_follows_the_feed(sqlite_url: str) -> None:
    from pipeline.store.engine import open_engine

    engine = open_engine(sqlite_url)
    save(engine)
    engine.dispose()
    scope: dict[str, Any] = {}
    [program] = re.findall(r"```python\n(.*?)```", DOCUMENT, re.S)
    exec(program, scope)
    path = sqlite_url.removeprefix("sqlite:///")
    cursor = scope["follow"](path, 0)
    assert cursor == 1
    assert scope["follow"](path, cursor) == cursor, "nothing new: the cursor stays"
    assert sqlite3.connect(path).execute("SELECT count(*) FROM v1_changes").fetchone() == (1,)


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
