"""Sections that the program `tests/bench` measures in its own process, over tables in memory, the stack's DynamoDB Local and its OpenSearch."""

import os
import subprocess

from rialto_local import paths, runtime
from rialto_local.bench.setting import Bench
from rialto_local.say import Failure

PROGRAM = "bench"


def edge(bench: Bench) -> None:
    """What token check, rate limit and idempotency add to a handler."""
    _run(bench, "edge")


def hot_product(bench: Bench) -> None:
    """Reservations of one offer beside a bare conditional `UpdateItem`, their write units, and what conflicts do."""
    _run(bench, "hot-product")


def large_search(bench: Bench) -> None:
    """Indexes of 1,000 and 100,000 products: filled, rebuilt, and searched beside the same `_search` sent straight."""
    _run(bench, "large-search", bench.stack.opensearch)


def _run(bench: Bench, section: str, address: str | None = None) -> None:
    command = [str(paths.TARGET / "release" / PROGRAM), section, address or bench.stack.dynamodb]
    # It prints its figures as they come.
    process = runtime.spawn(command, dict(os.environ), bench.stack.state)
    try:
        status = process.wait()
    finally:
        runtime.end(process)
    if status:
        raise Failure(f"section {section} ended with {status}")
