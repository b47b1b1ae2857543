"""The pool of Postgres connections. Rows come as dicts; each statement is its own transaction unless one is begun."""

from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from storefront import settings

# A statement that takes longer is cancelled by the server; reports.forecast runs into it on purpose.
STATEMENT_TIMEOUT_MS = 3000

pool = ConnectionPool(
    settings.database_url(),
    min_size=2,
    max_size=8,
    timeout=5,
    open=False,
    kwargs={
        "row_factory": dict_row,
        "autocommit": True,
        "application_name": "storefront",
        "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS}",
    },
)


def rows(sql: str, *values) -> list[dict]:
    with pool.connection() as connection:
        return connection.execute(sql, values).fetchall()


def row(sql: str, *values) -> dict | None:
    found = rows(sql, *values)
    return found[0] if found else None
