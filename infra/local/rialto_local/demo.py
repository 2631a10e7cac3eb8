"""`make demo`: a purchase from the seller's file to the order, then one with a declined card, told as it happens."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rialto_local import demo_catalogue, http, seed
from rialto_local.http import Reply
from rialto_local.say import Failure
from rialto_local.stack import Stack

_WANTED = "HEA-0007"
_MISSPELT = "nimbus aria wirless headphnes"
_QUANTITY = 2
_IMPORT_SECONDS = 120
_EVENTS_SECONDS = 60
_ORDER_SECONDS = 60

Json = Any


@dataclass(frozen=True)
class Person:
    """Someone with a token, or nobody yet."""

    base_url: str
    token: str | None = None

    def send(self, method: str, path: str, body: Json = None, key: str | None = None) -> Reply:
        """One request to the public API. `key` is the Idempotency-Key."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if key:
            headers["Idempotency-Key"] = key
        return http.call(method, self.base_url + path, body, headers, timeout=60)

    def ask(self, method: str, path: str, body: Json = None, key: str | None = None) -> Json:
        """As `send`, for requests that must succeed: the answer's body."""
        reply = self.send(method, path, body, key)
        if reply.status >= 300:
            raise Failure(f"{method} {path}: {reply.status} {reply.body.decode('utf-8', 'replace')}")
        return reply.json()

    def log_in(self, email: str, password: str) -> "Person":
        """The same address with a token of one's own."""
        return Person(
            self.base_url, self.ask("POST", "/v1/sessions", {"email": email, "password": password})["accessToken"]
        )


def run(stack: Stack, base_url: str | None = None) -> None:
    """Shows both purchases, at the stack's own address or another; a step that does not go as told is a failure."""
    began = time.monotonic()
    anyone = Person(base_url or stack.base_url)
    seller = anyone.log_in(**seed.credentials(stack)["seller"])
    print(f"The shop is at {anyone.base_url}\n")
    upload(seller)
    item = _search(anyone)
    shopper = _register(anyone)
    _buy(shopper, seller, item)
    _be_declined(shopper, seller, item)
    print(f"That was the demo: {time.monotonic() - began:.1f} s.")


def upload(seller: Person) -> None:
    """Imports the demo catalogue as that seller, and waits until the import has ended."""
    file = demo_catalogue.as_csv().encode()
    with _told(f"The seller uploads a catalogue of {len(file) // 1024} KiB"):
        created = seller.ask("POST", "/v1/catalog-imports", {"fileName": "demo.csv"}, key=_key())
        _post_form(created["upload"]["url"], created["upload"]["fields"], file)
        path = f"/v1/catalog-imports/{created['importId']}"

        def ended() -> Json:
            job = seller.ask("GET", path)
            return job if job["state"] not in ("pending", "running") else None

        job = _eventually("the import to end", _IMPORT_SECONDS, ended)
        if job["state"] != "completed":
            raise Failure(f"the import ended as {job['state']}: {job}")
        counts = job["counts"]
        _tell(
            f"{counts['rows']} rows: {counts['accepted']} accepted, {counts['unchanged']} unchanged, {counts['rejected']} rejected"
        )


def _search(anyone: Person) -> Json:
    with _told(f"Someone searches for “{_MISSPELT}”"):

        def found() -> tuple[Json, Json] | None:
            reply = anyone.send("GET", "/v1/search?q=" + _MISSPELT.replace(" ", "%20"))
            if reply.status == 503:  # a cold index on a busy machine
                return None
            page = reply.json()
            hits = [
                item
                for item in page["items"]
                if item["sku"] == _WANTED and item["availability"]["status"] == "in_stock"
            ]
            return (page, hits[0]) if hits else None

        page, item = _eventually(f"the search to find {_WANTED}", _EVENTS_SECONDS, found)
        meant = f" (did you mean “{page['didYouMean']}”?)" if "didYouMean" in page else ""
        _tell(f"{page['total']} products{meant}; among them “{item['title']}” at {_money(item['price'])}")
        product = anyone.ask("GET", f"/v1/products/{item['productId']}")
        _tell(f"its page: {' > '.join(product['categoryPath'])}; {product['description']}")
    return item


def _register(anyone: Person) -> Person:
    email, password = f"shopper-{secrets.token_hex(4)}@example.com", secrets.token_urlsafe(18)
    with _told(f"{email} registers and logs in"):
        anyone.ask("POST", "/v1/users", {"email": email, "password": password, "name": "Ada Lovelace"})
        shopper = anyone.log_in(email, password)
    return shopper


def _buy(shopper: Person, seller: Person, item: Json) -> None:
    before = _stock(seller)
    cart = _fill_cart(shopper, item)
    with _told("Checkout with a card that is approved"):
        order = _check_out(shopper, cart, "pm_sandbox_approved")
        _expect("the order's status", "CONFIRMED", order["status"])
    after = _stock(seller)
    _expect("stock", (before["onHand"] - _QUANTITY, before["reserved"]), (after["onHand"], after["reserved"]))
    _tell(f"the seller's stock: {before['onHand']} before, {after['onHand']} after, {after['reserved']} reserved")
    print()


