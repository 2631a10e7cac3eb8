"""The demo catalogue."""

import csv
import io
import json
import re
import unittest

from rialto_local import demo, demo_catalogue


class Catalogue(unittest.TestCase):
    def setUp(self) -> None:
        self.rows = list(demo_catalogue.rows())

    def test_there_are_1000_products_of_different_names(self) -> None:
        own = [row for row in self.rows if not row["parent_sku"]]
        self.assertEqual((len(own), len({row["title"] for row in own})), (1_000, 1_000))

    def test_no_sku_is_used_twice_and_each_parent_is_there(self) -> None:
        skus = {row["sku"] for row in self.rows}
        self.assertEqual(len(skus), len(self.rows))
        self.assertLessEqual({row["parent_sku"] for row in self.rows} - {""}, skus)

    def test_it_is_the_same_each_time(self) -> None:
        self.assertEqual(demo_catalogue.as_csv(), demo_catalogue.as_csv())

    def test_prices_and_quantities_are_well_formed(self) -> None:
        for row in self.rows:
            self.assertRegex(row["price"], re.compile(r"^\d+\.\d\d$"))
            self.assertTrue(row["quantity"].isdigit())

    def test_both_formats_say_the_same(self) -> None:
        from_csv = [
            {name: value for name, value in row.items() if value}
            for row in csv.DictReader(io.StringIO(demo_catalogue.as_csv()))
        ]
        self.assertEqual(from_csv, [json.loads(line) for line in demo_catalogue.as_json_lines().splitlines()])

    def test_what_the_demo_buys_is_plentiful(self) -> None:
        wanted = next(row for row in self.rows if row["sku"] == demo._WANTED)
        self.assertGreater(int(wanted["quantity"]), 100)
