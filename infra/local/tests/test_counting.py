"""What a function sends to its store is counted as what it is, and arrives."""

import http.server
import json
import threading
import unittest

from rialto_local.bench import counting
from rialto_local.bench.client import Client, Load


class _Store(http.server.BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Silent."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"target": self.headers["X-Amz-Target"], "got": json.loads(body)}).encode())


def _key(text: str) -> dict[str, object]:
    return {"pk": {"S": text}, "sk": {"S": "A"}}


class Counting(unittest.TestCase):
    def setUp(self) -> None:
        store = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Store)
        threading.Thread(target=store.serve_forever, daemon=True).start()
        self.addCleanup(store.server_close)
        self.addCleanup(store.shutdown)
        self.proxy = counting.Proxy(f"http://127.0.0.1:{store.server_address[1]}")
        self.enterContext(self.proxy)
        self.client = Client(self.proxy.address)
        self.addCleanup(self.client.close)

    def _send(self, operation: str, request: object) -> counting.Call:
        answer = self.client.dynamodb(operation, request)
        self.assertEqual(answer, {"target": f"DynamoDB_20120810.{operation}", "got": request})
        (call,) = self.proxy.take()
        return call

    def test_a_read_of_the_service_and_a_write_of_the_edge_are_told_apart(self) -> None:
        read = self._send("GetItem", {"TableName": "t", "Key": _key("CART#1")})
        self.assertEqual((read.name, read.items, read.is_read, read.is_edges), ("GetItem", 1, True, False))
        for key in ("IDEM#x", "LIMIT#x"):
            write = self._send("PutItem", {"TableName": "t", "Item": {**_key(key), "state": {"S": "done"}}})
            self.assertEqual((write.items, write.is_read, write.is_edges), (1, False, True))
            self.assertEqual(counting.writes([read, write]), 1)

    def test_a_transaction_of_both_is_the_services(self) -> None:
        writes = [{"Put": {"TableName": "t", "Item": _key("IDEM#x")}}, {"Update": {"TableName": "t", "Key": _key("CART#1")}}]
        call = self._send("TransactWriteItems", {"TransactItems": writes})
        self.assertEqual((call.items, call.is_edges, counting.writes([call])), (2, False, 1))

    def test_a_batch_counts_the_items_of_each_table(self) -> None:
        tables = {"t": {"Keys": [_key("A"), _key("B")]}, "u": {"Keys": [_key("C")]}}
        call = self._send("BatchGetItem", {"RequestItems": tables})
        self.assertEqual((call.items, call.is_read), (3, True))
        self.assertEqual(counting.summary([call, call], 2), "1 BatchGetItem of 3 items")


class Percentiles(unittest.TestCase):
    def test_they_are_requests_that_were_seen(self) -> None:
        load = Load([n / 1000 for n in range(1, 101)])
        self.assertEqual((load.percentile(50), load.percentile(99)), (51, 100))
        self.assertEqual(Load([0.5]).percentile(99), 500)


if __name__ == "__main__":
    unittest.main()
