"""The relevance bench: its queries are frozen, and its measure is the known one."""

import tempfile
import unittest
from pathlib import Path

from rialto_local.relevance import catalogue, queries, run, wands
from rialto_local.relevance.queries import Query
from rialto_local.say import Failure


class Relevance(unittest.TestCase):
    def test_the_queries_are_the_frozen_ones(self) -> None:
        asked = queries.generated(catalogue.demo())
        self.assertEqual(queries.digest(asked), run._FROZEN)
        self.assertEqual(len({query.kind for query in asked}), 9)

    def test_a_ranking_is_worth_1_only_in_the_best_order(self) -> None:
        query = Query("q", "exact", "lamp", {"a": 3, "b": 1})
        self.assertAlmostEqual(run._ndcg(query, ["a", "b"]), 1)
        # (1 / log2(2) + 7 / log2(3)) / (7 / log2(2) + 1 / log2(3))
        self.assertAlmostEqual(run._ndcg(query, ["b", "a"]), 0.7098, places=4)
        self.assertEqual(run._ndcg(query, ["x"]), 0)
        self.assertEqual(run._recall(query, ["x", "a"]), 1)


class Wands(unittest.TestCase):
    _FILES = {
        "product.csv": "product_id\tproduct_name\tproduct_class\tcategory hierarchy\tproduct_description\tproduct_features\n"
        '0\tsolid wood bed\tBeds\tFurniture / Bedroom / Beds\ta 60"" bed\t"size : 60"" | color : oak|color:pine|odd"\n'
        "1\tshelf\t\t\t\t\n",
        "query.csv": "query_id\tquery\tquery_class\n0\twood bed\tBeds\n1\tpink unicorn\t\n",
        "label.csv": "id\tquery_id\tproduct_id\tlabel\n0\t0\t0\tExact\n1\t0\t1\tPartial\n2\t1\t1\tIrrelevant\n",
    }

    def _load(self, **changed: str) -> tuple[list[catalogue.Product], list[Query]]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**self._FILES, **changed}.items():
                (Path(folder) / name).write_text(text)
            return wands.load(Path(folder))

    def test_products_and_the_queries_that_have_an_answer_are_read(self) -> None:
        (bed, shelf), asked = self._load()
        self.assertEqual(bed.category, ("Furniture", "Bedroom", "Beds"))
        self.assertEqual(bed.attributes, {"size": '60"', "color": "oak, pine"})
        self.assertEqual((shelf.category, shelf.attributes), (("Other",), {}))
        self.assertEqual(asked, [Query("0", "WANDS", "wood bed", {"0": 3, "1": 1})])

    def test_files_of_another_form_are_refused(self) -> None:
        for name, text in [("label.csv", "id,query_id\n"), ("label.csv", "query_id\tproduct_id\tlabel\n0\t0\tGood\n")]:
            with self.assertRaises(Failure):
                self._load(**{name: text})


if __name__ == "__main__":
    unittest.main()
