"""`make bench`: what a request costs, on a stack of its own, under the Lambda runtime API of `cargo lambda watch`.

Figures depend on the machine, so each stands beside one of the same run, and none is ever a test. A section is a function
of the `Bench` that prints; a new one gets a line in `_SECTIONS`.
"""

import os
import subprocess
import time

from rialto_local import deploy, lifecycle, paths, say, seed, watch
from rialto_local.bench import handlers, sizes
from rialto_local.bench.setting import Bench
from rialto_local.runtime import LambdaApi
from rialto_local.say import Failure

_SECTIONS = {
    "sizes": sizes.show,
    "product-page": handlers.product_page,
    "search": handlers.search,
    "add-to-cart": handlers.add_to_cart,
    "order": handlers.order,
}


def run(names: list[str], deployed_profile: str) -> int:
    """Runs these sections, or all; functions that are not measured run as built in the given profile."""
    if unknown := sorted(set(names) - _SECTIONS.keys()):
        raise Failure(f"no section {', '.join(unknown)}; there are {', '.join(_SECTIONS)}")
    _build()
    with lifecycle.temporary("bench", "dev") as stack:
        deploy.deploy(stack, deployed_profile)
        seed.after_deploy(stack)
        api = LambdaApi(stack, stack.state / "lambda-api.log", [])
        try:
            bench = Bench(stack, api)
            for name in names or _SECTIONS:
                print(f"\n== {name}", flush=True)
                _SECTIONS[name](bench)
        finally:
            api.end()
    return 0


def _build() -> None:
    began = time.monotonic()
    environment = {**os.environ, "CARGO_TERM_PROGRESS_WHEN": "never"}
    command = watch.build_command("release", sizes.FUNCTIONS)
    built = subprocess.run(command, cwd=paths.REPOSITORY, env=environment, capture_output=True, text=True)
    if built.returncode:
        raise Failure(f"not built:\n{built.stderr[-3000:]}")
    crates = built.stderr.count("Compiling ")
    say.line(f"release build of {len(sizes.FUNCTIONS)} functions: {time.monotonic() - began:.0f} s, {crates} crates compiled")
