"""One client that asks again and again over one connection, and what it saw."""

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rialto_local.say import Failure


class Client:
    """A kept connection. Anything but a success is a failure: an error must not pass for speed."""

    def __init__(self, address: str):
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """The answer's body as JSON; `body` is sent as JSON unless it is bytes."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        kind = {} if data is None else {"Content-Type": "application/json"}
        self._connection.request(method, path, data, {**kind, **(headers or {})})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise Failure(f"{method} {path}: {answer.status} {content.decode('utf-8', 'replace')[:500]}")
        return json.loads(content)

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def dynamodb(self, operation: str, request: Any) -> Any:
        """A bare call of DynamoDB Local, which checks no signature."""
        credential = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
        headers = {
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": credential,
        }
        return self.ask("POST", "/", json.dumps(request).encode(), headers)


@dataclass(frozen=True)
class Load:
    """How long each request took, and what the asked process ran for it, in seconds."""

    taken: list[float]
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second of the one client."""
        return len(self.taken) / sum(self.taken)

    def percentile(self, of_hundred: int) -> float:
        """In milliseconds."""
        ordered = sorted(self.taken)
        return 1000 * ordered[min(len(ordered) - 1, len(ordered) * of_hundred // 100)]

    def __str__(self) -> str:
        return f"{self.rate:7.1f} requests/s   p50 {self.percentile(50):7.2f} ms   p99 {self.percentile(99):7.2f} ms"


def load(
    times: int, ask: Callable[[], Any], before: Callable[[int], Any] = lambda _: None, process: int | None = None
) -> Load:
    """Asks so many times, one after another. `before`, which is told how many went before, is not measured."""
    taken, cpu = [], 0.0
    for number in range(times):
        before(number)
        cpu -= _cpu_seconds(process)
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
        cpu += _cpu_seconds(process)
    return Load(taken, cpu)


def _cpu_seconds(process: int | None) -> float:
    """What all threads of a process have run so far."""
    if process is None:
        return 0.0
    tasks = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def resident_mb(process: int | None) -> float:
    """The resident memory of a process."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))
