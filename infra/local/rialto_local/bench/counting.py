"""A proxy before DynamoDB Local or OpenSearch that notes what is really sent."""

import http.client
import http.server
import json
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_READS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}
_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
# Rows that the edge keeps in a service's table: of idempotency keys and of rate limits.
_EDGES = ("IDEM#", "LIMIT#")


@dataclass(frozen=True)
class Call:
    """One request to a store: what it is called, how many items it names, and whether all are rows of the edge."""

    name: str
    items: int
    edges_items: int
    path: str
    body: bytes

    @property
    def is_edges(self) -> bool:
        """Whether the handler has no part in it."""
        return 0 < self.items == self.edges_items

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.name in _READS


class Proxy:
    """Listens on a free port until the end of the block."""

    def __init__(self, target: str):
        self._target = urlsplit(target).netloc
        self._calls: list[Call] = []
        proxy = self

        class Handler(_Handler):
            owner = proxy

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self) -> list[Call]:
        """What was sent since the last `take`."""
        taken, self._calls = self._calls, []
        return taken

    def pass_on(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """Notes a request, sends it and returns the answer."""
        self._calls.append(_call(path, headers.get("x-amz-target", ""), body))
        connection = http.client.HTTPConnection(self._target, timeout=60)
        connection.request(method, path, body, {n: v for n, v in headers.items() if n.lower() != "host"})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), content


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    owner: Proxy

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, headers, content = self.owner.pass_on(self.command, self.path, self.headers, body)
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    do_GET = do_PUT = do_DELETE = do_POST


def _call(path: str, target: str, body: bytes) -> Call:
    if not target:
        return Call(path.partition("?")[0].rpartition("/")[2], 0, 0, path, body)
    name = target.rpartition(".")[2]
    keys = list(_partition_keys(json.loads(body)))
    return Call(name, len(keys), sum(key.startswith(_EDGES) for key in keys), path, body)


def _partition_keys(request: Any) -> list[str]:
    """Of all items that a request reads or writes: an item has its key as `pk`, wherever it stands."""
    if isinstance(request, list):
        return [key for entry in request for key in _partition_keys(entry)]
    if not isinstance(request, dict):
        return []
    if isinstance(own := request.get("pk"), dict) and "S" in own:
        return [own["S"]]
    return [key for entry in request.values() for key in _partition_keys(entry)]


def summary(calls: list[Call], requests: int) -> str:
    """So many calls a request, by name: `1 TransactWriteItems of 2 items`."""
    names = Counter(f"{call.name} of {call.items} items" if call.items > 1 else call.name for call in calls)
    return ", ".join(f"{number / requests:g} {name}" for name, number in sorted(names.items())) or "none"


def writes(calls: list[Call]) -> int:
    """How many of them write."""
    return sum(call.name in _WRITES for call in calls)
