"""Prices of now, which stock asks for when it reserves or values."""

from fastapi import APIRouter, HTTPException

from storefront import cache
from storefront.postgres import row

router = APIRouter()


@router.get("/prices/{product_id}")
def price(product_id: int) -> dict:
    found = cache.remember(f"price:{product_id}", 5, lambda: find(product_id))
    if found is None:
        raise HTTPException(404, "no such product")
    return found


def find(product_id: int) -> dict | None:
    return row("select id as product_id, price_cents from shop.product where id = %s", product_id)
