"""`make test`: a stack of its own from nothing, all tests against it, and its certain end."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from rialto_local import deploy, fuzz, lanes, lifecycle, paths, processes, say, seed, stripe_mock
from rialto_local.stack import Stack

_PREFIX = "test-"


# Binaries have no tests of their own, and to link a test of each would take minutes.
_ALL_TESTS = ["--workspace", "--lib", "--test", "*"]


def run(arguments: list[str]) -> int:
    """Runs `cargo test` with the given arguments, by default for all tests, on a new stack; returns the exit status.

    The stack's logs stay when tests fail.
    """
    if not arguments and (status := _test_this_package()):
        return status
    return on_new_stack(lambda stack: _test(stack, arguments))


def on_new_stack(work: Callable[[Stack], int]) -> int:
    """The status of work on a stack of its own, deployed with what is built, which is ended whatever happens."""
    _end_orphans()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    stack = Stack(f"{_PREFIX}{os.getpid()}", "test")
    status = 1
    try:
        lifecycle.up(stack)
        deploy.deploy(stack, "debug")
        seed.after_deploy(stack)
        status = work(stack)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not stop the end
        lifecycle.down(stack)
        if status == 0:
            shutil.rmtree(stack.state)
        else:
            say.line(f"logs of the failed run: {stack.state}")
    return status


def _test_this_package() -> int:
    return subprocess.run(
        [sys.executable, "-m", "unittest", "discover", "-s", "tests", "-t", "."], cwd=paths.LOCAL
    ).returncode


def _test(stack: Stack, arguments: list[str]) -> int:
    environment = {**os.environ, **stripe_mock.environment(), "RIALTO_STACK": str(stack.summary_file)}
    if arguments:
        return subprocess.run(["cargo", "test", *arguments], cwd=paths.REPOSITORY, env=environment).returncode
    tests = lanes.built(_ALL_TESTS, environment)
    of_stores = {**environment, "RIALTO_STACK": str(lifecycle.add_dynamodb_for_stores(stack))}
    status = lanes.run(tests, environment, of_stores) if tests else 1
    if status == 0:
        status = fuzz.through_gateway(stack)
    if status == 0:
        checks = [paths.LOCAL / name for name in ("check_leaks.py", "check_grants.py")]
        runs = [subprocess.run([sys.executable, str(check), str(stack.summary_file)]) for check in checks]
        status = max(run.returncode for run in runs)
    return status


def _end_orphans() -> None:
    """Test stacks whose run was killed with no time to end them."""
    for stack in Stack.all():
        if not stack.name.startswith(_PREFIX) or Path(f"/proc/{stack.name.removeprefix(_PREFIX)}").exists():
            continue
        if processes.marked(stack.state):
            say.line(f"ending {stack.name}, left by a test run that was killed")
            lifecycle.down(stack)
