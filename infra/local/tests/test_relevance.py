"""The relevance bench: its queries are frozen, and its measure is the known one."""

import unittest

from rialto_local.relevance import catalogue, queries, run
from rialto_local.relevance.queries import Query


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


if __name__ == "__main__":
    unittest.main()