def _be_declined(shopper: Person, seller: Person, item: Json) -> None:
    before = _stock(seller)
    cart = _fill_cart(shopper, item)
    with _told("Checkout with a card that is declined"):
        order = _check_out(shopper, cart, "pm_sandbox_declined")
        _expect("the order's status", "PAYMENT_FAILED", order["status"])

        def came_back() -> Json:
            now = _stock(seller)
            return now if (now["onHand"], now["reserved"]) == (before["onHand"], before["reserved"]) else None

        after = _eventually("the stock to come back", _EVENTS_SECONDS, came_back)
        _tell(f"the stock came back by itself: {after['available']} available, as before")
        _expect("the cart", _QUANTITY, shopper.ask("GET", "/v1/cart")["itemCount"])
        _tell("the cart is as it was")
    print()


def _fill_cart(shopper: Person, item: Json) -> Json:
    with _told(f"{_QUANTITY} × “{item['title']}” go into the cart"):

        def added() -> Json:
            reply = shopper.send(
                "POST", "/v1/cart/items", {"offerId": item["offerId"], "quantity": _QUANTITY}, key=_key()
            )
            return reply.json() if reply.status == 201 else None

        cart = _eventually("the cart to take the offer", _EVENTS_SECONDS, added)
        _tell(f"subtotal {_money(cart['subtotal'])}")
    return cart


def _check_out(shopper: Person, cart: Json, payment_method: str) -> Json:
    """Places the order and shows it once it is settled."""
    address = {
        "name": "Ada Lovelace",
        "line1": "1 Market Street",
        "city": "San Francisco",
        "region": "CA",
        "postalCode": "94105",
        "country": "US",
    }
    body = {"cartId": cart["id"], "shippingAddress": address, "paymentMethodId": payment_method}
    reply = shopper.send("POST", "/v1/orders/checkout", body, _key())
    answer = reply.json()
    match reply.status:
        case 201:
            order = answer
        case 202:
            order = _eventually(
                "the order to be settled", _ORDER_SECONDS, lambda: _settled(shopper, reply.headers["location"])
            )
        case 402:
            _tell(f"402 {answer['code']}: {answer['title']}")
            order = shopper.ask("GET", f"/v1/orders/{answer['orderId']}")
        case _:
            raise Failure(f"the checkout answered {reply.status} {reply.body.decode('utf-8', 'replace')}")
    _show_order(order)
    return order


def _settled(shopper: Person, path: str) -> Json:
    order = shopper.ask("GET", path)
    return order if order["status"] not in ("CREATED", "PAYMENT_PENDING") else None


def _stock(seller: Person) -> Json:
    """On hand, reserved and available of the wanted offer, over all warehouses."""
    rows = seller.ask("GET", f"/v1/inventory/{_WANTED}")["items"]
    return {name: sum(row[name] for row in rows) for name in ("onHand", "reserved", "available")}


def _show_order(order: Json) -> None:
    _tell(f"order {order['id']}: {order['status']}" + (f", {order['reason']}" if order.get("reason") else ""))
    for line in order["items"]:
        _tell(f"  {line['quantity']} × {line['title']}  {_money(line['lineTotal'])}")
    amounts = [
        f"{name} {_money(order[name])}"
        for name in ("subtotal", "discount", "shipping", "tax", "total")
        if order.get(name)
    ]
    _tell("  " + ", ".join(amounts))
    _tell(f"  payment {order['payment']['status']} ({order['payment']['method']})")
    _tell("  " + " → ".join(entry["event"] for entry in order["timeline"]))


def _post_form(url: str, fields: dict[str, str], file: bytes) -> None:
    """Uploads as a browser's form does: the fields, then the file."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="demo.csv"\r\nContent-Type: text/csv\r\n\r\n'.encode()
    body = b"".join([*parts, head, file, f"\r\n--{boundary}--\r\n".encode()])
    reply = http.call("POST", url, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}, timeout=60)
    if reply.status >= 300:
        raise Failure(f"the upload answered {reply.status} {reply.body.decode('utf-8', 'replace')}")


def _eventually(what: str, seconds: float, ask: Callable[[], Json]) -> Json:
    deadline = time.monotonic() + seconds
    while (answer := ask()) is None:
        if time.monotonic() > deadline:
            raise Failure(f"waited {seconds} s in vain for {what}")
        time.sleep(0.25)
    return answer


def _expect(what: str, expected: Json, actual: Json) -> None:
    if expected != actual:
        raise Failure(f"{what} should be {expected}, but is {actual}")


def _key() -> str:
    return secrets.token_hex(16)


def _money(money: Json) -> str:
    return f"{money['amount'] / 100:,.2f} {money['currency']}"


@contextmanager
def _told(what: str) -> Iterator[None]:
    print(what, flush=True)
    began = time.monotonic()
    yield
    _tell(f"({time.monotonic() - began:.1f} s)")


def _tell(text: str) -> None:
    print(f"    {text}", flush=True)
