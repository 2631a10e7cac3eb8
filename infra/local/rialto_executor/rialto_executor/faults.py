"""Faults that tests order for a function's next invocations, at `POST /_rialto/functions/<name>/faults`.

`kill`         the process is killed as soon as it has taken the invocation
`lose_answer`  the function runs to its end, then its process is killed and its answer is lost
"""

import threading
from collections import defaultdict, deque

KINDS = ("kill", "lose_answer")

_lock = threading.Lock()
_ordered: dict[str, deque[str]] = defaultdict(deque)


def order(function: str, kind: str, times: int) -> None:
    """Orders a fault for the next `times` invocations of the function, after those ordered before."""
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    with _lock:
        _ordered[function].extend([kind] * times)


def cancel(function: str) -> int:
    """Forgets what is ordered for the function; tells how many faults that were."""
    with _lock:
        return len(_ordered.pop(function, ()))


def next_for(function: str) -> str | None:
    """The fault of the invocation that starts now, if one is ordered."""
    with _lock:
        waiting = _ordered.get(function)
        return waiting.popleft() if waiting else None
