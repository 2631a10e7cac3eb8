"""What is a leak in a log, and what only looks like one."""

import tempfile
import unittest
from pathlib import Path

import check_leaks

_TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJl"
_CART = "q83vEjRWeJASNFZ4kBI0VniQEjRWeJASNFZ4kBI0Vng"
_KNOWN = check_leaks.Known.of([_CART, "correct horse battery staple"])
_LINE = '{"level":"INFO","message":"request handled","http.route":"/v1/cart","http.status":201,"duration.ms":99}'


def _kinds(text: str) -> set[str]:
    return {kind for kind, _ in check_leaks.in_text(text, _KNOWN)}


class Shapes(unittest.TestCase):
    def test_each_kind_is_found_wherever_it_is(self) -> None:
        planted = {
            f"authorization=Bearer {_TOKEN}": "token",
            f'"token":"{_CART}"': "secret of a test",
            f"cart={_CART};": "secret of a test",
            "wrong: correct horse battery staple!": "secret of a test",
            '{"message":"no account ada.l+shop@mail.example.com"}': "e-mail",
            '"body":"{\\"password\\":\\"hunter2\\"}"': "password",
            "card 4242 4242 4242 4242 refused": "card number",
            '"number":"5555555555554444"': "card number",
            '{"pan":378282246310005}': "card number",
            "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQ": "password hash",
            "-----BEGIN PRIVATE KEY-----": "private key",
        }
        for text, kind in planted.items():
            self.assertIn(kind, _kinds(text), text)

    def test_what_a_log_may_have_is_none(self) -> None:
        for text in [
            _LINE,
            '{"timestamp":"2026-11-21T10:42:23.103323Z","order.id":"ord_0190163d8694739b9f3a1c5d7e9b2f40"}',
            "START RequestId: 4242424242424242-8abc-4c82-bcc2-1db32f474511 Version: $LATEST",
            '{"epoch.ms":1795257743103,"key.id":"Yt5mqXcQ0gVh0o9dVbKZ4Jm3n1m5tQbqv1mT8b7QyPs"}',
            '{"number":"4242424242424241"}',
            '"xrayTraceId":"Root=1-6b01f007-cd1e716d9d6049cce28a62df;Parent=4242424242424242;Sampled=1"',
        ]:
            self.assertEqual(_kinds(text), set(), text)


class Logs(unittest.TestCase):
    def test_a_planted_secret_is_told_with_file_and_line_and_masked(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            lines = [_LINE, f"Bearer {_TOKEN}", _LINE]
            (Path(folder) / "dev-carts-add-item.log").write_text("\n".join(lines))
            leaks = check_leaks.in_places(check_leaks.logs(Path(folder)), _KNOWN)
        self.assertEqual([leak.place for leak in leaks], ["dev-carts-add-item.log:2"])
        self.assertNotIn(_TOKEN, str(leaks[0]) + repr(leaks[0]))

    def test_logs_without_one_are_clean(self) -> None:
        self.assertEqual(check_leaks.in_places([("a.log:1", _LINE)], _KNOWN), [])


if __name__ == "__main__":
    unittest.main()
