"""What the storefront is told by its environment. A missing variable ends the process with its name."""

import os


def port() -> int:
    return int(os.environ["DEMO_STOREFRONT_PORT"])


def database_url() -> str:
    """A libpq URL; the user may create schemas in the database."""
    return os.environ["DEMO_DATABASE_URL"]


def redis_url() -> str:
    return os.environ["DEMO_REDIS_URL"]


def stock_url() -> str:
    return f"http://127.0.0.1:{os.environ['DEMO_STOCK_PORT']}"
