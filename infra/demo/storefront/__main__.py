"""Serves the storefront on loopback until SIGTERM; requests in flight are finished first."""

import logging
import signal
import sys

import uvicorn

from storefront import settings
from storefront.app import app

# The agent has set up the root logger already when it runs us; alone, the log goes to stderr just the same.
logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
# One line per outgoing request says nothing that its span does not.
logging.getLogger("httpx").setLevel(logging.WARNING)
# The server would log each failure a second time, outside the request's trace: app.py has logged it inside.
logging.getLogger("uvicorn.error").addFilter(lambda record: not record.exc_info)

# The server raises the signal again once it has closed: left alone, that would end us before the agent has sent its last
# spans.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

uvicorn.run(
    app,
    host="127.0.0.1",
    port=settings.port(),
    log_config=None,
    access_log=False,
    timeout_graceful_shutdown=5,
)
