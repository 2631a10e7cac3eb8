"""Section `sizes`: what is deployed of the measured functions, and what their processes hold."""

import io
import zipfile

from rialto_local import paths
from rialto_local.bench.setting import Bench

FUNCTIONS = (
    "catalog-show-product",
    "search-query-products",
    "search-suggest-queries",
    "carts-add-item",
    "checkout-place-order",
)
_AIM_MB = 4


def show(_: Bench) -> None:
    """The bootstrap of each, zipped as it is deployed."""
    for name in FUNCTIONS:
        binary = paths.TARGET / "release" / name
        zipped = _zipped_mb(binary.read_bytes())
        print(f"  {name:24} zip {zipped:5.2f} MB (aim {_AIM_MB}: {zipped / _AIM_MB:4.0%})   binary {binary.stat().st_size / 2**20:5.2f} MB")


def _zipped_mb(content: bytes) -> float:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bootstrap", content)
    return len(archive.getvalue()) / 2**20
