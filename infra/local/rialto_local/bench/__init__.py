"""`make bench`: what a request costs, on a stack of its own, under the Lambda runtime API of `cargo lambda watch`.

Figures depend on the machine, so each stands beside one of the same run, and none is ever a test. A section is a function
of the `Bench` that prints; a new one gets a line in `_SECTIONS`.
"""

import os
import signal
import sys
import time

from rialto_local import deploy, lifecycle, paths, runtime, say, seed, watch
from rialto_local.bench import handlers, program, sizes
from rialto_local.bench.setting import Bench
from rialto_local.runtime import LambdaApi
from rialto_local.say import Failure

_SECTIONS = {
    "sizes": sizes.show,
    "product-page": handlers.product_page,
    "search": handlers.search,
    "suggest": handlers.suggest,
    "add-to-cart": handlers.add_to_cart,
    "order": handlers.order,
    "edge": program.edge,
    "hot-product": program.hot_product,
    "large-search": program.large_search,
}


def run(names: list[str], deployed_profile: str) -> int:
    """Runs these sections, or all; functions that are not measured run as built in the given profile."""
    if unknown := sorted(set(names) - _SECTIONS.keys()):
        raise Failure(f"no section {', '.join(unknown)}; there are {', '.join(_SECTIONS)}")
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
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
    log = paths.HOME / "bench-build.log"
    log.parent.mkdir(exist_ok=True)
    environment = {**os.environ, "CARGO_TERM_PROGRESS_WHEN": "never"}
    with open(log, "wb") as output:
        build = runtime.spawn(watch.build_command("release", (*sizes.FUNCTIONS, program.PROGRAM)), environment, paths.HOME, output)
        try:
            status = build.wait()
        finally:
            runtime.end(build)
    said = log.read_text(errors="replace")
    if status:
        raise Failure(f"not built:\n{said[-3000:]}")
    crates = said.count("Compiling ")
    say.line(f"release build of {len(sizes.FUNCTIONS)} functions and the bench: {time.monotonic() - began:.0f} s, {crates} crates compiled")
