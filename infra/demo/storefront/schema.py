"""Lays the shop's tables and first wares; run before each start, and changes nothing the second time.

    python -m storefront.schema

Its own process, so that a visitor's first traces are about the shop and not about tables.
"""

from pathlib import Path

import psycopg

from storefront import settings

# Any number: two starts at the same time wait for each other.
LOCK = 20_417
HERE = Path(__file__).parent


def main() -> None:
    with psycopg.connect(settings.database_url(), connect_timeout=10) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        for file in ("schema.sql", "seed.sql"):
            connection.execute((HERE / file).read_text())


if __name__ == "__main__":
    main()
