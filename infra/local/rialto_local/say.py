"""Progress on standard error, one short line a step; standard output is for results."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Failure(Exception):
    """Something that the user must know and can act on. Printed without a stack trace."""


def line(text: str) -> None:
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Says what begins, and how long it took."""
    began = time.monotonic()
    line(f"  {text} ...")
    yield
    line(f"  {text}: {time.monotonic() - began:.1f} s")
