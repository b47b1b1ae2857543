"""Redis: JSON answers for a few seconds, and baskets."""

import json
from collections.abc import Callable

import redis as client

from storefront import settings

redis = client.Redis.from_url(settings.redis_url(), decode_responses=True, socket_timeout=1, socket_connect_timeout=1)


def remember(key: str, ttl_s: int, make: Callable[[], object]):
    """What is kept under `key`; made and kept for `ttl_s` when there is nothing."""
    kept = redis.get(key)
    if kept is not None:
        return json.loads(kept)
    made = make()
    # "Nothing found" is not kept: the next asker may be luckier.
    if made is not None:
        redis.set(key, json.dumps(made), ex=ttl_s)
    return made
