"""`make watch`: the API's routes under `cargo lambda watch`, against a running stack; what is edited is built and runs."""

import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rialto_local import environment, paths, runtime, say
from rialto_local.runtime import Function, LambdaApi
from rialto_local.stack import Stack

_LOOK_EVERY = 0.3
_NOT_BUILT = "not built: what was built before runs"
_SOURCES = ("functions", "shared", "statemachines", "Cargo.toml", "Cargo.lock", "openapi.json")


@dataclass(frozen=True)
class Route:
    """One line of the router in `Cargo.toml`."""

    method: str
    path: str
    function: str


def routes() -> list[Route]:
    """What `cargo lambda watch` serves: the same routes as the gateway."""
    manifest = tomllib.loads((paths.REPOSITORY / "Cargo.toml").read_text())
    router = manifest["workspace"]["metadata"]["lambda"]["watch"]["router"]
    return [
        Route(method, path, function)
        for path, target in router.items()
        for method, function in (
            [("GET", target)]
            if isinstance(target, str)
            else [(entry["method"], entry["function"]) for entry in target]
        )
    ]


@contextmanager
def serving(stack: Stack, profile: str, arguments: list[str], port: int | None = None) -> Iterator["Watch"]:
    """The functions of all routes, until the end of the block; then nothing of it is left."""
    functions: list[Function] = []
    api = LambdaApi(stack, stack.state / "watch.log", arguments, port)
    try:
        environments = environment.of_functions(stack)
        wanted = {route.function for route in routes()}
        if missing := sorted(wanted - environments.keys()):
            say.line(f"not deployed, so not served: {', '.join(missing)} (`make deploy`)")
        for name in sorted(wanted & environments.keys()):
            variables = {**environments[name], "AWS_LAMBDA_RUNTIME_API": api.runtime_of(name)}
            functions.append(Function(paths.TARGET / profile / name, variables, stack.state))
        yield Watch(stack, api, functions, profile)
    finally:
        # A second Ctrl-C must not stop the end.
        before = [(ending, signal.signal(ending, signal.SIG_IGN)) for ending in (signal.SIGINT, signal.SIGTERM)]
        for function in functions:
            function.end()
        api.end()
        for ending, handler in before:
            signal.signal(ending, handler)


class Watch:
    """The served functions, and the build that renews them."""

    def __init__(self, stack: Stack, api: LambdaApi, functions: list[Function], profile: str):
        self.address, self._state = api.address, stack.state
        self._api, self._functions = api, functions
        self._build_command = build_command(profile)
        self._seen = _sources()

    def look_after(self) -> None:
        """Restarts what was built or has died; fails when `cargo lambda watch` has ended."""
        self._api.require_running()
        for function in self._functions:
            function.look_after()

    def run(self, builds: bool) -> None:
        """Looks after all, and builds what is edited if it shall, until a signal comes."""
        build: subprocess.Popen[bytes] | None = None
        try:
            while True:
                self.look_after()
                if build and build.poll() is not None:
                    say.line("built" if build.returncode == 0 else _NOT_BUILT)
                    build = None
                if builds and build is None and (now := _sources()) != self._seen:
                    self._seen = now
                    build = runtime.spawn(self._build_command, dict(os.environ), self._state)
                time.sleep(_LOOK_EVERY)
        finally:
            if build:
                runtime.end(build)


def run(stack: Stack, profile: str, port: int | None, arguments: list[str], builds: bool = True) -> None:
    """Serves until Ctrl-C or SIGTERM. Code that does not compile leaves what was built before in service."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    build = runtime.spawn(build_command(profile), dict(os.environ), stack.state) if builds else None
    try:
        if build and build.wait():
            say.line(_NOT_BUILT)
    finally:
        if build:
            runtime.end(build)
    with serving(stack, profile, arguments, port) as watch:
        watch.look_after()
        print(f"{watch.address} serves the API of stack {stack.name}; Ctrl-C ends it", flush=True)
        watch.run(builds)


def build_command(profile: str, bins: tuple[str, ...] = ()) -> list[str]:
    """Builds all binaries, or these, in a Cargo profile by the name of its folder."""
    named = [argument for name in bins for argument in ("--bin", name)] or ["--bins"]
    # A release has the features of shared crates that functions ask for, and not those that tests do.
    how = [] if profile == "debug" else ["--profile", profile, *_without_tests()]
    return ["cargo", "build", "--workspace", *how, *named]


def _without_tests() -> list[str]:
    """Leaves out the packages of tests; the bench asks for no more than functions do."""
    manifests = [tomllib.loads(file.read_text()) for file in (paths.REPOSITORY / "tests").glob("**/Cargo.toml")]
    packages = sorted(manifest["package"]["name"] for manifest in manifests)
    return [argument for name in packages if name != "bench" for argument in ("--exclude", name)]


def _sources() -> frozenset[tuple[Path, int]]:
    """What the binaries are made from, each file with its time."""
    found = set()
    for root in map(paths.REPOSITORY.joinpath, _SOURCES):
        for file in [root] if root.is_file() else root.rglob("*"):
            try:
                if file.is_file():
                    found.add((file, file.stat().st_mtime_ns))
            except OSError:
                continue  # an editor's file that is gone again
    return frozenset(found)
