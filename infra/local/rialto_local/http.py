"""A small HTTP client, for health checks and the public API."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reply:
    """Status, headers (lower case) and body of an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def call(method: str, url: str, body: Any = None, headers: dict[str, str] | None = None, timeout: float = 30) -> Reply:
    """Sends a request; `body` is sent as JSON unless it is bytes. Error statuses are answers; no answer at all is `OSError`."""
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    all_headers = {
        "Accept": "application/json",
        **({} if data is None or isinstance(body, bytes) else {"Content-Type": "application/json"}),
        **(headers or {}),
    }
    request = urllib.request.Request(url, data=data, headers=all_headers, method=method)
    try:
        with _OPENER.open(request, timeout=timeout) as answer:
            return Reply(answer.status, _lower(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, _lower(error.headers), error.read())


# Proxies of the environment are not for addresses of this machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _lower(headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
