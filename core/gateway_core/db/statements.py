"""Statements that are put together at run time: SQLAlchemy writes the SQL, psycopg carries it out.

Only lists need them. They stand in modules of their own (``queries/*_list.py``), for SQLAlchemy takes 25 MiB of a
process and no worker lists anything. What never changes is a named text in ``db.queries``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, bindparam, tuple_
from sqlalchemy.dialects.postgresql.psycopg import dialect

_DIALECT = dialect()  # type: ignore[no-untyped-call]  # of SQLAlchemy

Before: TypeAlias = tuple[datetime, str]
"""(created_at, id) of the last row of the page before; unlike an offset it is stable under inserts."""


def compiled(statement: Select[Any]) -> bytes:
    """The SQL of ``statement`` for psycopg, with ``%(name)s`` for each ``bindparam``.

    Takes about a millisecond: callers keep the SQL of each shape of a list.
    """
    return str(statement.compile(dialect=_DIALECT)).encode()


def paged(statement: Select[Any], table: FromClause) -> Select[Any]:
    """The rows of ``table`` from new to old, of which ``limit`` after ``offset`` are read."""
    limit, offset = bindparam("limit", type_=BigInteger), bindparam("offset", type_=BigInteger)
    return statement.order_by(*newest_first(table)).limit(limit).offset(offset)


def newest_first(table: FromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The order of every list."""
    return table.c.created_at.desc(), table.c.id.desc()


def older(table: FromClause) -> ColumnElement[bool]:
    """Whether a row comes after ``before_at`` and ``before_id`` in a list.

    Compared as one row, so that an index leads straight to the page.
    """
    columns = (table.c.created_at, table.c.id)
    names = ("before_at", "before_id")
    before = [bindparam(name, type_=column.type) for name, column in zip(names, columns, strict=True)]
    return tuple_(*columns) < tuple_(*before)


def before_parameters(before: Before | None) -> dict[str, object]:
    """The values of :func:`older`."""
    return {} if before is None else {"before_at": before[0], "before_id": before[1]}


def beginning_with(prefix: str) -> str:
    """The LIKE pattern of texts that begin with ``prefix``, in which no character stands for others."""
    return prefix.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
