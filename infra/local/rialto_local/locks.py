"""Locks between processes of this machine, given up when their holder dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from rialto_local import paths, say


@contextmanager
def held(name: str, waiting: str) -> Iterator[None]:
    """Holds the lock `name`; says `waiting` when another process has it."""
    paths.HOME.mkdir(exist_ok=True)
    with open(paths.HOME / f"{name}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say.line(f"  {waiting}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
