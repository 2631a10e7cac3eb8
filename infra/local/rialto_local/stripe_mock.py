"""stripe-mock, Stripe's own stand-in for its API, which checks our requests: one binary, from the Go module proxy."""

import os
import subprocess
from pathlib import Path
from shutil import which

from rialto_local import install, say

# Its description of the API is that of `API_VERSION` in functions/payments/src/gateway/stripe/mod.rs.
_MODULE = "github.com/stripe/stripe-mock@v0.203.0"


def environment() -> dict[str, str]:
    """`STRIPE_MOCK` for the tests, or nothing, said aloud, where there is no Go to build it with."""
    if not which("go"):
        say.line("Go is not installed: requests to Stripe are not checked by stripe-mock")
        return {}
    folder = install._ready("stripe-mock", _MODULE.rsplit("@")[-1], _build)  # noqa: SLF001
    return {"STRIPE_MOCK": str(folder / "stripe-mock")}


def _build(folder: Path) -> None:
    environment = {**os.environ, "GOBIN": str(folder), "GOFLAGS": "-mod=mod"}
    subprocess.run(["go", "install", _MODULE], env=environment, check=True)
