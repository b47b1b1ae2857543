"""Storefront of the demo shop: catalogue, baskets, purchases, reports.

An ordinary FastAPI application. It knows nothing of who collects its telemetry: the agent is put around it by
`opentelemetry-instrument` and told where to send by its environment (see `../run`).
"""
