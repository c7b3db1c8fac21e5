"""Statements that every step runs: compiled once, then handed to the driver as they are.

What SQLAlchemy does between a statement and its rows costs more than driver and database do (three
times as much on SQLite). The statement is still its own here, and so are the types of its values
and the errors; rows are plain tuples.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter, methodcaller
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, Dialect, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

from pipeline.store.types import UtcTime


class Prepared:
    """A statement; its values are given by the names of its bound parameters. It is run inside a
    transaction that has begun."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._made: dict[str, _Made] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """The rows that it returns: tuples, times among them aware."""
        made = self._for(connection.dialect)
        return made.results(_run(connection, made, values, _FETCH_ALL))

    def changed(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        return int(_run(connection, self._for(connection.dialect), values, _ROW_COUNT))

    def _for(self, dialect: Dialect) -> _Made:
        made = self._made.get(dialect.name)
        if made is None:
            made = self._made[dialect.name] = _Made(self._statement, dialect)
        return made


class _Made:
    """A statement as one kind of database takes it."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        kind: Any = type(dialect)
        compiled = statement.compile(
            dialect=kind(paramstyle="named") if dialect.name == "sqlite" else dialect
        )
        self.text: str = compiled.string
        bound = {name: parameter for parameter, name in compiled.bind_names.items()}
        self._constants = {n: v for n, v in compiled.params.items() if not bound[n].required}
        self._prepare = [
            (name, process)
            for name, parameter in bound.items()
            if (process := parameter.type.dialect_impl(dialect).bind_processor(dialect))
        ]
        self._times = [
            (place, process)
            for place, column in enumerate(compiled._result_columns)
            if isinstance(column.type, UtcTime)
            and (process := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        given = {**self._constants, **values}
        for name, process in self._prepare:
            given[name] = process(given[name])
        return given

    def results(self, found: list[Any]) -> list[Any]:
        for place, process in self._times:
            found = [(*row[:place], process(row[place]), *row[place + 1 :]) for row in found]
        return found


_FETCH_ALL = methodcaller("fetchall")
_ROW_COUNT = attrgetter("rowcount")


def _run(
    connection: Connection, made: _Made, values: Mapping[str, Any], wanted: Callable[[Any], Any]
) -> Any:
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(made.text, made.arguments(values))
        return wanted(cursor)
    except connection.dialect.loaded_dbapi.Error as error:
        # As any other statement fails: SQLAlchemy's kind of error, and a pool that lets go of
        # connections that broke.
        connection._handle_dbapi_exception(error, made.text, None, None, None)
    finally:
        cursor.close()


class RowIds(TypeDecorator[Sequence[int]]):
    """Row ids as one value."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        ids: TypeEngine[Any] = Text() if dialect.name == "sqlite" else ARRAY(BigInteger)
        return dialect.type_descriptor(ids)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return json.dumps(value) if dialect.name == "sqlite" else value


class Among(ColumnElement[bool]):
    """Whether a column is one of the ids that are bound under a name, however many they are."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[int], name: str) -> None:
        self.column = column
        self.ids = bindparam(name, type_=RowIds)


@compiles(Among)
def _any_of(element: Among, compiler: SQLCompiler, **_: Any) -> str:
    return f"{compiler.process(element.column)} = ANY({compiler.process(element.ids)})"


@compiles(Among, "sqlite")
def _in_json(element: Among, compiler: SQLCompiler, **_: Any) -> str:
    ids = f"SELECT value FROM json_each({compiler.process(element.ids)})"
    return f"{compiler.process(element.column)} IN ({ids})"
