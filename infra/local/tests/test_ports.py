"""Choice of ports."""

import socket
import unittest

from rialto_local import ports


class Choice(unittest.TestCase):
    def test_preferred_ports_are_taken_when_free(self) -> None:
        preferred = {"gateway": 4566, "dynamodb": 8000, "opensearch": 9200}
        self.assertEqual(ports.pick(preferred, taken=(), free=lambda _: True), preferred)

    def test_a_port_of_another_stack_is_not_given_out(self) -> None:
        picked = ports.pick({"gateway": 4566}, taken={4566}, free=lambda _: True)
        self.assertNotEqual(picked["gateway"], 4566)

    def test_a_port_that_is_not_free_is_not_given_out(self) -> None:
        picked = ports.pick({"gateway": 4566}, taken=(), free=lambda port: port != 4566)
        self.assertNotEqual(picked["gateway"], 4566)

    def test_no_port_is_given_out_twice(self) -> None:
        picked = ports.pick({"gateway": 4566, "dynamodb": 4566}, taken=(), free=lambda _: True)
        self.assertEqual(len(set(picked.values())), len(ports.NAMES))

    def test_no_free_port_is_an_error(self) -> None:
        with self.assertRaises(OSError):
            ports.pick({}, taken=(), free=lambda _: False)

    def test_a_listener_on_one_interface_makes_a_port_taken(self) -> None:
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with self.subTest(address), socket.create_server((address, 0), family=family) as server:
                self.assertFalse(ports.is_free(server.getsockname()[1]))

    def test_a_port_is_free_again_after_its_listener(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        self.assertTrue(ports.is_free(port))
