"""Sections that measure one function each: its speed beside that of a bare call of its store, and what it asks of it."""

import secrets
import time
from collections.abc import Callable
from typing import Any

from rialto_local import aws
from rialto_local.bench import client, counting
from rialto_local.bench.client import Client, Load
from rialto_local.bench.counting import Call
from rialto_local.bench.setting import Bench, eventually
from rialto_local.runtime import Function

_TIMES = 400
_COUNTED = 5
_ORDERS = 15
_WARM_UP = 20
_AIM_RESIDENT_MB = 30
_ADDS_A_CART = 50


def product_page(bench: Bench) -> None:
    """`GET /v1/products/{id}` beside a bare `GetItem` of the same product."""
    ids = [item["productId"] for item in bench.items]
    turn = iter(range(1_000_000))

    def ask(asked: Client) -> Any:
        return asked.ask("GET", f"/v1/products/{ids[next(turn) % len(ids)]}")

    with bench.counted("catalog-show-product") as proxy:
        _show_counts(_count(bench, proxy, ask), "1 read")
    with bench.function("catalog-show-product") as function:
        page = _measure(bench, function, ask)
    key = {"pk": {"S": f"PRODUCT#{ids[0]}"}, "sk": {"S": "PRODUCT"}}
    request = {"TableName": f"{bench.stack.stage}-catalog", "Key": key}
    _compare(page, "GetItem of the same row", _bare(bench, lambda bare: bare.dynamodb("GetItem", request)))


def search(bench: Bench) -> None:
    """`GET /v1/search` beside the same query sent straight to OpenSearch."""
    _beside_opensearch(bench, "search-query-products", "/v1/search?q=wireless%20headphones")


def suggest(bench: Bench) -> None:
    """`GET /v1/search/suggest` beside the same query sent straight to OpenSearch."""
    _beside_opensearch(bench, "search-suggest-queries", "/v1/search/suggest?q=wirel")


def _beside_opensearch(bench: Bench, function_name: str, path: str) -> None:
    assert bench.items

    def ask(asked: Client) -> Any:
        return asked.ask("GET", path)

    with bench.counted_in_both(function_name) as (dynamodb, opensearch):
        calls = _count(bench, opensearch, ask)
        rows = dynamodb.take()
    print(f"  OpenSearch a request: {counting.summary(calls, _COUNTED)}; DynamoDB: {counting.summary(rows, _COUNTED)} (aim: none)")
    with bench.function(function_name) as function:
        found = _measure(bench, function, ask)
    straight = Client(bench.stack.opensearch)
    query = next(call for call in calls if call.name in ("_search", "_msearch"))
    _compare(found, f"the same {query.name} straight", _repeated(lambda: straight.ask("POST", query.path, query.body)))


def add_to_cart(bench: Bench) -> None:
    """`POST /v1/cart/items` with an Idempotency-Key, into a cart that exists, beside a bare conditional `UpdateItem`."""
    offers = [item["offerId"] for item in bench.items[:10]]
    guest: dict[str, str] = {}
    turn = iter(range(1_000_000))

    def ask(asked: Client) -> Any:
        line = {"offerId": offers[next(turn) % len(offers)], "quantity": 1}
        return asked.ask("POST", "/v1/cart/items", line, {**guest, "Idempotency-Key": secrets.token_hex(16)})

    def before(asked: Client, number: int) -> None:
        if number % _ADDS_A_CART == 0:
            guest.clear()
            guest["Cart-Token"] = ask(asked)["cartToken"]

    with bench.counted("carts-add-item") as proxy:
        _show_counts(_count(bench, proxy, ask, before), "at most 3 operations")
    with bench.function("carts-add-item") as function:
        added = _measure(bench, function, ask, before)
    _compare(added, "a bare conditional UpdateItem", _bare_update(bench))


