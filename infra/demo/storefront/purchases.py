"""Purchases: check-out, a user's history, the archive."""

import logging

import psycopg
from fastapi import APIRouter, HTTPException

from storefront import basket, stock
from storefront.basket import UserId
from storefront.postgres import pool, row, rows

router = APIRouter()
log = logging.getLogger("storefront.purchases")


@router.post("/purchases", status_code=201)
def check_out(user: UserId) -> dict:
    """Reserves, charges, records. 409 sold out, 402 declined; more than 20 of one product break a check in Postgres."""
    wishes = {int(product): int(quantity) for product, quantity in basket.content(user).items()}
    if not wishes:
        raise HTTPException(400, "the basket is empty")
    basket.empty(user)
    try:
        prices = {product: stock.reserve(product, quantity)["price_cents"] for product, quantity in wishes.items()}
    except stock.SoldOut as error:
        log.warning("user %s came too late: %s", user, error)
        raise HTTPException(409, str(error)) from error
    total_cents = sum(prices[product] * quantity for product, quantity in wishes.items())
    charge(user, total_cents)
    purchase_id = record(user, total_cents, [(product, wishes[product], prices[product]) for product in wishes])
    log.info("purchase %d of user %s over %d cents", purchase_id, user, total_cents)
    return {"id": purchase_id, "total_cents": total_cents}


@router.get("/purchases")
def history(user: UserId) -> list[dict]:
    """Slow: one query for the purchases, then one for each purchase's lines, then one for each line's product."""
    purchases = rows(
        "select id, placed_at, total_cents from shop.purchase where customer_id = %s order by id desc limit 8", user
    )
    for purchase in purchases:
        purchase["lines"] = rows(
            "select product_id, quantity, price_cents from shop.purchase_line where purchase_id = %s limit 20",
            purchase["id"],
        )
        for line in purchase["lines"]:
            line |= row("select name from shop.product where id = %s", line["product_id"])
    return purchases


@router.post("/purchases/archive")
def archive() -> dict:
    """Drops what visitors bought over an hour ago, so that the shop never grows; the seed's purchases stay."""
    gone = rows(
        """
        delete from shop.purchase
         where id >= 100000
           and placed_at < now() - interval '1 hour'
        returning id
        """
    )
    log.info("archived %d purchases", len(gone))
    return {"archived": len(gone)}


def charge(user: str, cents: int) -> None:
    try:
        rows("select shop.charge(%s, %s)", user, cents)
    except psycopg.errors.RaiseException as error:
        log.warning("card of user %s: %s", user, error.diag.message_primary)
        raise HTTPException(402, error.diag.message_primary) from error


def record(user: str, total_cents: int, lines: list[tuple[int, int, int]]) -> int:
    """The new purchase's id. `lines` are (product, quantity, price in cents)."""
    with pool.connection() as connection, connection.transaction():
        purchase = connection.execute(
            "insert into shop.purchase (customer_id, total_cents) values (%s, %s) returning id", (user, total_cents)
        ).fetchone()
        connection.cursor().executemany(
            "insert into shop.purchase_line (purchase_id, product_id, quantity, price_cents) values (%s, %s, %s, %s)",
            [(purchase["id"], *line) for line in lines],
        )
    return purchase["id"]
