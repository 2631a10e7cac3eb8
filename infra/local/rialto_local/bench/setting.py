"""What sections share: a catalogue, people, and functions of the release build under a runtime API."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from rialto_local import demo, demo_catalogue, environment, http, paths, seed
from rialto_local.bench.client import Client
from rialto_local.bench.counting import Proxy
from rialto_local.demo import Person
from rialto_local.runtime import Function, LambdaApi
from rialto_local.say import Failure, step
from rialto_local.stack import Stack

_SECONDS = 180
_QUIET_SECONDS = 5
_LEAST_ITEMS = 20
_ADDRESS = {"name": "Ada", "line1": "1 Market Street", "city": "London", "postalCode": "SW1Y 4JH", "country": "GB"}


class Bench:
    """A stack with a catalogue, of which single functions run here."""

    def __init__(self, stack: Stack, api: LambdaApi):
        self.stack, self.api = stack, api
        self._environments = environment.of_functions(stack)

    @contextmanager
    def function(self, name: str, **variables: str) -> Iterator[Function]:
        """The release build of a function, with these variables changed, until the end of the block."""
        changed = {**self._environments[name], "AWS_LAMBDA_RUNTIME_API": self.api.runtime_of(name), **variables}
        with open(self.stack.state / f"{name}.log", "ab") as log:
            function = Function(paths.TARGET / "release" / name, changed, self.stack.state, log)
            function.look_after()
            try:
                yield function
            finally:
                function.end()

    def client(self) -> Client:
        """A connection to the functions that run here."""
        return Client(self.api.address)

    @contextmanager
    def counted(self, name: str, **variables: str) -> Iterator[Proxy]:
        """As `function`, with a proxy before DynamoDB that counts what it sends."""
        with self.counted_in_both(name, **variables) as (dynamodb, _):
            yield dynamodb

    @contextmanager
    def counted_in_both(self, name: str, **variables: str) -> Iterator[tuple[Proxy, Proxy]]:
        """As `counted`, with one before OpenSearch, too."""
        with Proxy(self.stack.dynamodb) as dynamodb, Proxy(self.stack.opensearch) as opensearch:
            proxies = {"AWS_ENDPOINT_URL_DYNAMODB": dynamodb.address, "OPENSEARCH_URL": opensearch.address}
            with self.function(name, **proxies, **variables):
                yield dynamodb, opensearch

    @cached_property
    def items(self) -> list[dict[str, Any]]:
        """Search hits of the demo catalogue, which is imported first; those that can be bought in quantity."""
        seller = Person(self.stack.base_url).log_in(**seed.credentials(self.stack)["seller"])
        demo.upload(seller)
        with step("waiting until the catalogue is searchable and the stack quiet"):
            self._wait_until_quiet(sum(not row.get("parent_sku") for row in demo_catalogue.rows()))
        found = Person(self.stack.base_url).ask("GET", "/v1/search?q=wireless&limit=100")["items"]
        in_stock = [item for item in found if item["availability"]["status"] == "in_stock"]
        if len(in_stock) < _LEAST_ITEMS:
            raise Failure(f"only {len(in_stock)} products to measure with")
        return in_stock

    @cached_property
    def shopper(self) -> Person:
        """Someone who is logged in."""
        anyone = Person(self.stack.base_url)
        email, password = f"bench-{secrets.token_hex(4)}@example.com", secrets.token_urlsafe(18)
        anyone.ask("POST", "/v1/users", {"email": email, "password": password, "name": "Ada Lovelace"})
        return anyone.log_in(email, password)

    def order_form(self, cart_id: str) -> dict[str, Any]:
        """A checkout of that cart."""
        return {"cartId": cart_id, "shippingAddress": _ADDRESS, "paymentMethodId": "pm_sandbox_approved"}

    def _wait_until_quiet(self, products: int) -> None:
        """Until every product is in the index, and nothing more is written for a while."""

        def indexed() -> tuple[int, int]:
            answer = http.call("GET", f"{self.stack.opensearch}/_stats/docs,indexing", timeout=30).json()
            primaries = answer["_all"]["primaries"]
            return primaries["docs"]["count"], primaries["indexing"]["index_total"]

        seen, since = indexed(), time.monotonic()

        def quiet() -> bool:
            nonlocal seen, since
            if (now := indexed()) != seen:
                seen, since = now, time.monotonic()
            return seen[0] >= products and time.monotonic() - since > _QUIET_SECONDS

        eventually(f"{products} products in the index and quiet", quiet)


def eventually(what: str, holds: Callable[[], bool]) -> None:
    """Waits until it holds."""
    deadline = time.monotonic() + _SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise Failure(f"waited {_SECONDS} s in vain for {what}")
        time.sleep(0.2)
