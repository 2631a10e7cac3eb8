"""WANDS, Wayfair's annotated dataset: products, queries that people typed, and people's judgments of which answers which.

Read from a folder with its files as they are published (github.com/wayfair/WANDS, `dataset/`): `product.csv`, `query.csv` and
`label.csv`, separated by tabs.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from rialto_local.relevance.catalogue import Product
from rialto_local.relevance.queries import Query
from rialto_local.say import Failure

_GRADES = {"Exact": 3, "Partial": 1, "Irrelevant": 0}


def load(folder: Path) -> tuple[list[Product], list[Query]]:
    """The products, and the queries that some product is judged to answer exactly."""
    products = [_product(row) for row in _rows(folder / "product.csv", "product_id", "product_name")]
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for row in _rows(folder / "label.csv", "query_id", "product_id", "label"):
        if row["label"] not in _GRADES:
            raise Failure(f"{folder / 'label.csv'}: unknown label {row['label']!r}; known are {', '.join(_GRADES)}")
        if grade := _GRADES[row["label"]]:
            grades[row["query_id"]][row["product_id"]] = grade
    queries = [
        Query(row["query_id"], "WANDS", row["query"], grades[row["query_id"]])
        for row in _rows(folder / "query.csv", "query_id", "query")
        if 3 in grades[row["query_id"]].values()
    ]
    return products, queries


def _rows(file: Path, *needed: str) -> Iterator[dict[str, str]]:
    csv.field_size_limit(10_000_000)
    try:
        with file.open(newline="", encoding="utf-8") as lines:
            rows = csv.DictReader(lines, delimiter="\t")
            missing = [name for name in needed if name not in (rows.fieldnames or [])]
            if missing:
                raise Failure(f"{file}: no column {', '.join(missing)}; columns are separated by tabs")
            yield from rows
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from error


def _product(row: dict[str, str]) -> Product:
    levels = [level.strip() for level in (row.get("category hierarchy") or "").split("/")]
    return Product(
        sku=row["product_id"],
        title=row["product_name"],
        description=row.get("product_description") or "",
        brand="",
        category=tuple(level for level in levels if level) or (row.get("product_class") or "Other",),
        attributes=_attributes(row.get("product_features") or ""),
        price=1_00,  # it has none, and nothing is sorted by it
    )


def _attributes(features: str) -> dict[str, str]:
    """`name : value | name : value`; of a name that is told twice all values."""
    found: dict[str, list[str]] = defaultdict(list)
    for feature in features.split("|"):
        name, colon, value = (part.strip() for part in feature.partition(":"))
        if colon and name and value and value not in found[name]:
            found[name].append(value)
    return {name: ", ".join(values) for name, values in found.items() if values}
