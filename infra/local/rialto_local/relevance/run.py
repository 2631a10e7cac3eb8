"""Ranks a catalogue for the generated queries, scores both rankings, and says which aims were missed."""

import json
import math
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rialto_local import http, paths
from rialto_local.relevance import catalogue, queries, wands
from rialto_local.relevance.queries import Query
from rialto_local.say import Failure

# The demo catalogue's queries are frozen: whoever changes their generator changes this knowingly.
_FROZEN = "d99aee39db4acd36"
_AIM_OVERALL = 0.08
_AIM_A_CLASS = -0.02
_AT = 10
_DEPTH = 50

Ranking = dict[str, list[str]]


def run(opensearch: str, source: Path | None) -> None:
    """Prints NDCG@10 and recall@50 by class, ours beside the plain query's; of generated queries a missed aim is a failure.

    `source` is a seller's file, or the folder of the WANDS dataset; without it the demo catalogue is ranked.
    """
    if source and source.is_dir():
        products, asked = wands.load(source)
        print(f"{len(products)} products, {len(asked)} queries of the WANDS dataset, judged by people.")
        _report(asked, _ranked(opensearch, products, asked))
    else:
        _generated(opensearch, source)


def _generated(opensearch: str, file: Path | None) -> None:
    products = catalogue.of_file(file) if file else catalogue.demo()
    asked = queries.generated(products)
    if not file and queries.digest(asked) != _FROZEN:
        raise Failure(f"the queries have changed: their digest is {queries.digest(asked)}, frozen was {_FROZEN}")
    print(f"{len(products)} products, {len(asked)} queries. Queries and grades are synthetic: made by a program from the catalogue.")
    rankings = _ranked(opensearch, products, asked)
    missed = _report(asked, rankings)
    if missed:
        raise Failure("; ".join(missed))


def _ranked(opensearch: str, products: Sequence[catalogue.Product], asked: Sequence[Query]) -> dict[str, Ranking]:
    command = ["cargo", "run", "--quiet", "--package", "rialto-search", "--example", "rank", "--", opensearch]
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "products.jsonl", Path(folder) / "queries.jsonl"
        files[0].write_text("".join(json.dumps(product.as_row()) + "\n" for product in products))
        files[1].write_text("".join(json.dumps({"id": query.id, "q": query.text}) + "\n" for query in asked))
        done = subprocess.run(
            [*command, *map(str, files)], cwd=paths.REPOSITORY, env=os.environ, stdout=subprocess.PIPE, text=True, check=False
        )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if lines:
        http.call("DELETE", f"{opensearch}/{lines[0]['index']}")
    if done.returncode != 0 or len(lines) != len(asked) + 1:
        raise Failure(f"ranking ended with status {done.returncode} after {len(lines)} lines")
    return {line["id"]: line for line in lines[1:]}


def _report(asked: Sequence[Query], rankings: dict[str, Ranking]) -> list[str]:
    missed = []
    print(f"{'class':14} {'queries':>7} {'NDCG@10':>8} {'plain':>7} {'change':>8} {'recall@50':>10} {'plain':>7}")
    kinds = list(dict.fromkeys(query.kind for query in asked))
    for kind in [*kinds, "overall"]:
        of_kind = [query for query in asked if kind in (query.kind, "overall")]
        ours, plain = (_mean(_ndcg(query, rankings[query.id][by]) for query in of_kind) for by in ("ours", "plain"))
        found, found_plain = (
            _mean(_recall(query, rankings[query.id][by]) for query in of_kind) for by in ("ours", "plain")
        )
        change = ours / plain - 1 if plain else math.inf
        print(
            f"{kind:14} {len(of_kind):7} {ours:8.3f} {plain:7.3f} {change:+8.1%} {found:10.3f} {found_plain:7.3f}"
        )
        aim = _AIM_OVERALL if kind == "overall" else _AIM_A_CLASS
        if change < aim:
            missed.append(f"{kind}: {change:+.1%}, aim is at least {aim:+.0%}")
    return missed


def _mean(values) -> float:
    values = list(values)
    return sum(values) / len(values)


def _ndcg(query: Query, ranking: list[str]) -> float:
    def gain(grades: list[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:_AT]))

    best = gain(sorted(query.grades.values(), reverse=True))
    return gain([query.grades.get(sku, 0) for sku in ranking]) / best


def _recall(query: Query, ranking: list[str]) -> float:
    """Of the products that are just what was asked for, as many as a page of that size can show."""
    good = {sku for sku, grade in query.grades.items() if grade == 3}
    return len(good & set(ranking[:_DEPTH])) / min(len(good), _DEPTH)
