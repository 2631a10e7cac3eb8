"""Graded queries made from a catalogue: nine classes, drawn by a fixed seed.

A grade is 3 for a product that is just what was asked for, 2 for one that is nearly, 1 for one that has to do with it. A query
is made from one product, its target; who is graded follows from what the query names, read from the fields of each product.
"""

import hashlib
import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rialto_local.relevance.catalogue import Product

_SEED = 20_261_121
_A_CLASS = 30
# Things that people call by another name than this generator's catalogues do.
_OTHER_NAMES = {
    "headphones": "headset", "earbuds": "in-ear phones", "speaker": "loudspeaker", "lamp": "light", "armchair": "easy chair",
    "bookshelf": "bookcase", "blanket": "throw", "pan": "skillet", "mug": "cup", "kettle": "water boiler", "sweater": "jumper",
    "jacket": "coat", "backpack": "rucksack", "notebook": "notepad", "television": "tv", "shoes": "trainers", "sofa": "couch",
    "sneaker": "trainer", "shirt": "top", "bag": "handbag", "jeans": "denims", "glasses": "spectacles",
}  # fmt: skip
_FILLERS = ("for a friend", "as a present", "that lasts", "for every day", "for the weekend", "at a good price")


@dataclass(frozen=True)
class Query:
    """What is asked for, and how good each product is as an answer. Products without a grade are no answer."""

    id: str
    kind: str
    text: str
    grades: dict[str, int]


def generated(products: Sequence[Product]) -> list[Query]:
    """The queries of all classes; the same for the same catalogue."""
    found = []
    for kind, make in _CLASSES.items():
        draw = random.Random(f"{_SEED} {kind}")
        seen: set[str] = set()
        for target in draw.sample(list(products), len(products)):
            made = make(draw, target, products)
            if made is None or made[0].lower() in seen:
                continue
            text, grades = made
            if 3 not in grades.values():
                continue
            seen.add(text.lower())
            found.append(Query(f"{kind}-{len(seen)}", kind, text, grades))
            if len(seen) == _A_CLASS:
                break
    return found


def digest(queries: Sequence[Query]) -> str:
    """What the set is frozen by."""
    text = json.dumps([(query.id, query.text, sorted(query.grades.items())) for query in queries])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


Made = tuple[str, dict[str, int]] | None


def _noun(product: Product) -> str:
    return product.title.split()[-1]


def _leaf(product: Product) -> str:
    return product.category[-1]


def _alike(target: Product, products: Sequence[Product], exact: Callable[[Product], bool]) -> dict[str, int]:
    """3 where `exact`; 1 for the rest of the target's category with the same last word of the title."""
    grades = {}
    for product in products:
        if exact(product):
            grades[product.sku] = 3
        elif _leaf(product) == _leaf(target) and _noun(product).lower() == _noun(target).lower():
            grades[product.sku] = 1
    return grades


def _exact(_: random.Random, target: Product, products: Sequence[Product]) -> Made:
    return target.title, _alike(target, products, lambda product: product.title == target.title)


def _typo(draw: random.Random, target: Product, products: Sequence[Product]) -> Made:
    words = target.title.split()
    long = [place for place, word in enumerate(words) if len(word) > 5 and word.isalpha()]
    if not long:
        return None
    place = draw.choice(long)
    words[place] = _misspelt(draw, words[place])
    return " ".join(words), _alike(target, products, lambda product: product.title == target.title)


def _misspelt(draw: random.Random, word: str) -> str:
    at = draw.randrange(1, len(word) - 2)
    fault = draw.choice(("drop", "double", "swap", "change"))
    if fault == "drop":
        return word[:at] + word[at + 1 :]
    if fault == "double":
        return word[:at] + word[at] + word[at:]
    if fault == "swap" and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + draw.choice("aeiorst") + word[at + 1 :]


