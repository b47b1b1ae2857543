"""Calls to the stock service. The agent sends the trace along."""

import httpx

from storefront import settings

client = httpx.Client(base_url=settings.stock_url(), timeout=4)


class SoldOut(Exception):
    """Less is left than was asked for."""


def level(product_id: int) -> int:
    answer = client.get(f"/levels/{product_id}")
    answer.raise_for_status()
    return answer.json()["quantity"]


def reserve(product_id: int, quantity: int) -> dict:
    """`{id, price_cents}` of the reservation, at the price of now."""
    answer = client.post("/reservations", json={"product_id": product_id, "quantity": quantity})
    if answer.status_code == 409:
        raise SoldOut(f"product {product_id} is sold out")
    answer.raise_for_status()
    return answer.json()


def label(product_id: int) -> dict:
    answer = client.get(f"/labels/{product_id}")
    answer.raise_for_status()
    return answer.json()
