"""Vouchers: a code ends with its percentage, `WELCOME10`. Fails for codes that end with letters."""

import logging

from fastapi import APIRouter

router = APIRouter()
log = logging.getLogger("storefront.vouchers")


@router.get("/vouchers/{code}")
def show(code: str) -> dict:
    percent = percent_of(code)
    if percent > 50:
        log.error("voucher %s takes %d percent off: somebody gives the shop away", code, percent)
    return {"code": code, "percent": percent}


def percent_of(code: str) -> int:
    return int(code[-2:])
