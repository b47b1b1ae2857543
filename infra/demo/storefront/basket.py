"""Baskets: one Redis hash per user, product to quantity."""

import logging
from typing import Annotated

from fastapi import APIRouter, Header
from pydantic import BaseModel

from storefront.cache import redis

router = APIRouter()
log = logging.getLogger("storefront.basket")

BASKET_TTL_S = 1800

UserId = Annotated[str, Header(alias="x-user-id")]


class Wish(BaseModel):
    # Nobody checks how many: the database refuses more than 20 at check-out, much too late.
    quantity: int


@router.put("/basket/{product_id}")
def put(product_id: int, wish: Wish, user: UserId) -> dict:
    key = f"basket:{user}"
    redis.hset(key, str(product_id), wish.quantity)
    redis.expire(key, BASKET_TTL_S)
    log.info("user %s puts %d of product %d into the basket", user, wish.quantity, product_id)
    return content(user)


def content(user: str) -> dict[str, str]:
    """Product id to quantity, both as text."""
    return redis.hgetall(f"basket:{user}")


def empty(user: str) -> None:
    redis.delete(f"basket:{user}")
