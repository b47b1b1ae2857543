"""The application: routers, shared connections, who is asking, and what a failure answers."""

import logging
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse
from opentelemetry import trace

from storefront import basket, cache, catalogue, postgres, pricing, purchases, reports, stock, vouchers

log = logging.getLogger("storefront")


@asynccontextmanager
async def lifespan(_: FastAPI):
    postgres.pool.open(wait=True, timeout=30)
    log.info("the storefront is open")
    yield
    stock.client.close()
    cache.redis.close()
    postgres.pool.close()
    log.info("the storefront is closed")


def name_user(x_user_id: Annotated[str | None, Header()] = None) -> None:
    """Puts the user on the request's span, as an application that knows its users does (OpenTelemetry's own API)."""
    if x_user_id:
        trace.get_current_span().set_attribute("enduser.id", x_user_id)


app = FastAPI(title="storefront", lifespan=lifespan, dependencies=[Depends(name_user)])
for router in (catalogue, basket, pricing, purchases, reports, vouchers):
    app.include_router(router.router)


@app.exception_handler(Exception)
def failed(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed: %s", request.method, request.url.path, error, exc_info=error)
    return JSONResponse({"error": "the storefront has a problem"}, status_code=500)


@app.get("/healthz")
def healthz() -> dict:
    return {"ok": True}