def _plural(_: random.Random, target: Product, products: Sequence[Product]) -> Made:
    """Singular for plural and plural for singular, of the last words of the title."""
    words = re.findall(r"[A-Za-z]+", target.title)[-2:]
    if len(words) < 2:
        return None
    last = words[-1].lower()
    if last.endswith("ves"):
        other = last[:-3] + "f"
    elif last.endswith("s") and not last.endswith("ss"):
        other = last[:-1]
    elif last.endswith("fe"):
        other = last[:-2] + "ves"
    elif last.endswith("lf"):
        other = last[:-1] + "ves"
    elif last.endswith("use"):
        other = last[:-4] + "ice"
    elif last.endswith("y") and last[-2] not in "aeiou":
        other = last[:-1] + "ies"
    else:
        other = last + ("es" if last.endswith(("s", "x", "ch", "sh")) else "s")
    ending = " ".join(words).lower()
    text = f"{words[0].lower()} {other}"
    return text, _alike(target, products, lambda product: _plain(product.title).endswith(ending))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def _synonym(_: random.Random, target: Product, products: Sequence[Product]) -> Made:
    noun = _noun(target).lower()
    if noun not in _OTHER_NAMES:
        return None
    before = target.title.split()[0]
    same = target.brand or before
    return f"{before} {_OTHER_NAMES[noun]}", _alike(
        target, products, lambda product: _noun(product).lower() == noun and (product.brand or product.title).startswith(same)
    )


def _attribute(draw: random.Random, target: Product, products: Sequence[Product]) -> Made:
    named = {name: value for name, value in target.attributes.items() if name in ("color", "material", "audience")}
    if not named:
        return None
    name = draw.choice(sorted(named))
    text = f"{named[name]} {_noun(target).lower()}"
    return text, _alike(
        target,
        products,
        lambda product: product.attributes.get(name) == named[name] and _noun(product).lower() == _noun(target).lower(),
    )


def _brand_and_type(_: random.Random, target: Product, products: Sequence[Product]) -> Made:
    if not target.brand:
        return None
    return f"{target.brand} {_noun(target)}".lower(), _alike(
        target, products, lambda product: product.brand == target.brand and _noun(product) == _noun(target)
    )


def _category(_: random.Random, target: Product, products: Sequence[Product]) -> Made:
    grades = {}
    for product in products:
        if product.category == target.category:
            grades[product.sku] = 3
        elif product.category[:-1] == target.category[:-1]:
            grades[product.sku] = 1
    return _leaf(target).lower(), grades


def _unit(draw: random.Random, target: Product, products: Sequence[Product]) -> Made:
    """The measure written in another way than in the title."""
    found = re.search(r'(\d+)[\s-]*("|inch|inches|gb|gigabytes|ml|w|watt)(?![a-z])', target.title, re.IGNORECASE)
    if not found:
        return None
    size, unit = found.groups()
    ways = {
        "i": ('{}"', "{} inch", "{}inch"), '"': ('{}"', "{} inch", "{}in"), "g": ("{}gb", "{} GB"), "m": ("{}ml", "{} ml"),
        "w": ("{}w", "{} watt", "{} watts"),
    }  # fmt: skip
    other = [way.format(size) for way in ways[unit.lower()[0]] if way.format(size).lower() not in target.title.lower()]
    noun = _noun(target)
    same = re.compile(rf"\b{size}\D")
    return f"{draw.choice(other)} {noun.lower()}", _alike(
        target, products, lambda product: _noun(product) == noun and bool(same.search(product.title))
    )


def _long_tail(draw: random.Random, target: Product, products: Sequence[Product]) -> Made:
    """Many words of title and description, and some that mean nothing."""
    told = [word for word in re.findall(r"[a-z]{5,}", target.description.lower()) if word not in target.title.lower()]
    if len(told) < 2:
        return None
    words = [*target.title.lower().split()[-2:], *draw.sample(told, 2)]
    grades = {}
    for product in products:
        everything = _plain(f"{product.title} {product.description}")
        if product.sku == target.sku or all(_plain(word) in everything for word in words):
            grades[product.sku] = 3
        elif all(_plain(word) in _plain(product.title) for word in words[:2]):
            grades[product.sku] = 1
    return f"{' '.join(words)} {draw.choice(_FILLERS)}", grades


_CLASSES: dict[str, Callable[[random.Random, Product, Sequence[Product]], Made]] = {
    "exact": _exact,
    "typo": _typo,
    "plural": _plural,
    "synonym": _synonym,
    "attribute": _attribute,
    "brand + type": _brand_and_type,
    "category": _category,
    "unit": _unit,
    "long tail": _long_tail,
}
