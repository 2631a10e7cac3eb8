"""A seller's catalogue of 1,000 plausible products, the same at each run, as CSV or JSON Lines.

Clothes and shoes come in sizes: their first size is the product's own row, the others name it as `parent_sku`.
"""

import csv
import io
import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

COLUMNS = (
    "sku", "title", "description", "brand", "category", "price", "currency", "quantity",
    "attr:color", "attr:material", "attr:size", "image_url", "parent_sku",
)  # fmt: skip
_PRODUCTS_A_KIND = 40
_SEED = 20_260_101

Row = dict[str, str]


@dataclass(frozen=True)
class _Kind:
    """One sort of thing that the seller has 40 products of."""

    code: str
    noun: str
    category: str
    brands: tuple[str, ...]
    promise: str
    prices: tuple[int, int]
    """Lowest and highest price in major units."""
    materials: tuple[str, ...]
    sizes: tuple[str, ...] = field(default=())


_SERIES = ("Aria", "Borea", "Calla", "Drift", "Elm", "Fjord", "Grove", "Halo", "Isle", "Juniper", "Kite", "Lumen")
_COLORS = ("black", "white", "sand", "navy", "forest green", "terracotta", "slate", "sky blue")
_SOUND, _HOME, _CLOTHES, _SPORT, _PLAY, _DESK = (
    ("Sonavox", "Hallbrook", "Nimbus Audio", "Tessel"),
    ("Casa Linda", "Oak & Ember", "Fernhill", "Molina"),
    ("Wrenfield", "Northloop", "Petra & Sons", "Loomcraft"),
    ("Altura", "Trailbound", "Kinetic Nine", "Rivermark"),
    ("Little Fox", "Puzzlewood", "Hobbyhaus", "Brightbean"),
    ("Quillon", "Studio Verso", "Deskmate", "Papyra"),
)
_METAL, _WOOD, _CLOTH, _PLASTIC = (
    ("steel", "aluminium"),
    ("oak", "walnut", "bamboo"),
    ("cotton", "wool", "linen"),
    ("recycled plastic", "silicone"),
)
_LETTERS, _SHOES = ("S", "M", "L"), ("40", "42", "44")

