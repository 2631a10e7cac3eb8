"""Bringing a stack up and down."""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rialto_local import install, locks, paths, ports, processes, say, servers
from rialto_local.say import Failure
from rialto_local.stack import Stack

_START_SECONDS = 180
# What a developer's own stack asks for first, so that its addresses stay the same.
_DEV_PORTS = {"gateway": 4566, "dynamodb": 8000, "opensearch": 9200}


def up(stack: Stack) -> bool:
    """Starts the stack and waits until it is healthy. False when it was running already. A failed start leaves nothing running."""
    if stack.is_running():
        if stack.stage != Stack.named(stack.name).stage:
            raise Failure(f"stack {stack.name} is running with another stage: `make down` first")
        say.line(f"stack {stack.name} is running: {stack.gateway}")
        return False
    tools = install.tools()
    if processes.marked(stack.state):
        say.line(f"stack {stack.name} is half gone: ending the rest")
    down(stack, quiet=True)
    say.line(f"starting stack {stack.name}")
    try:
        _start(stack, tools)
    except BaseException:
        processes.end(list(stack.groups.values()), stack.state)
        (stack.state / "processes.json").unlink(missing_ok=True)
        raise
    stack.write_summary()
    say.line(
        f"stack {stack.name} is up: gateway {stack.gateway}, DynamoDB {stack.dynamodb}, OpenSearch {stack.opensearch}"
    )
    say.line("  (DynamoDB Local listens on all interfaces: it has no option for less)")
    return True


def add_dynamodb_for_stores(stack: Stack) -> Path:
    """Starts a second DynamoDB Local until the stack goes down. Returns a description of the stack with its address."""
    began = time.monotonic()
    with locks.held("ports", "waiting for another stack to start"):
        port = ports.pick({}, _ports_of_others(stack) | {*stack.ports.values()}, names=["stores"])["stores"]
        group = servers.start_dynamodb_for_stores(stack, install.tools(), port)
        address = f"http://127.0.0.1:{port}"
        log = stack.state / "dynamodb-for-stores.log"
        _wait(stack, "DynamoDB Local for the stores", group, lambda _: servers.lists_tables(address), log, began)
    stack.record("stores.json", {**json.loads(stack.summary_file.read_text()), "dynamodb": address})
    return stack.state / "stores.json"


def down(stack: Stack, quiet: bool = False) -> None:
    """Ends the stack's processes, checks that none is left, and deletes its data; logs stay. Does no harm to a stack that is down."""
    was_running = bool(processes.marked(stack.state))
    left = processes.end(list(stack.groups.values()), stack.state)
    if left:
        raise Failure(f"stack {stack.name}: processes {left} would not end")
    for name in ("processes.json", "stack.json", "stores.json", "credentials.json"):
        (stack.state / name).unlink(missing_ok=True)
    for name in ("tmp", "root", "opensearch", "code", "calls", "deployed"):
        shutil.rmtree(stack.state / name, ignore_errors=True)
    if not quiet:
        say.line(f"stack {stack.name} is down" if was_running else f"stack {stack.name} was not running")


@contextmanager
def temporary(prefix: str, stage: str) -> Iterator[Stack]:
    """A new stack until the end of the block, however it ends. Its logs stay when it ends in a failure.

    Ends before what an earlier run left that was killed with no time to.
    """
    for old in Stack.all():
        owner = old.name.removeprefix(f"{prefix}-")
        if owner != old.name and owner.isdigit() and not Path(f"/proc/{owner}").exists() and processes.marked(old.state):
            say.line(f"ending {old.name}, left by a run that was killed")
            down(old)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    stack = Stack(f"{prefix}-{os.getpid()}", stage)
    try:
        up(stack)
        yield stack
    except BaseException:
        _end_temporary(stack)
        say.line(f"logs of the failed run: {stack.state}")
        raise
    _end_temporary(stack)
    shutil.rmtree(stack.state)


def _end_temporary(stack: Stack) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not stop the end
    down(stack)


def _start(stack: Stack, tools: install.Tools) -> None:
    began = time.monotonic()
    stack.state.mkdir(parents=True, exist_ok=True)
    for old in [*stack.state.glob("*.log"), *stack.logs.glob("*.log")]:
        old.unlink()
    all_servers = servers.servers(stack)
    # Held until the servers listen: another stack's start would find the ports free meanwhile.
    with locks.held("ports", "waiting for another stack to start"):
        stack.record("ports.json", _pick_ports(stack))
        groups: dict[str, int] = {}
        for name, start, _, _ in all_servers:
            groups[name] = start(stack, tools)
            stack.record("processes.json", groups)
        for name, _, checks, log in all_servers:
            for check in checks:
                _wait(stack, name, groups[name], check, log, began)
            say.line(f"  {name}: {time.monotonic() - began:.1f} s")


def _pick_ports(stack: Stack) -> dict[str, int]:
    preferred = stack.ports or (_DEV_PORTS if stack.name == "dev" else {})
    try:
        return ports.pick(preferred, _ports_of_others(stack))
    except OSError as error:
        raise Failure(str(error)) from error


def _ports_of_others(stack: Stack) -> set[int]:
    others = [other for other in Stack.all() if other.name != stack.name and other.is_running()]
    return {port for other in others for port in other.ports.values()}


def _wait(stack: Stack, name: str, group: int, check: Callable[[Stack], bool], log: Path, began: float) -> None:
    next_word = began + 15
    while True:
        try:
            if check(stack):
                return
        except (OSError, ValueError, KeyError):
            pass
        waited = time.monotonic() - began
        if not processes.is_running(group, stack.state):
            raise Failure(f"{name} ended while starting. The end of {log}:\n{tail(log)}")
        if waited > _START_SECONDS:
            raise Failure(f"{name} was not ready after {_START_SECONDS} s. The end of {log}:\n{tail(log)}")
        if time.monotonic() > next_word:
            say.line(f"  {name}: still starting after {waited:.0f} s")
            next_word += 15
        time.sleep(0.2)


def tail(log: Path, lines: int = 25) -> str:
    """The last lines of a log."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return f"(no {log.relative_to(paths.REPOSITORY)})"
