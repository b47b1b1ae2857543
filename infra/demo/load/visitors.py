"""Visitors of the demo shop: steady, seeded, gentle waves; ends on SIGTERM.

Asks the storefront as customers do, and stock as its keeper does. About 8 requests a second, between 6 and 10 over
each WAVE_S. Standard library only, and no agent: this is the world outside.
"""

import json
import logging
import math
import os
import random
import signal
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger("visitors")

REQUESTS_PER_S = 8
WAVE_PER_S = 2
WAVE_S = 180
USERS = 400
# Requests in flight; when the shop is so slow that all are, visitors stay away rather than queue.
IN_FLIGHT_MAX = 24
TIMEOUT_S = 10
OPENING_S_MAX = 120

STOREFRONT = f"http://127.0.0.1:{os.environ['DEMO_STOREFRONT_PORT']}"
STOCK = f"http://127.0.0.1:{os.environ['DEMO_STOCK_PORT']}"
# Proxies are for the world; the shop is on loopback.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(method: str, url: str, user: str | None = None, body: dict | None = None) -> None:
    """One request; what it answers is the shop's own business."""
    headers = {"user-agent": "visitor/1.0"}
    if user:
        headers["x-user-id"] = user
    data = None
    if body is not None:
        headers["content-type"] = "application/json"
        data = json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with OPENER.open(request, timeout=TIMEOUT_S) as answer:
            answer.read()
    except (urllib.error.URLError, OSError) as error:
        # 4xx and 5xx are part of the show.
        if not isinstance(error, urllib.error.HTTPError):
            log.warning("%s %s: %s", method, url, error)


class Visitor:
    """What one draw of the dice does. All randomness is drawn here, in one thread, so that a seed is a day."""

    def __init__(self, dice: random.Random):
        self.dice = dice

    def product(self) -> int:
        # Squared: low numbers are popular.
        return 1 + int(120 * self.dice.random() ** 2)

    def next(self) -> list[tuple]:
        """Requests to make one after the other, as arguments of `ask`."""
        user = f"u{100 + int(USERS * self.dice.random() ** 1.5)}"
        weights = [weight for weight, _ in self.DAY]
        return self.dice.choices([make for _, make in self.DAY], weights)[0](self, user)

    def home(self, user):
        return [("GET", f"{STOREFRONT}/", user)]

    def category(self, user):
        return [("GET", f"{STOREFRONT}/products?category={self.dice.randint(1, 6)}", user)]

    def look(self, user):
        return [("GET", f"{STOREFRONT}/products/{self.product()}", user)]

    def look_at_nothing(self, user):
        return [("GET", f"{STOREFRONT}/products/{self.dice.randint(900, 999)}", user)]

    def search(self, user):
        word = self.dice.choice(["mug", "la", "blanket", "steel", "speaker", "x"])
        return [("GET", f"{STOREFRONT}/search?q={word}", user)]

    def related(self, user):
        return [("GET", f"{STOREFRONT}/products/{self.product()}/related", user)]

    def buy(self, user):
        """Into the basket, then to the desk; one in forty wants more than the shop sells at once."""
        quantity = 30 if self.dice.random() < 0.025 else self.dice.randint(1, 3)
        products = {self.product() for _ in range(self.dice.randint(1, 3))}
        puts = [("PUT", f"{STOREFRONT}/basket/{product}", user, {"quantity": quantity}) for product in sorted(products)]
        return [*puts, ("POST", f"{STOREFRONT}/purchases", user)]

    def history(self, user):
        return [("GET", f"{STOREFRONT}/purchases", user)]

    def voucher(self, user):
        code = self.dice.choice(["WELCOME10", "THANKS15", "SPRING", "OOPS90"])
        return [("GET", f"{STOREFRONT}/vouchers/{code}", user)]

    def label(self, user):
        return [("GET", f"{STOREFRONT}/products/{self.dice.choice([29, 58, 4, 12, 33])}/label", user)]

    def sales(self, _):
        return [("GET", f"{STOREFRONT}/reports/sales")]

    def forecast(self, _):
        return [("GET", f"{STOREFRONT}/reports/forecast")]

    def archive(self, _):
        return [("POST", f"{STOREFRONT}/purchases/archive")]

    def deliver(self, _):
        return [("POST", f"{STOCK}/deliveries")]

    def warehouses(self, _):
        return [("GET", f"{STOCK}/warehouses")]

    def fill(self, _):
        return [("GET", f"{STOCK}/warehouses/{self.dice.randint(1, 4)}/fill")]

    def value(self, _):
        return [("GET", f"{STOCK}/warehouses/{self.dice.randint(1, 3)}/value")]

    # Of a thousand visits.
    DAY = [
        (200, home), (160, category), (280, look), (12, look_at_nothing), (60, search), (14, related), (90, buy),
        (60, history), (20, voucher), (14, label), (5, sales), (2, forecast), (2, archive), (16, deliver),
        (30, warehouses), (15, fill), (20, value),
    ]  # fmt: skip


def wait_for_opening(stop: threading.Event) -> bool:
    deadline = time.monotonic() + OPENING_S_MAX
    while time.monotonic() < deadline and not stop.wait(0.5):
        try:
            with OPENER.open(f"{STOREFRONT}/healthz", timeout=2):
                return True
        except OSError:
            pass
    return False


def visit(plan: list[tuple], seats: threading.Semaphore, stop: threading.Event) -> None:
    try:
        for request in plan:
            if stop.is_set():
                return
            ask(*request)
    finally:
        seats.release()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    if not wait_for_opening(stop):
        if not stop.is_set():
            raise SystemExit(f"the storefront did not open within {OPENING_S_MAX} s")
        return
    seed = os.environ.get("DEMO_LOAD_SEED", "1")
    visitor = Visitor(random.Random(seed))
    seats = threading.Semaphore(IN_FLIGHT_MAX)
    log.info("visitors come, seed %s", seed)
    started = time.monotonic()
    with ThreadPoolExecutor(IN_FLIGHT_MAX) as pool:
        while True:
            plan = visitor.next()
            # A plan of several requests counts as that many, so the rate is one of requests.
            rate = REQUESTS_PER_S + WAVE_PER_S * math.sin(2 * math.pi * (time.monotonic() - started) / WAVE_S)
            if stop.wait(visitor.dice.expovariate(rate / len(plan))):
                break
            if seats.acquire(blocking=False):
                pool.submit(visit, plan, seats, stop)
    log.info("the last visitor has left")


if __name__ == "__main__":
    main()