_KINDS = (
    _Kind("HEA", "Wireless Headphones", "Electronics > Audio > Headphones", _SOUND, "Noise cancelling for the train, 30 hours on one charge.", (49, 349), _PLASTIC),
    _Kind("EAR", "Wireless Earbuds", "Electronics > Audio > Headphones", _SOUND, "Small enough to forget, loud enough to run to.", (29, 199), _PLASTIC),
    _Kind("SPK", "Bluetooth Speaker", "Electronics > Audio > Speakers", _SOUND, "Fills a room and survives the rain.", (25, 299), _METAL),
    _Kind("KEY", "Mechanical Keyboard", "Electronics > Computers > Keyboards", _DESK, "Quiet switches and keys that you can change.", (59, 219), _METAL),
    _Kind("MOU", "Wireless Mouse", "Electronics > Computers > Mice", _DESK, "Shaped for the hand, left or right.", (15, 99), _PLASTIC),
    _Kind("LMP", "Desk Lamp", "Home > Lighting > Lamps", _HOME, "Warm light that dims to a glow.", (19, 149), _METAL),
    _Kind("CHR", "Armchair", "Home > Furniture > Chairs", _HOME, "A place to read a whole book in.", (129, 899), _WOOD),
    _Kind("SHF", "Bookshelf", "Home > Furniture > Shelves", _HOME, "Five boards that do not bend.", (79, 449), _WOOD),
    _Kind("BLK", "Throw Blanket", "Home > Textiles > Blankets", _HOME, "Heavy enough to be held by.", (25, 129), _CLOTH),
    _Kind("PAN", "Frying Pan", "Kitchen > Cookware > Pans", _HOME, "Sears evenly, goes into the oven.", (19, 139), _METAL),
    _Kind("KNF", "Chef's Knife", "Kitchen > Tools > Knives", _HOME, "Balanced at the bolster, sharp for months.", (25, 189), _METAL),
    _Kind("MUG", "Coffee Mug", "Kitchen > Tableware > Mugs", _HOME, "Holds a large one and keeps it warm.", (8, 29), ("stoneware", "porcelain")),
    _Kind("KTL", "Electric Kettle", "Kitchen > Appliances > Kettles", _HOME, "Boils a litre in two minutes.", (29, 119), _METAL),
    _Kind("TEE", "T-Shirt", "Apparel > Tops > T-Shirts", _CLOTHES, "Cut straight, washed soft.", (12, 39), _CLOTH, _LETTERS),
    _Kind("SWE", "Knitted Sweater", "Apparel > Tops > Sweaters", _CLOTHES, "Knitted in one piece, with no seam to scratch.", (39, 149), _CLOTH, _LETTERS),
    _Kind("JKT", "Rain Jacket", "Apparel > Outerwear > Jackets", _CLOTHES, "Taped seams and a hood that stays on.", (59, 259), ("recycled nylon",), _LETTERS),
    _Kind("RUN", "Running Shoes", "Apparel > Shoes > Running", _SPORT, "Light under foot, steady downhill.", (49, 189), ("mesh",), _SHOES),
    _Kind("BPK", "Hiking Backpack", "Sports > Outdoor > Backpacks", _SPORT, "Forty litres with the weight on the hips.", (49, 229), ("recycled nylon",)),
    _Kind("TNT", "Two-Person Tent", "Sports > Outdoor > Tents", _SPORT, "Stands in four minutes, in wind too.", (89, 459), ("recycled nylon",)),
    _Kind("YOG", "Yoga Mat", "Sports > Fitness > Mats", _SPORT, "Grips when hands are wet.", (15, 89), ("natural rubber", "cork")),
    _Kind("PUZ", "Jigsaw Puzzle", "Toys > Games > Puzzles", _PLAY, "A thousand pieces, each cut once.", (9, 39), ("cardboard",)),
    _Kind("BLO", "Building Blocks", "Toys > Building > Blocks", _PLAY, "Rounded edges for small hands.", (15, 79), _WOOD),
    _Kind("PLT", "Potted Plant Set", "Garden > Plants > Indoor", _HOME, "Three that forgive a missed watering.", (19, 69), ("terracotta",)),
    _Kind("HOS", "Garden Hose", "Garden > Tools > Watering", _SPORT, "Rolls up and does not kink.", (19, 89), ("natural rubber",)),
    _Kind("NTB", "Dotted Notebook", "Office > Paper > Notebooks", _DESK, "Lies flat, and the ink stays on its side.", (6, 29), ("recycled paper",)),
)  # fmt: skip


def rows() -> Iterator[Row]:
    """All rows: each product's own, then its other sizes."""
    draw = random.Random(_SEED)
    for kind in _KINDS:
        names = draw.sample(list(itertools.product(kind.brands, _SERIES)), _PRODUCTS_A_KIND)
        for number, (brand, series) in enumerate(names, start=1):
            yield from _product(draw, kind, number, brand, series)


def _product(draw: random.Random, kind: _Kind, number: int, brand: str, series: str) -> Iterator[Row]:
    sku = f"{kind.code}-{number:04d}"
    color, material = draw.choice(_COLORS), draw.choice(kind.materials)
    own = {
        "title": f"{brand} {series} {kind.noun}",
        "description": f"{kind.promise} The {series} by {brand}: {material}, {color}.",
        "brand": brand,
        "category": kind.category,
        "price": f"{draw.randint(*kind.prices)}.{draw.choice(('00', '49', '95', '99'))}",
        "currency": "USD",
        "attr:color": color,
        "attr:material": material,
        "image_url": f"https://images.example.com/{sku.lower()}.jpg",
    }
    for place, size in enumerate(kind.sizes or ("",)):
        yield {
            **own,
            "sku": sku if place == 0 else f"{sku}-{size}",
            "quantity": str(_quantity(draw)),
            "attr:size": size,
            "parent_sku": "" if place == 0 else sku,
        }


def _quantity(draw: random.Random) -> int:
    """One in twenty is sold out, one in ten runs low."""
    fate = draw.random()
    if fate < 0.05:
        return 0
    return draw.randint(1, 9) if fate < 0.15 else draw.randint(20, 400)


def as_csv() -> str:
    """The catalogue as CSV with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows())
    return text.getvalue()


def as_json_lines() -> str:
    """The catalogue as JSON Lines: the same keys, empty ones left out."""
    return "".join(json.dumps({name: row[name] for name in COLUMNS if row[name]}) + "\n" for row in rows())
