"""Reports for the shop's keeper: slow ones."""

import logging

from fastapi import APIRouter

from storefront.postgres import STATEMENT_TIMEOUT_MS, rows

router = APIRouter(prefix="/reports")
log = logging.getLogger("storefront.reports")


@router.get("/sales")
def sales() -> list[dict]:
    """Slow: 1.5 s of sleep stand for a lock that somebody else holds, then a join over all lines."""
    rows("select pg_sleep(1.5)")
    return rows(
        """
        select category.name, sum(line.quantity) as sold, sum(line.quantity * line.price_cents) as revenue_cents
          from shop.purchase_line line
          join shop.product on product.id = line.product_id
          join shop.category on category.id = product.category_id
         group by category.name
         order by revenue_cents desc
         limit 50
        """
    )


@router.get("/forecast")
def forecast() -> list[dict]:
    """Fails: takes longer than a statement may, so Postgres cancels it."""
    log.info("forecasting next week's sales")
    return rows("select pg_sleep(%s)", STATEMENT_TIMEOUT_MS / 1000 + 1)
