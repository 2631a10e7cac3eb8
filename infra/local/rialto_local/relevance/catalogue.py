"""The products that are ranked: of the demo catalogue, or of a seller's CSV file."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rialto_local import demo_catalogue


@dataclass(frozen=True)
class Product:
    """What the generator of queries knows of a product."""

    sku: str
    title: str
    description: str
    brand: str
    category: tuple[str, ...]
    attributes: dict[str, str]
    price: int

    def as_row(self) -> dict[str, object]:
        """As the ranking program reads it."""
        return {
            "sku": self.sku,
            "title": self.title,
            "description": self.description,
            "brand": self.brand or None,
            "category": list(self.category),
            "attributes": self.attributes,
            "price": self.price,
        }


def demo() -> list[Product]:
    """The demo catalogue without its further sizes, and a shelf of things with measures, which it has none of."""
    return _products(row for row in demo_catalogue.rows() if not row["parent_sku"]) + _measured()


def of_file(path: Path) -> list[Product]:
    """The products of a file in the layout that sellers upload."""
    with path.open(newline="", encoding="utf-8") as file:
        return _products(csv.DictReader(file))


def _products(rows: Iterable[dict[str, str]]) -> list[Product]:
    return [
        Product(
            sku=row["sku"],
            title=row["title"],
            description=row["description"],
            brand=row.get("brand") or "",
            category=tuple(level.strip() for level in re.split(">", row["category"])),
            attributes={
                name.removeprefix("attr:"): value for name, value in row.items() if name.startswith("attr:") and value
            },
            price=round(float(row["price"]) * 100),
        )
        for row in rows
    ]


# Noun, category, and a way to write the measure in a title for each of two measures of it.
_MEASURED = (
    ("Television", ("Electronics", "Televisions"), ('{}"', "{} inch", "{}-inch"), (32, 42, 55, 65)),
    ("Monitor", ("Electronics", "Computers", "Monitors"), ("{} inch", '{}"', "{} Inches"), (24, 27, 34)),
    ("Solid State Drive", ("Electronics", "Computers", "Storage"), ("{} GB", "{}GB", "{}-GB"), (128, 256, 512)),
    ("Memory Card", ("Electronics", "Cameras", "Memory"), ("{}GB", "{} GB", "{} gigabytes"), (32, 64, 128)),
    ("Water Bottle", ("Sports", "Outdoor", "Bottles"), ("{} ml", "{}ml", "{} ML"), (500, 750, 1000)),
    ("Light Bulb", ("Home", "Lighting", "Bulbs"), ("{}W", "{} watt", "{} W"), (40, 60, 75)),
)


def _measured() -> list[Product]:
    products = []
    for noun, category, styles, sizes in _MEASURED:
        for place, brand in enumerate(("Vantor", "Ostra", "Pellan")):
            for size in sizes:
                measure = styles[place].format(size)
                products.append(
                    Product(
                        sku=f"MSR-{len(products) + 1:04d}",
                        title=f"{brand} {measure} {noun}",
                        description=f"A {noun.lower()} by {brand} for every day.",
                        brand=brand,
                        category=category,
                        attributes={"measure": str(size)},
                        price=1_000 + 10 * size,
                    )
                )
    return products