def order(bench: Bench) -> None:
    """`POST /v1/orders/checkout`, accepted with no wait for its outcome, beside a bare conditional `UpdateItem`."""
    offers = [item["offerId"] for item in bench.items]
    form: dict[str, Any] = {}
    opened: list[str] = []

    def fill(_: Client | None = None, number: int = 0) -> None:
        _wait_for(bench, opened)
        line = {"offerId": offers[len(opened) % len(offers)], "quantity": 1}
        cart = bench.shopper.ask("POST", "/v1/cart/items", line, secrets.token_hex(16))
        form.update(bench.order_form(cart["id"]))

    def ask(asked: Client) -> Any:
        headers = {"Authorization": f"Bearer {bench.shopper.token}", "Idempotency-Key": secrets.token_hex(16)}
        opened.append(asked.ask("POST", "/v1/orders/checkout", form, headers)["id"])

    with bench.counted("checkout-place-order", CHECKOUT_WAIT_MS="0") as proxy:
        _show_counts(_count(bench, proxy, ask, fill), "at most 3 operations")
    with bench.counted("checkout-place-order") as proxy:
        began = time.monotonic()
        calls = _count(bench, proxy, ask, fill, times=1)
        polls = sum(call.is_read for call in calls)
        print(f"  waiting for the outcome as deployed: {polls} reads of its own row in {time.monotonic() - began:.1f} s")
    with bench.function("checkout-place-order", CHECKOUT_WAIT_MS="0") as function:
        accepted = _measure(bench, function, ask, fill, times=_ORDERS, warm_up=2)
    _wait_for(bench, opened)
    _compare(accepted, "a bare conditional UpdateItem", _bare_update(bench))


def _wait_for(bench: Bench, orders: list[str]) -> None:
    """Until the last order is settled and its cart is free again: a cart has one checkout at a time."""
    if orders:
        eventually("an order to be confirmed", lambda: _status(bench, orders[-1]) == "CONFIRMED")
        eventually("the cart to be empty", lambda: bench.shopper.ask("GET", "/v1/cart")["itemCount"] == 0)


def _status(bench: Bench, order_id: str) -> str | None:
    reply = bench.shopper.send("GET", f"/v1/orders/{order_id}")
    return reply.json()["status"] if reply.status == 200 else None


Ask = Callable[[Client], Any]
Before = Callable[[Client, int], None]


def _nothing(_: Client, __: int) -> None:
    pass


def _count(bench: Bench, proxy: counting.Proxy, ask: Ask, before: Before = _nothing, times: int = _COUNTED) -> list[Call]:
    """What that many requests send to the store."""
    asked = bench.client()
    calls: list[Call] = []
    for number in range(times):
        before(asked, number)
        proxy.take()
        ask(asked)
        calls += proxy.take()
    return calls


def _show_counts(calls: list[Call], aim: str) -> None:
    own = [call for call in calls if not call.is_edges]
    edges = [call for call in calls if call.is_edges]
    for whose, found, aimed in (("the handler's own", own, f" (aim: {aim})"), ("the edge's", edges, "")):
        reads = sum(call.is_read for call in found) / _COUNTED
        writes = counting.writes(found) / _COUNTED
        print(f"  DynamoDB, {whose}: {reads:g} reads, {writes:g} writes{aimed}: {counting.summary(found, _COUNTED)}")


def _measure(
    bench: Bench, function: Function, ask: Ask, before: Before = _nothing, times: int = _TIMES, warm_up: int = _WARM_UP
) -> Load:
    """One client's load on the function, and what its process spent."""
    asked = bench.client()
    for number in range(warm_up):
        before(asked, number)
        ask(asked)
    result = client.load(times, lambda: ask(asked), lambda number: before(asked, number), function.pid)
    resident = client.resident_mb(function.pid)
    print(f"  {result}   CPU {1000 * result.cpu / times:5.2f} ms a request of the function")
    print(f"  resident {resident:.1f} MB (aim {_AIM_RESIDENT_MB}: {resident / _AIM_RESIDENT_MB:.0%})")
    return result


def _compare(measured: Load, what: str, bare: Load) -> None:
    print(f"  {bare}   {what}")
    print(f"  ratio of the p50s: {measured.percentile(50) / bare.percentile(50):.1f}")


def _repeated(ask: Callable[[], Any]) -> Load:
    client.load(_WARM_UP, ask)
    return client.load(_TIMES, ask)


def _bare(bench: Bench, ask: Ask) -> Load:
    straight = Client(bench.stack.dynamodb)
    return _repeated(lambda: ask(straight))


def _bare_update(bench: Bench) -> Load:
    """A counter that is raised if it is what was read: the least that a guarded write can be."""
    table = "bench"
    dynamodb = aws.client(bench.stack, "dynamodb")
    if table not in dynamodb.list_tables()["TableNames"]:
        dynamodb.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    key, version = {"pk": {"S": secrets.token_hex(8)}}, iter(range(1_000_000))

    def update(straight: Client) -> Any:
        now = next(version)
        values = {":old": {"N": str(now)}, ":new": {"N": str(now + 1)}}
        condition = "attribute_not_exists(version) OR version = :old"
        return straight.dynamodb(
            "UpdateItem",
            {
                "TableName": table,
                "Key": key,
                "UpdateExpression": "SET version = :new",
                "ConditionExpression": condition,
                "ExpressionAttributeValues": values,
            },
        )

    return _bare(bench, update)
