"""What the shop sells: home page, lists, products, search."""

import logging

from fastapi import APIRouter, HTTPException

from storefront import cache, stock
from storefront.postgres import row, rows

router = APIRouter()
log = logging.getLogger("storefront.catalogue")


@router.get("/")
def home() -> dict:
    """Fast: one cache look-up, four times a minute a query."""
    return cache.remember("home", 15, lambda: {"categories": categories(), "products": featured()})


@router.get("/products")
def list_products(category: int = 1) -> list[dict]:
    return rows(
        """
        select id, name, price_cents
          from shop.product
         where category_id = %s
         order by name
         limit 50
        """,
        category,
    )


@router.get("/products/{product_id}")
def show_product(product_id: int) -> dict:
    """From the cache or Postgres, with the quantity that stock has; 404 for products that never were."""
    product = cache.remember(f"product:{product_id}", 20, lambda: find(product_id))
    if product is None:
        log.warning("product %d was asked for and does not exist", product_id)
        raise HTTPException(404, "no such product")
    return product | {"quantity": stock.level(product_id)}


@router.get("/products/{product_id}/label")
def show_label(product_id: int) -> dict:
    """Fails for products without a supplier: stock answers 500, and the client raises."""
    return stock.label(product_id)


@router.get("/products/{product_id}/related")
def related(product_id: int) -> list[dict]:
    """Slow: pairs every line of every purchase before it looks at the product that was asked for."""
    return rows(
        """
        with pair as materialized (
            select a.product_id as one, b.product_id as other, count(*) as times
              from shop.purchase_line a
              join shop.purchase_line b using (purchase_id)
             where a.product_id <> b.product_id
             group by a.product_id, b.product_id
        )
        select product.id, product.name, pair.times
          from pair
          join shop.product on product.id = pair.other
         where pair.one = %s
         order by pair.times desc, product.id
         limit 5
        """,
        product_id,
    )


@router.get("/search")
def search(q: str) -> list[dict]:
    """Slow, and slower for short words: it stands for a scan of a table that outgrew its index."""
    found = rows(
        """
        select product.id, product.name, product.price_cents
          from shop.product, pg_sleep(%s)
         where product.name ilike %s or product.description ilike %s
         order by product.price_cents
         limit 20
        """,
        1.2 / max(len(q), 2),
        f"%{q}%",
        f"%{q}%",
    )
    log.info("search for %r found %d products", q, len(found))
    return found


def find(product_id: int) -> dict | None:
    return row(
        """
        select product.id, product.name, product.description, product.price_cents, category.name as category
          from shop.product
          join shop.category on category.id = product.category_id
         where product.id = %s
        """,
        product_id,
    )


def categories() -> list[dict]:
    return rows("select id, name from shop.category order by id limit 50")


def featured() -> list[dict]:
    return rows("select id, name, price_cents from shop.product where id %% 17 = 0 order by id limit 12")
