"""Order of deployment."""

import tempfile
import unittest
from pathlib import Path

from rialto_local import plan


class Waves(unittest.TestCase):
    def test_platform_then_data_then_services_then_gateway(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            infra = Path(folder)
            for file in (
                "platform.yaml",
                "api.yaml",
                "data/carts.yaml",
                "services/carts.yaml",
                "services/edge.yaml",
                "operations.yaml",
            ):
                (infra / file).parent.mkdir(exist_ok=True)
                (infra / file).touch()
            names = [[unit.name for unit in wave] for wave in plan.waves("dev", infra)]
            self.assertEqual(names, [["dev-platform"], ["dev-data-carts"], ["dev-carts", "dev-edge"], ["dev-api"]])
            carts, edge = plan.waves("dev", infra)[2]
            self.assertEqual((carts.data_of, edge.data_of), ("dev-data-carts", None))

    def test_what_is_not_there_is_left_out(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(plan.waves("dev", Path(folder)), [])
